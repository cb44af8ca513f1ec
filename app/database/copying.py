"""Copies of a database: to a new SQLite file, and from one, in one snapshot and one transaction."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, delete, func, insert, select, text
from sqlmodel import SQLModel

import app.model  # noqa: F401  (registers every table)
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import reading, writing
from app.model.search_index import FTS5, INDEXES, vectors
from app.model.tables import CHANGE

_PAGES = 256
_ROWS = 500

Report = Callable[[int, int], None]
"""Receives the number of pages (SQLite) or rows (PostgreSQL) copied, and the total."""


def copy_to_file(engine: Engine, path: Path, report: Report, *, secret: bool) -> None:
    """Copy one snapshot of a database to an empty file, which then can be read without other files beside it.

    Without `secret`, the copy has no secret that signs cursors.
    """
    target = connect(URL.create("sqlite", database=str(path)), create=False)
    try:
        copy(engine, target, report)
    finally:
        target.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as copied:
        copied.execute("PRAGMA journal_mode=DELETE")
        if not secret:
            copied.execute("UPDATE dataset SET secret = ''")
            copied.execute("VACUUM")  # free pages may still contain the secret


def copy(source: Engine, target: Engine, report: Report) -> None:
    """Replace a database by one snapshot of another, whole or not at all. Readers of the target don't wait."""
    with reading(source) as connection:
        connection.execute(text("SELECT 1 FROM dataset"))  # the first read fixes the snapshot
        if source.dialect.name == target.dialect.name == "sqlite":
            _copy_pages(connection, target, report)
        else:
            migrate(target)
            with writing(target) as written:
                _copy_rows(connection, written, report)


def _copy_pages(source: Connection, target: Engine, report: Report) -> None:
    driver: Any = source.connection.driver_connection

    def advance(status: int, left: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise sqlite3.OperationalError("database is locked")  # else it is tried again without end
        report(total - left, total)

    with writing(target):  # waits for other writers
        pass
    with closing(target.raw_connection()) as opened:
        driver.backup(opened.driver_connection, pages=_PAGES, progress=advance)  # holds the write lock of the target


def _copy_rows(source: Connection, target: Connection, report: Report) -> None:
    """Copy every row, in the order of references. Foreign keys are checked at the end."""
    tables = SQLModel.metadata.sorted_tables
    index, copied = INDEXES[source.dialect.name], INDEXES[target.dialect.name]
    copies = [(table, select(table)) for table in tables]
    copies.append(
        (copied, select(*(column for column in index.c if column.name in FTS5.c and column.name in copied.c)))
    )
    total = sum(source.execute(select(func.count()).select_from(rows.subquery())).scalar_one() for _, rows in copies)
    done = 0
    for table in (copied, *reversed(tables)):
        target.execute(delete(table))
    for table, rows in copies:
        for batch in source.execute(rows, execution_options={"yield_per": _ROWS}).mappings().partitions():
            values = [dict(row) for row in batch]
            if table is INDEXES["postgresql"]:
                values = [row | vectors(row) for row in values]
            target.execute(insert(table), values)
            done += len(batch)
            report(done, total)
    if target.dialect.name == "postgresql":  # the database numbers the changes
        last = select(func.max(CHANGE.c.id)).scalar_subquery()
        target.execute(select(func.setval(func.pg_get_serial_sequence("change", "id"), last)))
