"""Transactions: one snapshot for a reader, one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

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


def now() -> str:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unavailable(error: DBAPIError) -> bool:
    """The database is out of reach, too busy or not migrated. False for a wrong statement."""
    if isinstance(error.orig, sqlite3.Error):
        # SQLite raises OperationalError for wrong statements too, and has no code of its own for a missing table.
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return code & 0xFF in _UNAVAILABLE or "no such table" in str(error.orig)
    no_such_table = getattr(error.orig, "sqlstate", None) == "42P01"
    return no_such_table or isinstance(error, OperationalError | InterfaceError)


@contextmanager
def reading(engine: Engine, *, writing: bool = False) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout; what is written on it is not kept."""
    with engine.connect().execution_options(writing=writing) as connection, connection.begin() as transaction:
        try:
            yield connection
        finally:
            transaction.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is alone in writing; all of it is kept, or nothing."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection
