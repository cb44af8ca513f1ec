"""The database: its engine, its migrations, and the transactions in which it is read and written."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from app.model.dataset import RENDER_VERSION, Dataset
from app.model.layout import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES

ROOT = Path(__file__).resolve().parent.parent
_BUSY_SECONDS = 30


def now() -> str:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def connect(url: str) -> Engine:
    """An engine for the database at `url`, with the pragmas that SQLite needs on each connection."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url)
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
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


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
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    with engine.connect().execution_options(writing=True) as connection:
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
            return
        command.upgrade(config, revision)
    with writing(engine) as connection:
        _found(connection)


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
        table = table_of(model)
        present = set(connection.execute(select(table.c.term)).scalars())
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
            connection.execute(insert(table), added)
