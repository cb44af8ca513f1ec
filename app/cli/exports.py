"""Commands that write files: the whole dataset in several formats, or the bundle of one document."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE
from app.bundle.submission import read_submission
from app.cli.console import err, fail, meter, new_file, out
from app.cli.database import opened
from app.database.copying import copy_to_file
from app.database.transactions import reading
from app.formats.export import EXPORTS
from app.formats.sqlite import furnish, metadata
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName
from app.query.snapshot import Snapshot
from app.settings import Settings
from app.suggest import hint

app = typer.Typer()

SQLITE = "sqlite"
Format = StrEnum("Format", [*EXPORTS, SQLITE])  # type: ignore[misc]


@app.command()
def export(
    format: Annotated[Format, typer.Argument(help="The format; sqlite is the whole database, for Datasette too.")],
    file: Annotated[Path | None, typer.Argument(help="The file to write; standard output by default.")] = None,
) -> None:
    """Write the whole dataset. All of it is of one revision, even if bundles are loaded meanwhile."""
    if file is None and format == SQLITE:
        fail("the format sqlite needs a file to write to", 2)
    with opened() as engine:
        if file is None:
            _write(engine, format, sys.stdout.buffer)
        else:
            _write_file(engine, format, file)


@app.command()
def bundle(
    document: Annotated[str, typer.Argument(help="The id of the document.")],
    folder: Annotated[Path, typer.Argument(help="The folder to write document.txt and analysis.yaml to.")],
) -> None:
    """Write the bundle of a document exactly as it was loaded, to edit it and load it again."""
    with opened() as engine, reading(engine) as connection, Session(connection) as session:
        query = select(Record.slug, Record.id).where(Record.kind == KindName.DOCUMENT)
        documents = dict(session.exec(query).all())
        if document not in documents:
            fail(f"there is no document '{document}'{hint(document, documents)}")
        if folder.exists() and any(folder.iterdir()):
            fail(f"{folder} is not empty; give a new folder")
        submission = read_submission(connection, documents[document])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TEXT_FILE).write_bytes(submission.text.encode())
    (folder / ANALYSIS_FILE).write_bytes(submission.analysis.encode())
    out.print(str(folder))


def _write_file(engine: Engine, format: str, file: Path) -> None:
    with new_file(file) as part:
        if format == SQLITE:
            public_url = Settings().public_url
            with meter("Copying") as report:
                copy_to_file(engine, part, report, secret=False)
            furnish(part, public_url)
            described = file.with_name(f"{file.stem}.metadata.json")
            with new_file(described) as written:
                written.write_text(json.dumps(metadata(part, file.stem, public_url), indent=2), "utf-8")
            err.print(f"open it with: datasette -i {file} -m {described}", highlight=False)
        else:
            with part.open("wb") as opened:
                _write(engine, format, opened)


def _write(engine: Engine, format: str, file: BinaryIO) -> None:
    with reading(engine) as connection, meter("Exporting") as report:
        snapshot = Snapshot(connection)
        total = EXPORTS[format].count(snapshot)
        for done, piece in enumerate(EXPORTS[format].write(snapshot, Settings().public_url, KINDS), start=1):
            file.write(piece)
            report(done, total)
    file.flush()
