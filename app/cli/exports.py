"""Commands that give the dataset out: whole, in one of several formats, or one document for its editor."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from sqlalchemy import Engine, select

from app.bundle.unrender import unrender
from app.bundle.write import write
from app.cli.console import err, meter, out
from app.cli.database import prepared
from app.database.transactions import reading
from app.formats import sqlite
from app.formats.export import EXPORTS
from app.model.shape import KindName
from app.model.tables import RECORD
from app.query.snapshot import Snapshot
from app.settings import Settings
from app.suggest import hint

app = typer.Typer()

SQLITE = "sqlite"
Format = StrEnum("Format", [*EXPORTS, SQLITE])  # type: ignore[misc]


@app.command()
def export(
    format: Annotated[Format, typer.Argument(help="The format; sqlite is the whole database as one file.")],
    file: Annotated[Path | None, typer.Argument(help="The file to write; none: standard output.")] = None,
) -> None:
    """Write the whole dataset, all of one revision, whatever is loaded meanwhile."""
    if file is None and format == SQLITE:
        err.print("sqlite needs a file to write")
        raise typer.Exit(1)
    with prepared() as engine:
        if file is None:
            _write(engine, format, sys.stdout.buffer)
        else:
            _write_file(engine, format, file)


@app.command()
def bundle(
    document: Annotated[str, typer.Argument(help="The id of the document.")],
    folder: Annotated[Path, typer.Argument(help="The folder to write document.txt and analysis.yaml into.")],
) -> None:
    """Write a document with its analysis as a bundle, made anew from the database, for an editor to go on with."""
    with prepared() as engine, reading(engine) as connection:
        documents = dict(
            connection.execute(select(RECORD.c.slug, RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT)).all()
        )
        if document not in documents:
            err.print(f"there is no document '{document}'{hint(document, documents)}")
            raise typer.Exit(1)
        if folder.exists() and any(folder.iterdir()):
            err.print(f"{folder} is not empty; give a new folder")
            raise typer.Exit(1)
        write(folder, *unrender(connection, documents[document]))
    out.print(str(folder))


def _write_file(engine: Engine, format: str, file: Path) -> None:
    part = file.with_name(f"{file.name}.part")  # so that a file that is there is a file that is whole
    try:
        if format == SQLITE:
            with meter("Copying") as tell:
                sqlite.copy(engine, part, tell)
        else:
            with part.open("wb") as opened:
                _write(engine, format, opened)
        part.replace(file)
    except OSError as error:
        err.print(f"{file} cannot be written: {error}")
        raise typer.Exit(1) from None
    finally:
        part.unlink(missing_ok=True)


def _write(engine: Engine, format: str, file: BinaryIO) -> None:
    with reading(engine) as connection, meter("Exporting") as tell:
        snapshot = Snapshot(connection)
        total = EXPORTS[format].count(snapshot)
        for done, piece in enumerate(EXPORTS[format].write(snapshot, Settings().public_url), start=1):
            file.write(piece)
            tell(done, total)
    file.flush()
