"""The database as one SQLite file: a consistent copy, to be opened with Datasette or anything else."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Select, Table, delete, func, insert, select
from sqlmodel import SQLModel

import app.model  # noqa: F401  (registers every table)
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import reading, writing
from app.model.search_index import FTS5, INDEXES
from app.query.snapshot import Snapshot

_PAGES = 256
_ROWS = 500

Tell = Callable[[int, int], None]


def copy(engine: Engine, path: Path, tell: Tell) -> None:
    """Copy the database to a new file, as it is at one moment, and without the secret that signs cursors.

    `tell` is told how many pages (of SQLite) or rows (of PostgreSQL) are copied, and of how many.
    """
    with reading(engine) as source:
        Snapshot(source)  # what is read first fixes the moment
        if engine.dialect.name == "sqlite":
            _copy_pages(source, path, tell)
        else:
            _copy_rows(source, path, tell)
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("UPDATE dataset SET secret = ''")
        target.execute("VACUUM")  # the secret would still stand in what the update left free


def _copy_pages(source: Connection, path: Path, tell: Tell) -> None:
    driver: Any = source.connection.driver_connection
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        driver.backup(target, pages=_PAGES, progress=lambda _status, left, total: tell(total - left, total))


def _copy_rows(source: Connection, path: Path, tell: Tell) -> None:
    """Every row into the tables that our own migrations make; references are checked when all are there."""
    copies = [*_copies(source)]
    total = sum(source.execute(select(func.count()).select_from(rows.subquery())).scalar_one() for _, rows in copies)
    done = 0
    engine = connect(URL.create("sqlite", database=str(path)))
    try:
        migrate(engine)
        with writing(engine) as target:
            for table, rows in copies:
                target.execute(delete(table))  # what a new database begins with
                for batch in source.execute(rows, execution_options={"yield_per": _ROWS}).mappings().partitions():
                    target.execute(insert(table), [dict(row) for row in batch])
                    done += len(batch)
                    tell(done, total)
    finally:
        engine.dispose()


def _copies(source: Connection) -> Iterator[tuple[Table, Select[Any]]]:
    """The tables, each with what is to stand in it."""
    for table in SQLModel.metadata.sorted_tables:
        yield table, select(table)
    index = INDEXES[source.dialect.name]
    yield FTS5, select(*(column for column in index.c if column.name in FTS5.c))
