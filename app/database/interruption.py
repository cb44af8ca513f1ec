"""Ends the queries of a connection from outside of its thread."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_SQLITE_INTERRUPTED = "SQLITE_INTERRUPT"
_QUERY_CANCELED = "57014"


class Interruption:
    """Ends the query that runs on a connection, from another thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._end: Callable[[], object] | None = None

    @contextmanager
    def of(self, connection: Connection) -> Iterator[None]:
        """Make the queries of a connection interruptible."""
        driver: Any = connection.connection.driver_connection
        self._end = driver.interrupt if connection.dialect.name == "sqlite" else driver.cancel_safe
        try:
            yield
        finally:
            with self._lock:  # the pool may lend the connection to another reader
                self._end = None

    def interrupt(self) -> None:
        """End the query that is running, if any. Its thread raises a DBAPIError: see `interrupted`."""
        with self._lock:
            if self._end:
                self._end()


def interrupted(error: Exception) -> bool:
    """True if the query was interrupted, or took longer than PostgreSQL's timeout."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return (
        getattr(cause, "sqlite_errorname", "") == _SQLITE_INTERRUPTED
        or getattr(cause, "sqlstate", "") == _QUERY_CANCELED
    )
