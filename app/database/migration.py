"""Migrations: the schema, by Alembic, and the rows that every database has."""

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import Connection, Engine, column, insert, inspect, select, table, update
from sqlalchemy.sql.dml import UpdateBase

from app.database.revision import TOKEN_BYTES, raise_revision
from app.database.transactions import migrating, now, reading, writing
from app.model.dataset import RENDER_VERSION
from app.model.tables import DATASET, LOAD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES
from app.resources import MIGRATIONS


def migrate(engine: Engine, revision: str = "head") -> None:
    """Migrate the schema to a revision, give the dataset its identity, and update the built-in terms.

    The write lock is taken only if something must change.
    """
    if revision != "head" or not _is_at_head(engine):
        _run_alembic(engine, revision)
    if revision == "base":
        return
    with reading(engine) as connection:
        complete = not _missing_identity(connection) and next(_missing_terms(connection), None) is None
    if complete:
        return
    with writing(engine) as connection:
        terms = list(_missing_terms(connection))
        for statement in [*_missing_identity(connection), *terms]:
            connection.execute(statement)
        # Vocabularies are served, so caches need a new revision. Revision 0 stays: it means that nothing is loaded.
        if terms and connection.execute(select(DATASET.c.revision)).scalar_one():
            raise_revision(connection, now())


def _is_at_head(engine: Engine) -> bool:
    """Compare the database with the newest migration file, without Alembic, whose import is slow."""
    newest = max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        at = connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
        return at is not None and newest.startswith(f"{at}_")


def _run_alembic(engine: Engine, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()  # an installed wheel has no pyproject.toml, where developers' Alembic is configured
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        (command.downgrade if revision == "base" else command.upgrade)(config, revision)


def _missing_identity(connection: Connection) -> list[UpdateBase]:
    """The statements that give the dataset its identity."""
    dataset = connection.execute(select(DATASET)).first()
    if dataset is None:
        first = {"revision": 0, "token": secrets.token_hex(TOKEN_BYTES)}
        identity = {"id": 1, "uuid": str(uuid.uuid4()), "secret": secrets.token_hex(32), "updated_at": now()}
        return [
            insert(DATASET).values(**identity, **first, render_version=RENDER_VERSION),
            insert(LOAD).values(**first, at=identity["updated_at"]),
        ]
    if dataset.secret == "":  # in an exported file
        return [update(DATASET).values(secret=secrets.token_hex(32))]
    return []


def _missing_terms(connection: Connection) -> Iterator[UpdateBase]:
    """Insert missing built-in terms, and correct those that differ. Terms of bundles are left alone."""
    for name, model in OPEN_TERMS.items():
        terms = table_of(model)
        stored = {row["term"]: row for row in connection.execute(select(terms)).mappings()}
        for term in map(asdict, VOCABULARIES[name]):
            row = stored.get(term["term"])
            if row is None:
                yield insert(terms).values(term)
            elif row["document_id"] is None and any(row[key] != value for key, value in term.items()):
                yield update(terms).where(terms.c.term == term["term"]).values(term)
