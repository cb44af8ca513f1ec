"""Commands for editors: load, unload and check bundles."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.bundle.check import differences
from app.bundle.format import json_schema
from app.bundle.load import load, unload
from app.bundle.publish import Loaded
from app.bundle.source import BundleRejected, Bundles
from app.cli.console import counted, err, fail, out, progress
from app.cli.database import opened, prepared, tried
from app.database.transactions import reading, writing

app = typer.Typer()

Paths = Annotated[
    list[Path],
    typer.Argument(help="Folders with document.txt and analysis.yaml, or .json files with `text` and `analysis`."),
]


@app.command(name="load")
def load_bundles(paths: Paths) -> None:
    """Load bundles: each replaces its document. Either all are loaded, or none."""
    with rejections(), prepared() as engine, progress() as track, writing(engine) as connection:
        loaded = load(connection, Bundles(paths), track)
    if loaded.raised:
        _warn(loaded)
    out.print(str(loaded))


@app.command(name="unload")
def unload_document(document: Annotated[str, typer.Argument(help="The id of the document.")]) -> None:
    """Remove a document with its analysis."""
    with rejections(), prepared() as engine, writing(engine) as connection:
        try:
            loaded = unload(connection, document)
        except LookupError:
            fail(f"there is no document '{document}'")
    out.print(str(loaded))


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Bundles, as for `load`; by default, the database is checked.")
    ] = None,
) -> None:
    """Check bundles without loading them. Without a path, compare the JSON that is served with the rows and texts."""
    if not paths:
        with opened() as engine, progress() as track, reading(engine) as connection:
            found = list(differences(connection, track))
        for line in found:
            err.print(line)
        out.print(counted(len(found), "difference") if found else "OK: 0 differences")
        raise typer.Exit(1 if found else 0)
    with rejections(), tried() as engine, progress() as track, reading(engine, writing=True) as connection:
        loaded = load(connection, Bundles(paths), track)
    _warn(loaded)
    out.print(f"OK: {', '.join(counted(total, name) for name, total in loaded.totals.items())}, 0 problems")


@app.command()
def schema() -> None:
    """Print the JSON Schema of analysis.yaml, for completion and validation in text editors."""
    sys.stdout.buffer.write(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2) + b"\n")


@contextmanager
def rejections() -> Iterator[None]:
    """If bundles are rejected, print their problems and end the command."""
    try:
        yield
    except BundleRejected as error:
        for problem in error.problems:
            err.print(str(problem), highlight=False)
        fail(f"{counted(len(error.problems), 'problem')}; nothing was changed")


def _warn(loaded: Loaded) -> None:
    """Print the warnings of a load, and how many more there are."""
    for warning in loaded.warnings:
        err.print(f"warning: {warning}", highlight=False)
    if more := loaded.warned - len(loaded.warnings):
        err.print(f"and {counted(more, 'more warning')}")
