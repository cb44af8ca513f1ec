"""Database engines: the settings of connections to SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

_POOL_SIZE = 80
"""Connections of a process to SQLite: one for the event loop, each thread and each stream. They open when needed."""
_BUSY_SECONDS = 30
"""Timeout of a writer that waits for the write lock."""
_WRITER_CACHE_KIB = 32_768
"""Page cache of a writer on SQLite. With the default of 2 MB, a load reads the same pages repeatedly."""
_STATEMENT_SECONDS = 60
"""Timeout of a reader's statement on PostgreSQL."""
_CONNECT_SECONDS = 3
"""Timeout of a connection attempt, before libpq tries the next host."""
_SILENCE_SECONDS = 10
"""Time without an answer after which a connection to a host counts as lost."""
_WRITE_LOCK = 0x0D05_51E4
"""The key of the advisory lock that writers hold on PostgreSQL."""


def address(url: str | URL) -> URL:
    """Parse a database URL; `postgresql://` without a driver means psycopg."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in ("postgresql", "postgres") else parsed


def connect(url: str | URL) -> Engine:
    """An engine for the database at `url`, for the transactions `reading`, `writing` and `migrating`."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        return _connect_sqlite(parsed)
    engine = create_engine(parsed, pool_pre_ping=True, **postgresql_options(parsed))
    event.listen(engine, "begin", begin_postgresql)
    return engine


def _connect_sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=_POOL_SIZE,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    # The driver would begin a transaction only at the first write. But readers need one snapshot from their first
    # statement, and writers need the lock before they read.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("begun", False):  # the owner of the connection begins transactions itself
            return
        writing = options.get("writing", False)
        if writing:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


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


def begin_postgresql(connection: Connection) -> None:
    """Take the write lock when a writer's transaction begins."""
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
