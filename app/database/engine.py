"""Database engines: how a connection to SQLite or PostgreSQL is set up."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

_BUSY_SECONDS = 30
"""How long a writer waits for another."""
_WRITER_KIBIBYTES = 32_768
"""How much of the file a writer holds in memory on SQLite."""
_ANSWER_SECONDS = 60
"""How long one statement of a reader may take on PostgreSQL."""
_CONNECT_SECONDS = 3
"""How long a host may take to answer before the next one is tried."""
_SILENCE_SECONDS = 10
"""How long a host that has gone without a word is waited for."""
_WRITERS = 0x0D05_51E4
"""The advisory lock on PostgreSQL of whoever writes."""


def address(url: str | URL) -> URL:
    """What a setting means as the URL of a database: `postgresql://` alone means psycopg, too."""
    found = make_url(url)
    return found.set(drivername="postgresql+psycopg") if found.drivername in ("postgresql", "postgres") else found


def connect(url: str | URL) -> Engine:
    """An engine for the database at `url`, whose transactions are as `reading` and `writing` say."""
    found = address(url)
    return _connect_sqlite(found) if found.get_backend_name() == "sqlite" else _connect_postgresql(found)


def _connect_sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    # The driver would begin a transaction only at the first write: a reader asks for one snapshot, a writer for
    # the lock before it reads.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("begun", False):  # by whoever has the connection
            writing = options.get("writing", False)
            if writing:  # in the 2 MB of other connections, a load would read the same pages again and again
                connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITER_KIBIBYTES}")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _connect_postgresql(url: URL) -> Engine:
    engine = create_engine(url, connect_args=libpq_options(url), pool_pre_ping=True, **postgresql_pool())
    event.listen(engine, "begin", begin_postgresql)
    return engine


def postgresql_pool() -> dict[str, int]:
    """How many connections a pool keeps to PostgreSQL, and how long, in seconds.

    They are made anew after some minutes: with several hosts, so reads return to a replica that is back.
    """
    return {"pool_size": 16, "max_overflow": 8, "pool_timeout": 10, "pool_recycle": 300}


def libpq_options(url: URL) -> dict[str, str]:
    """What PostgreSQL is asked for on each connection, where the URL does not say otherwise."""
    settings = {
        "lock_timeout": f"{_BUSY_SECONDS}s",
        "statement_timeout": f"{_ANSWER_SECONDS}s",
        "datestyle": "ISO",  # in which dates are cut into years and months
        "jit": "off",  # which takes longer than any of our statements gains by it
    }
    options = {
        "connect_timeout": str(_CONNECT_SECONDS),
        "keepalives_idle": str(_SILENCE_SECONDS),
        "keepalives_interval": "2",
        "keepalives_count": "3",
        "tcp_user_timeout": str(_SILENCE_SECONDS * 1000),
        "application_name": "dossier",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    return {name: value for name, value in options.items() if name not in url.query}


def begin_postgresql(connection: Connection) -> None:
    """What a transaction begins with: a reader's has one snapshot, a writer's waits until it is alone in writing."""
    writing = connection.get_execution_options().get("writing", False)
    driver: Any = connection.connection.dbapi_connection
    # These go with the BEGIN, and cost no round trip of their own.
    connection.dialect.set_isolation_level(driver, "READ COMMITTED" if writing else "REPEATABLE READ")
    connection.dialect.set_readonly(driver, not writing)  # type: ignore[attr-defined]
    if writing:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({_WRITERS})")
