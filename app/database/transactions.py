"""Transactions: each reader sees one snapshot, and there is one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOMEM,
}


class BrokenReferences(Exception):
    """After a migration on SQLite, rows refer to rows that do not exist."""


def now() -> str:
    """The current time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unavailable(error: DBAPIError) -> bool:
    """True if the database is unreachable, too busy or not migrated. False for a wrong statement."""
    if isinstance(error.orig, sqlite3.Error):
        # SQLite raises OperationalError for wrong statements too, and has no separate code for a missing table.
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return code & 0xFF in _UNAVAILABLE or "no such table" in str(error.orig)
    no_such_table = getattr(error.orig, "sqlstate", None) == "42P01"
    return no_such_table or isinstance(error, OperationalError | InterfaceError)


@contextmanager
def reading(engine: Engine, *, writing: bool = False) -> Iterator[Connection]:
    """A transaction that sees one snapshot and is always rolled back.

    With `writing`, it holds the write lock and can try changes without keeping them.
    """
    with _connection(engine, writing) as connection, connection.begin() as transaction:
        try:
            yield connection
        finally:
            transaction.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the write lock."""
    with _connection(engine, writing=True) as connection, connection.begin():
        yield connection


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A writing transaction in which SQLite can rebuild tables.

    Alembic's batch mode drops the old table. With foreign keys on, this would delete every row that refers to it.
    The pragma has no effect inside a transaction, so it is set before, and references are checked at the end.
    Batch mode also recreates indexes without DESC, which SQLAlchemy does not reflect. They are recreated with it.
    """
    if engine.dialect.name != "sqlite":
        with writing(engine) as connection:
            yield connection
        return
    with _connection(engine, writing=True) as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                descending = {sql.replace(" DESC", ""): sql for _, sql in _indexes(connection) if " DESC" in sql}
                yield connection
                for name, sql in _indexes(connection):
                    if sql in descending:
                        connection.exec_driver_sql(f"DROP INDEX {name}")
                        connection.exec_driver_sql(descending[sql])
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    tables = ", ".join(sorted({f"{row[0]} to {row[2]}" for row in broken}))
                    raise BrokenReferences(f"{len(broken)} references are broken: {tables}")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _connection(engine: Engine, writing: bool) -> Connection:
    options: dict[str, Any] = {"writing": writing}
    if writing and engine.dialect.name == "postgresql":
        options |= {"isolation_level": "READ COMMITTED", "postgresql_readonly": False}
    return engine.connect().execution_options(**options)


def _indexes(connection: Connection) -> list[tuple[str, str]]:
    """The name and the SQL of each index on SQLite."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    return [(name, sql) for name, sql in rows]
