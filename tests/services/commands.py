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
    """What a command wrote on standard error, without the line that names the database that it reads."""
    return "".join(line for line in result.stderr.splitlines(keepends=True) if not line.startswith("reading "))
