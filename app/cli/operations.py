"""Commands for operators: show the state of the database, migrate it, back it up, and restore it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy import URL, Connection, Engine, text

from app.bundle.check import damage, differences
from app.cli.console import counted, fail, meter, out, progress
from app.cli.database import disposed, is_rendered, opened, prepared, say_that_it_waits, upgrade
from app.database.copying import copy, copy_to_file
from app.database.engine import connect, file_of, place
from app.database.migration import SCHEMAS, require_schema, schema_of
from app.database.transactions import reading
from app.model.kinds import KINDS
from app.settings import Settings

app = typer.Typer()


@dataclass(frozen=True)
class State:
    """The dataset of a database, as every schema has it."""

    dataset: str
    revision: int
    updated_at: str
    records: Mapping[str, int]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.updated_at}, {counted(sum(self.records.values()), 'record')}"

    @classmethod
    def read(cls, connection: Connection) -> "State | None":
        """The state of a database; None if it has no tables."""
        if schema_of(connection) is None:
            return None
        dataset = connection.execute(text("SELECT uuid, revision, updated_at FROM dataset")).one()
        counts = connection.execute(text("SELECT kind, count(*) AS number FROM record GROUP BY kind ORDER BY kind"))
        return cls(dataset.uuid, dataset.revision, dataset.updated_at, {row.kind: row.number for row in counts})


@app.command()
def status() -> None:
    """Show the database of the settings: its schema, revision, records, size and last load."""
    with opened(outdated=True) as engine, reading(engine) as connection:
        schema, state = require_schema(connection, outdated=True), State.read(connection)
        current = schema == SCHEMAS[-1]
        needed = "as this version needs" if current else f"and this version needs {SCHEMAS[-1]}: run `dossier migrate`"
        _row("database", f"{place(engine.url)}, {_size(engine, connection) / 1e6:.1f} MB")
        _row("schema", f"{schema or 'none'}, {needed}")
        if state:
            _row("dataset", state.dataset)
            _row("revision", str(state.revision))
            _row("last load", state.updated_at if state.revision else "none")
            kinds = (f"{number} {KINDS[kind].plural}" for kind in KINDS if (number := state.records.get(kind)))
            _row("records", ": ".join([str(sum(state.records.values())), ", ".join(kinds)]) if state.records else "0")
    raise typer.Exit(0 if current else 1)


@app.command()
def migrate() -> None:
    """Make the tables of a new database, or bring those of an older version up to date."""
    with prepared() as engine, reading(engine) as connection:
        out.print(f"{place(engine.url)}: schema {schema_of(connection)}, {State.read(connection)}", highlight=False)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write, which must not exist.")]) -> None:
    """Copy the database to a new SQLite file while it is in use, and check the copy. All of it is of one revision."""
    with opened(outdated=True) as engine, _new(file) as part:
        made = connect(URL.create("sqlite", database=str(part)), create=False)
        with disposed(made):
            with meter("Copying") as report:
                copy_to_file(engine, part, report, secret=True)
            state = _verified(made, "no backup was made")
    out.print(f"{file}: {state}", highlight=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The file that `dossier backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace other records without asking.")] = False,
) -> None:
    """Replace the database by a backup, whole or not at all, and check it. Asks before it replaces other records."""
    if not file.is_file():
        fail(f"{file}: there is no such file", 2)
    with ExitStack() as stack:
        source = stack.enter_context(opened(URL.create("sqlite", database=str(file)), outdated=True))
        if not _is_current(source):
            source = stack.enter_context(_upgraded(source))
        state = _verified(source, "nothing was changed")
        target = connect(Settings().database_url, waiting=say_that_it_waits)
        stack.enter_context(disposed(target))
        before = _state(target)
        if before and before.revision and before != state and not yes:
            typer.confirm(f"{place(target.url)} has {before}.\nReplace it by {state}?", abort=True)
        with meter("Copying") as report:
            copy(source, target, report)
        upgrade(target)  # an exported file has no secret
        _verified(target, "restore another backup")
    out.print(f"{place(target.url)}: {state}", highlight=False)


def _row(name: str, value: str) -> None:
    out.print(f"{name:<11}{value}", highlight=False)


def _size(engine: Engine, connection: Connection) -> int:
    """The size of a database in bytes, on SQLite with its journal."""
    if engine.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    file = file_of(engine.url)
    return (
        sum(path.stat().st_size for path in (file, file.with_name(f"{file.name}-wal")) if path.exists()) if file else 0
    )


def _state(engine: Engine) -> State | None:
    """The state of a database; None if there is none, or it is empty."""
    file = file_of(engine.url)
    if file and not file.exists():
        return None
    with reading(engine) as connection:
        return State.read(connection)


def _is_current(engine: Engine) -> bool:
    """True if a database has the schema of this version, and records that it rendered."""
    with reading(engine) as connection:
        return schema_of(connection) == SCHEMAS[-1] and is_rendered(connection)


def _verified(engine: Engine, consequence: str) -> State | None:
    """The state of a database that has no damage. Ends the command if it has."""
    compare = differences if _is_current(engine) else damage
    with reading(engine) as connection, progress() as track:
        if found := list(compare(connection, track)):
            fail(f"{place(engine.url)} is damaged: {found[0]} ({counted(len(found), 'difference')}); {consequence}", 2)
        return State.read(connection)


@contextmanager
def _new(file: Path) -> Iterator[Path]:
    """A new file, which gets its name when it is complete. Only its owner can read it: it has the secret of cursors."""
    part = file.with_name(f"{file.name}.part")
    if file.exists():
        fail(f"{file}: exists already; a backup overwrites nothing", 2)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        fail(f"{part}: another backup writes this file, or has been killed; delete it then", 2)
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _upgraded(engine: Engine) -> Iterator[Engine]:
    """A temporary copy of a backup of another version, brought up to date."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upgraded.db"
        path.touch()
        with meter("Copying") as report:
            copy_to_file(engine, path, report, secret=True)
        upgraded = connect(URL.create("sqlite", database=str(path)))
        with disposed(upgraded):
            upgrade(upgraded)
            yield upgraded
