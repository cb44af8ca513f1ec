"""Transactions: one snapshot for a reader, one writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


def now() -> str:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unavailable(error: DBAPIError) -> bool:
    """Whether an error says that the database is not there, not made yet or too busy, and not that we asked wrongly."""
    no_such_table = getattr(error.orig, "sqlstate", None) == "42P01"  # to SQLite this is operational, too
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
