"""The root of the command: its options, and its errors."""

import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from app import __version__
from app.cli.console import fail, out
from app.cli.failures import unknown_settings, wrong_settings


class Group(TyperGroup):
    """The commands. Mistakes of the operator end them with a line and the exit code 2, and not with a traceback."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command. A character that the terminal cannot show is escaped."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*arguments, **options)

    def invoke(self, context: Any) -> Any:
        """Run a command in the context of its arguments."""
        if wrong := list(unknown_settings(os.environ)):
            fail("\n".join(wrong), 2)
        try:
            return super().invoke(context)
        except ValidationError as error:
            if error.title != "Settings":
                raise
            fail("\n".join(wrong_settings(error)), 2)
        except BrokenPipeError:
            raise
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror), 2)


app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show the values of variables, such as passwords
    help="Serve the structured analysis of commentary.",
)


def _print_version(asked: bool) -> None:
    if asked:
        out.print(f"dossier {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Serve the structured analysis of commentary."""
