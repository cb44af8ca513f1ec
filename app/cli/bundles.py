"""Commands for editors: load, unload and check bundles."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import orjson
import typer

from app.bundle.check import differences
from app.bundle.format import json_schema
from app.bundle.load import load, unload
from app.bundle.source import BundleProblem, BundleRejected, Bundles
from app.cli.console import err, out, progress
from app.cli.database import prepared
from app.database.transactions import reading, writing

app = typer.Typer()

Paths = Annotated[
    list[Path],
    typer.Argument(help="Folders of bundles, each with document.txt and analysis.yaml; or .json files with both."),
]


@app.command(name="load")
def load_bundles(paths: Paths) -> None:
    """Load bundles: each becomes the new state of its document. All are kept, or none."""
    try:
        with prepared() as engine, progress() as track, writing(engine) as connection:
            loaded = load(connection, Bundles(paths), track)
    except BundleRejected as error:
        reject(error.problems)
    out.print(str(loaded))


@app.command(name="unload")
def unload_document(document: Annotated[str, typer.Argument(help="The id of the document.")]) -> None:
    """Remove a document with its analysis."""
    try:
        with prepared() as engine, writing(engine) as connection:
            loaded = unload(connection, document)
    except LookupError:
        err.print(f"there is no document '{document}'")
        raise typer.Exit(1) from None
    except BundleRejected as error:
        reject(error.problems)
    out.print(str(loaded))


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders of bundles; none: the database.")] = None,
) -> None:
    """Check bundles without loading them; without a path, check the database against its own texts and rows."""
    if not paths:
        with prepared() as engine, progress() as track, reading(engine) as connection:
            found = list(differences(connection, track))
        for line in found:
            err.print(line)
        out.print("the database is as it should be" if not found else f"{len(found)} differences")
        raise typer.Exit(1 if found else 0)
    try:
        with prepared() as engine, progress() as track, reading(engine, writing=True) as connection:
            load(connection, Bundles(paths), track)
    except BundleRejected as error:
        reject(error.problems)
    out.print(f"{len(paths)} sound")


@app.command()
def schema() -> None:
    """Print the JSON Schema of analysis.yaml, for editors that complete and check."""
    sys.stdout.buffer.write(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2) + b"\n")


def reject(problems: Sequence[BundleProblem]) -> NoReturn:
    """Say what is wrong with bundles, and end the command."""
    for problem in problems:
        err.print(str(problem), highlight=False)
    err.print(f"{len(problems)} problem{'s'[: len(problems) != 1]}; nothing was changed")
    raise typer.Exit(1)
