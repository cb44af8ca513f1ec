"""Commands for operators: show the state of the database, migrate it, back it up, and restore it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from sqlalchemy import URL, Connection, Engine, text

from app.bundle.check import damage, differences
from app.cli.console import counted, err, fail, meter, new_file, out, progress
from app.cli.database import disposed, is_rendered, opened, prepared, upgrade
from app.database.copying import copy, copy_to_file
from app.database.engine import connect, file_of, place
from app.database.migration import SCHEMAS, require_schema, schema_of, use_wal
from app.database.transactions import reading
from app.model.kinds import KINDS
from app.settings import Settings

app = typer.Typer()

_SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


class State(NamedTuple):
    """The dataset of a database, as every schema has it."""

    dataset: str
    revision: int
    updated_at: str
    records: Mapping[str, int]

    def __str__(self) -> str:
        return f"revision {self.revision} of {self.updated_at}, {counted(sum(self.records.values()), 'record')}"


@app.command()
def status() -> None:
    """Show the database of the settings: its schema, revision, records, size and last load."""
    with opened(outdated=True) as engine, reading(engine) as connection:
        schema, state = require_schema(connection, outdated=True), _state(connection)
        size = connection.execute(text(_SIZES[engine.dialect.name])).scalar_one()
        current = schema == SCHEMAS[-1]
        rendered = current and is_rendered(connection)
    needed = "as this version needs" if current else f"and this version needs {SCHEMAS[-1]}"
    if current and not rendered:
        needed += ", but another version rendered the records"
    remedy = "" if rendered else ": run `dossier migrate`"
    rows = {"database": f"{place(engine.url)}, {size / 1e6:.1f} MB", "schema": f"{schema}, {needed}{remedy}"}
    if state:
        kinds = ", ".join(counted(state.records[kind], kind) for kind in KINDS if kind in state.records)
        rows |= {"dataset": state.dataset, "revision": str(state.revision)}
        rows |= {
            "last load": state.updated_at if state.revision else "none",
            "records": f"{sum(state.records.values())}: {kinds}",
        }
    for name, value in rows.items():
        out.print(f"{name:<11}{value}", highlight=False)
    raise typer.Exit(0 if rendered else 1)


@app.command()
def migrate() -> None:
    """Make the tables of a new database, or bring those of an older version up to date."""
    with prepared() as engine, reading(engine) as connection:
        out.print(f"{place(engine.url)}: schema {schema_of(connection)}, {_state(connection)}", highlight=False)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write, which must not exist.")]) -> None:
    """Copy the database to a new SQLite file while it is in use, and check the copy. All of it is of one revision."""
    if file.exists():
        fail(f"{file}: exists already; a backup overwrites nothing", 2)
    with opened(outdated=True) as engine, new_file(file, 0o600) as part:  # it has the secret that signs cursors
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
    target = connect(Settings().database_url, waiting=err.print)
    with opened(URL.create("sqlite", database=str(file)), outdated=True) as source:
        state, before = _verified(source, "nothing was changed; use an older backup"), None
        with disposed(target):
            existing = file_of(target.url)
            if existing is None or existing.exists():
                with reading(target) as connection:
                    before = _state(connection)
            if before and before.revision and before != state and not yes:
                typer.confirm(f"{place(target.url)} has {before}.\nReplace it by {state}?", abort=True)
            if existing and not existing.exists() and existing.parent.is_dir():
                existing.touch(0o600)  # it gets the secret that signs cursors
            use_wal(target)  # fails if a service has an emptied file open
            with meter("Copying") as report:
                copy(source, target, report)
            upgrade(target)  # a backup may be older than this version
            _verified(target, "restore another backup")
    out.print(f"{place(target.url)}: {state}", highlight=False)


def _state(connection: Connection) -> State | None:
    """The state of a database; None if it has no tables."""
    if schema_of(connection) is None:
        return None
    dataset = connection.execute(text("SELECT uuid, revision, updated_at FROM dataset")).one()
    records = connection.execute(text("SELECT kind, count(*) AS number FROM record GROUP BY kind"))
    return State(dataset.uuid, dataset.revision, dataset.updated_at, {row.kind: row.number for row in records})


def _verified(engine: Engine, consequence: str) -> State | None:
    """The state of a database. Ends the command if it is damaged; of an older version, only the file is checked."""
    with reading(engine) as connection, progress() as track:
        current = schema_of(connection) == SCHEMAS[-1] and is_rendered(connection)
        found = list(differences(connection, track) if current else damage(connection))
        if found:
            fail(f"{place(engine.url)} is damaged: {found[0]} ({counted(len(found), 'difference')}); {consequence}", 2)
        return _state(connection)
