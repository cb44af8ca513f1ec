"""Database engines: the settings of connections to SQLite and PostgreSQL."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

LOCK_MINUTES = 60
"""Timeout of a writer that waits for the write lock. Another process may load many bundles."""
_POOL_SIZE = 80
"""Connections of a process to SQLite: one for the event loop, each thread and each stream. They open when needed."""
_BUSY_SECONDS = 30
"""Timeout of a reader that waits for a lock."""
_WRITER_CACHE_KIB = 32_768
"""Page cache of a writer on SQLite. With the default of 2 MB, a load reads the same pages repeatedly."""
_STATEMENT_SECONDS = 60
"""Timeout of a reader's statement on PostgreSQL."""
_CONNECT_SECONDS = 3
"""Timeout of a connection attempt, before libpq tries the next host."""
_SILENCE_SECONDS = 10
"""Time without an answer after which a connection to a host counts as lost."""
_WRITES = "another process writes to the database; waiting until it has finished"
_WRITE_LOCK = 0x0D05_51E4
"""The key of the advisory lock that writers hold on PostgreSQL."""

Waiting = Callable[[str], None]
"""Called with the reason why a writer waits."""


def address(url: str | URL) -> URL:
    """Parse a database URL. `postgresql://` without a driver means psycopg; parameters of SQLite need `uri`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.update_query_dict({"uri": "true"}) if parsed.query else parsed
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in ("postgresql", "postgres") else parsed


def file_of(url: URL) -> Path | None:
    """The file of a database on SQLite; None for one in memory, and for other databases."""
    name = url.database or ":memory:"
    if url.get_backend_name() != "sqlite" or ":memory:" in name or url.query.get("mode") == "memory":
        return None
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)


def place(url: URL) -> str:
    """A database as messages name it, without user and password."""
    if url.get_backend_name() == "sqlite":
        return str(file.resolve()) if (file := file_of(url)) else "the database in memory"
    hosts = url.host or url.query.get("host") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"database {url.database or url.username} on {hosts if isinstance(hosts, str) else ','.join(hosts)}{port}"


def writable(url: URL) -> bool:
    """False if the URL, or the permissions of the file and its folder, only allow reading."""
    file = file_of(url)
    if file is None:
        return True
    asked = url.query.get("mode") == "ro" or "immutable" in url.query
    return not asked and all(os.access(path, os.W_OK) for path in (file, file.parent) if path.exists())


def immutable(file: Path) -> bool:
    """True if SQLite can read a file only as one that nobody changes: no lock files are there, or can be made."""
    return not os.access(file.parent, os.W_OK) and not file.with_name(f"{file.name}-wal").exists()


def connect(url: str | URL, *, create: bool = True, waiting: Waiting = lambda _reason: None) -> Engine:
    """An engine for the database at `url`, for the transactions `reading`, `writing` and `migrating`.

    Without `create`, an SQLite file must exist. `waiting` is called with the reason if a writer must wait.
    """
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        return _connect_sqlite(parsed, create, waiting)
    engine = create_engine(parsed, pool_pre_ping=True, **postgresql_options(parsed))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writing", False):
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{LOCK_MINUTES}min'")
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_WRITE_LOCK})").scalar():
                waiting(f"{_WRITES}, {LOCK_MINUTES} minutes at most")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")

    return engine


def _connect_sqlite(url: URL, create: bool, waiting: Waiting) -> Engine:
    engine = create_engine(url, poolclass=QueuePool, pool_size=_POOL_SIZE, creator=lambda: _open_sqlite(url, create))
    engine.update_execution_options(waiting=waiting)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    # The driver would begin a transaction only at the first write. But readers need one snapshot from their first
    # statement, and writers need the lock before they read.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("begun", False):  # the owner of the connection begins transactions itself
            return
        if options.get("writing", False):
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
            reason = f"{_WRITES}, {LOCK_MINUTES} minutes at most"
            lock(connection.exec_driver_sql, "BEGIN IMMEDIATE", LOCK_MINUTES * 60, lambda: waiting(reason))
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _open_sqlite(url: URL, create: bool) -> sqlite3.Connection:
    options: dict[str, Any] = {"check_same_thread": False, "timeout": _BUSY_SECONDS, "isolation_level": None}
    file = file_of(url)
    if file is None:
        return sqlite3.Connection(":memory:", **options)
    mode = "ro" if not writable(url) else "rwc" if create else "rw"
    fixed = "&immutable=1" if "immutable" in url.query or (mode == "ro" and immutable(file)) else ""
    return sqlite3.Connection(f"file:{quote(str(file.absolute()))}?mode={mode}{fixed}", uri=True, **options)


def lock(execute: Callable[[str], object], statement: str, seconds: int, waiting: Callable[[], None]) -> None:
    """Take a lock of SQLite by a statement, in attempts of a second, between which Ctrl-C is noticed."""
    execute("PRAGMA busy_timeout = 1000")
    for attempt in range(seconds + 1):
        try:
            execute(statement)
            return
        except (OperationalError, sqlite3.OperationalError) as error:
            if not is_locked(error) or attempt == seconds:
                raise
            if attempt == 0:
                waiting()


def is_locked(error: Exception) -> bool:
    """True if another connection to SQLite holds a lock that is needed."""
    return "locked" in str(getattr(error, "orig", error))


def postgresql_options(url: URL) -> dict[str, Any]:
    """Arguments of an engine for PostgreSQL: its pool, read-only transactions by default, and libpq's parameters.

    Parameters in the URL take precedence. Connections are recycled after some minutes: with several hosts, reads then
    return to a replica that has recovered.
    """
    settings = {
        "lock_timeout": f"{_BUSY_SECONDS}s",
        "statement_timeout": f"{_STATEMENT_SECONDS}s",
        "datestyle": "ISO",  # queries cut years and months from dates as text
        "jit": "off",  # for these statements, compilation takes longer than it saves
    }
    parameters = {
        "connect_timeout": _CONNECT_SECONDS,
        "keepalives_idle": _SILENCE_SECONDS,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": _SILENCE_SECONDS * 1000,
        "application_name": "dossier",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    return {
        "connect_args": {name: value for name, value in parameters.items() if name not in url.query},
        "pool_size": 16,
        "max_overflow": 8,
        "pool_timeout": 10,
        "pool_recycle": 300,
        "execution_options": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    }
