"""Migrations: the schema by Alembic, and the rows that every database begins with."""

import secrets
import uuid
from pathlib import Path

from sqlalchemy import Connection, Engine, column, insert, inspect, select, table, update

from app.database.transactions import now, reading, writing
from app.model.dataset import RENDER_VERSION
from app.model.tables import DATASET, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES

ROOT = Path(__file__).resolve().parents[2]


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
    dataset = DATASET
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
