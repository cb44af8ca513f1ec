"""Commands that load, unload and preview bundles."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy import Connection

from app.bundle.comparison import changed
from app.bundle.load import load, unload
from app.bundle.publish import Loaded
from app.bundle.resolver import Resolver
from app.bundle.source import BundleRejected, Bundles
from app.cli.console import counted, err, fail, meter, out, progress
from app.cli.database import prepared, tried
from app.database.copying import copy_to_file
from app.database.transactions import writing
from app.model.dataset import ChangeType
from app.model.shape import KindName

app = typer.Typer()

_FEW = 3
"""The number of records that a load deletes without asking."""
_SHOWN = 20
"""The number of these that it lists."""

Paths = Annotated[
    list[Path],
    typer.Argument(help="Folders with document.txt and analysis.yaml, or .json files with `text` and `analysis`."),
]


@app.command(name="load")
def load_bundles(
    paths: Paths, yes: Annotated[bool, typer.Option("--yes", help="Delete records without asking.")] = False
) -> None:
    """Load bundles: each replaces its document. Either all are loaded, or none. Asks before it deletes many records."""
    with rejections(), prepared() as engine, writing(engine) as connection:
        with progress() as track:
            loaded = load(connection, Bundles(paths), track)
        if loaded.changes[ChangeType.DELETED] > _FEW and not yes:
            _ask(connection, loaded)
    if loaded.raised:
        warn(loaded)
    out.print(str(loaded))


@app.command(name="unload")
def unload_document(document: Annotated[str, typer.Argument(help="The id of the document.")]) -> None:
    """Remove a document with its analysis."""
    with rejections(), prepared() as engine, writing(engine) as connection:
        try:
            loaded = unload(connection, document)
        except LookupError:
            former = Resolver(connection).former(KindName.DOCUMENT, document)
            fail(f"there is no document '{document}'" + (f"; it is '{former.now}' now" if former else ""))
    out.print(str(loaded))


@app.command()
def preview(paths: Paths) -> None:
    """Serve bundles over a copy of the database, or over an empty one. The copy is deleted at the end."""
    from app.cli.service import serve  # imports this module

    signal(SIGTERM, default_int_handler)  # so that the copy is deleted then, too
    with TemporaryDirectory() as folder:
        file = Path(folder) / "preview.db"
        with tried() as engine, meter("Copying") as report:
            file.touch()
            copy_to_file(engine, file, report, secret=True)
        os.environ |= {"DOSSIER_DATABASE_URL": f"sqlite:///{file}", "DOSSIER_READ_DATABASE_URL": ""}
        load_bundles(paths, yes=True)
        serve()


@contextmanager
def rejections() -> Iterator[None]:
    """If bundles are rejected, print their problems and end the command."""
    try:
        yield
    except BundleRejected as error:
        for problem in error.problems:
            err.print(str(problem), highlight=False)
        for warning in error.warnings:
            err.print(f"warning: {warning}", highlight=False)
        fail(f"{counted(len(error.problems), 'problem')}; nothing was changed")


def _ask(connection: Connection, loaded: Loaded) -> None:
    """Ask whether records may be deleted, and list them. Without a terminal, refuse."""
    number = loaded.changes[ChangeType.DELETED]
    deleted = [
        f"{kind}/{slug}" for change, kind, slug, *_ in changed(connection, loaded.revision) if change == "deleted"
    ]
    err.print(f"deletes {counted(number, 'record')}: {', '.join(deleted[:_SHOWN])}{' …' if number > _SHOWN else ''}")
    if not sys.stdin.isatty():
        fail("nothing was changed; to delete them, repeat the command with --yes")
    typer.confirm("Delete them?", abort=True, err=True)


def warn(loaded: Loaded) -> None:
    """Print the warnings of a load, and how many more there are."""
    for warning in loaded.warnings:
        err.print(f"warning: {warning}", highlight=False)
    if more := loaded.warned - len(loaded.warnings):
        err.print(f"and {counted(more, 'more warning')}")
