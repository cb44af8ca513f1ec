"""`dossier` in the process of the tests."""

from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner, Result

from app.cli import app


def invoked(*words: str | Path, environment: Mapping[str, str] | None = None, typed: str = "") -> Result:
    """The result of a command. A traceback is raised, as users would see it."""
    result = CliRunner().invoke(app, [*map(str, words)], env=environment, input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def said(result: Result) -> str:
    """The standard error of a command, without its line `reading …`."""
    return "".join(line for line in result.stderr.splitlines(keepends=True) if not line.startswith("reading "))
