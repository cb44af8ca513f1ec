"""The database: its engine, its migrations, and the transactions in which it is read and written."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, event, insert, inspect, select, table, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from app.model.dataset import RENDER_VERSION, Dataset
from app.model.layout import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES

ROOT = Path(__file__).resolve().parent.parent
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


def now() -> str:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, and see to it that the dataset has its identity and the built-in terms."""
    if revision != "head" or not _is_at_head(engine):
        _run_alembic(engine, revision)
    if revision != "base":
        with writing(engine) as connection:
            _found(connection)


def _is_at_head(engine: Engine) -> bool:
    """Whether no migration is missing. Alembic would know too, but takes long to be imported."""
    newest = max(file.name for file in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        at = connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
        return at is not None and newest.startswith(f"{at}_")


def _run_alembic(engine: Engine, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def _found(connection: Connection) -> None:
    dataset = table_of(Dataset)
    secret = connection.execute(select(dataset.c.secret)).scalar()
    if secret == "":  # as in a file that was exported
        connection.execute(update(dataset).values(secret=secrets.token_hex(32)))
    elif secret is None:
        connection.execute(
            insert(dataset).values(
                id=1,
                uuid=str(uuid.uuid4()),
                secret=secrets.token_hex(32),
                revision=0,
                updated_at=now(),
                render_version=RENDER_VERSION,
            )
        )
    for name, model in OPEN_TERMS.items():
        terms = table_of(model)
        present = set(connection.execute(select(terms.c.term)).scalars())
        added = [
            {
                "term": t.term,
                "label": t.label,
                "definition": t.definition,
                "parent": t.parent,
                "source": t.source,
            }
            for t in VOCABULARIES[name].terms()
            if t.term not in present
        ]
        if added:
            connection.execute(insert(terms), added)
