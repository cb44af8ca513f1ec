"""A consistent copy of the database as one SQLite file, for Datasette and other tools."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, delete, insert, select
from sqlmodel import SQLModel

import app.model  # noqa: F401  (registers every table)
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import reading, writing
from app.model.search_index import FTS5, INDEXES
from app.query.scan import count_rows
from app.query.snapshot import Snapshot

_PAGES = 256
_ROWS = 500

Report = Callable[[int, int], None]


def copy(engine: Engine, path: Path, report: Report) -> None:
    """Copy one snapshot of the database to a new file, without the secret that signs cursors.

    `report` receives the number of pages (SQLite) or rows (PostgreSQL) copied, and the total.
    """
    with reading(engine) as source:
        Snapshot(source)  # the first read fixes the snapshot
        if engine.dialect.name == "sqlite":
            _copy_pages(source, path, report)
        else:
            _copy_rows(source, path, report)
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("UPDATE dataset SET secret = ''")
        target.execute("VACUUM")  # free pages may still contain the secret


def _copy_pages(source: Connection, path: Path, report: Report) -> None:
    driver: Any = source.connection.driver_connection
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        driver.backup(target, pages=_PAGES, progress=lambda _status, left, total: report(total - left, total))


def _copy_rows(source: Connection, path: Path, report: Report) -> None:
    """Copy every row into a new, migrated database; foreign keys are checked at the end."""
    copies = [(table, select(table)) for table in SQLModel.metadata.sorted_tables]
    index = INDEXES[source.dialect.name]
    copies.append((FTS5, select(*(column for column in index.c if column.name in FTS5.c))))
    total = sum(count_rows(source, rows.subquery()) for _, rows in copies)
    done = 0
    engine = connect(URL.create("sqlite", database=str(path)))
    try:
        migrate(engine)
        with writing(engine) as target:
            for table, rows in copies:
                target.execute(delete(table))  # the rows of a new database
                for batch in source.execute(rows, execution_options={"yield_per": _ROWS}).mappings().partitions():
                    target.execute(insert(table), [dict(row) for row in batch])
                    done += len(batch)
                    report(done, total)
    finally:
        engine.dispose()
