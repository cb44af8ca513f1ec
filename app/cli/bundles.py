"""Commands for editors: load, unload and check bundles."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import Connection, select

from app.bundle.check import differences
from app.bundle.comparison import Changed, bodies, changed, differences_of
from app.bundle.format import json_schema
from app.bundle.load import load, unload
from app.bundle.publish import Loaded
from app.bundle.resolver import Resolver
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, BundleRejected, Bundles, Source
from app.cli.console import counted, err, fail, meter, out, progress
from app.cli.database import opened, prepared, tried
from app.database.copying import copy_to_file
from app.database.transactions import reading, writing
from app.model.dataset import ChangeType
from app.model.shape import KindName
from app.model.tables import RECORD, SENTENCE, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES
from app.suggest import hint

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
        _warn(loaded)
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
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Bundles, as for `load`; by default, the database is checked.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Check again after each save, until Ctrl+C.")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="Print the text; `!` marks uncited sentences.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="List the records and fields that a load would change.")] = False,
) -> None:
    """Check bundles without loading them. Without a path, compare the JSON that is served with the rows and texts."""
    if not paths:
        with opened() as engine, progress() as track, reading(engine) as connection:
            found = list(differences(connection, track))
        for line in found:
            err.print(line)
        out.print(counted(len(found), "difference") if found else "OK: 0 differences")
        raise typer.Exit(1 if found else 0)
    seen = _stamps(paths)
    while True:
        with suppress(typer.Exit) if watch else nullcontext():
            _check(paths, coverage=coverage, diff=diff)
        if not watch:
            return
        err.print("waiting for a save; Ctrl+C ends", highlight=False)
        while (stamps := _stamps(paths)) == seen:
            time.sleep(0.1)
        seen = stamps


def _stamps(paths: list[Path]) -> dict[Path, int]:
    """The time of the last change of each file of some bundles. A file that is being replaced is left out."""
    found = {}
    for path in paths:
        for file in (path,) if path.suffix == ".json" else (path / TEXT_FILE, path / ANALYSIS_FILE):
            with suppress(OSError):
                found[file] = file.stat().st_mtime_ns
    return found


def _check(paths: list[Path], *, coverage: bool, diff: bool) -> None:
    changes: list[Changed] = []
    with rejections(), tried() as engine:
        with progress() as track, reading(engine, writing=True) as connection:
            bundles = Bundles(paths)
            loaded = load(connection, bundles, track)
            if diff and loaded.raised:
                changes = changed(connection, loaded.revision)
            for source in bundles if coverage else ():
                _print_coverage(connection, source)
        if changes:
            with reading(engine) as connection:
                before = bodies(connection, [(kind, slug) for _, kind, slug, *_ in changes])
    _warn(loaded)
    for change, kind, slug, name, body in changes:
        out.print(f"{change} {kind}/{slug}: {name}", highlight=False)
        for line in differences_of(before[kind, slug], body) if (kind, slug) in before and body else ():
            out.print(f"    {line}", highlight=False)
    if diff:
        out.print(f"loading: {str(loaded).partition(';')[0]}", highlight=False)
    out.print(f"OK: {', '.join(counted(total, name) for name, total in loaded.totals.items())}, 0 problems")


def _print_coverage(connection: Connection, source: Source) -> None:
    """Print the sentences of a text with their lines, without headings and boilerplate; `!` marks the uncited."""
    from app.api.coverage import is_cited, is_furniture  # imports FastAPI, which other commands don't need

    slug = source.bundle.document.id
    wanted = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT, RECORD.c.slug == slug)
    key = connection.execute(wanted).scalar_one()
    sentences = select(SENTENCE, is_cited(key).label("cited")).where(SENTENCE.c.document_id == key, ~is_furniture(key))
    rows = connection.execute(sentences.order_by(SENTENCE.c.start)).all()
    for row in rows:
        words = source.text[row.start : row.end]
        out.print(
            f"{' ' if row.cited else '!'} {row.passage:>4}  {words}",
            highlight=False,
            style=None if row.cited else "bold",
        )
    out.print(f"{slug}: {sum(row.cited for row in rows)} of {counted(len(rows), 'sentence')} cited", highlight=False)


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


@app.command()
def terms(
    word: Annotated[str, typer.Argument(help="A vocabulary, or a word in the terms and their definitions.")] = "",
) -> None:
    """Print the vocabularies with their definitions: all, one of them, or the terms with a word."""
    known: dict[str, dict[str, Any]] = {
        name: {term.term: term for term in defined} for name, defined in VOCABULARIES.items()
    }
    with tried() as engine, reading(engine) as connection:
        for name, model in OPEN_TERMS.items():
            table = table_of(model)
            known[name] = {row.term: row for row in connection.execute(select(table).order_by(table.c.term))}
    lines = [
        f"{name}: {term.term}  {term.label}: {term.definition}"
        for name, defined in sorted(known.items())
        for term in defined.values()
        if word == name
        or (word not in known and word.casefold() in f"{term.term} {term.label} {term.definition}".casefold())
    ]
    for line in lines:
        out.print(line, highlight=False)
    if not lines:
        fail(
            f"no term has '{word}'{hint(word, [*known, *(term for defined in known.values() for term in defined)], 0)}"
        )


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


def _warn(loaded: Loaded) -> None:
    """Print the warnings of a load, and how many more there are."""
    for warning in loaded.warnings:
        err.print(f"warning: {warning}", highlight=False)
    if more := loaded.warned - len(loaded.warnings):
        err.print(f"and {counted(more, 'more warning')}")
