"""Migrations: the schema, by Alembic, and the rows that every database has."""

import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict

from sqlalchemy import Connection, Engine, column, insert, inspect, select, table, update
from sqlalchemy.sql.dml import UpdateBase

from app.database.engine import is_locked, lock, place, writable
from app.database.revision import TOKEN_BYTES, raise_revision
from app.database.transactions import migrating, now, reading, writing
from app.model.dataset import RENDER_VERSION
from app.model.tables import DATASET, LOAD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES
from app.resources import MIGRATIONS

SCHEMAS = sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The revisions of the schema. They are read from the files, because the import of Alembic is slow."""

EMPTY = "is empty; fill it with `dossier load`"
OPEN_SECONDS = 20
"""Timeout of a command that waits until no other process has a file open."""


class Unusable(Exception):
    """Raised if a database is not one of this version; the message says why, and what to do."""


def schema_of(connection: Connection) -> str | None:
    """The revision of the schema of a database; None if it has no tables. Raises Unusable if it is not Dossier's."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        revision: str | None = connection.execute(
            select(column("version_num")).select_from(table("alembic_version"))
        ).scalar()
        if revision is None or "dataset" in tables:
            return revision
    elif not tables or connection.dialect.name == "postgresql":  # where extensions make tables too
        return None
    some = ", ".join(sorted(tables)[:3])
    raise Unusable(f"belongs to another program: it has the tables {some}; correct DOSSIER_DATABASE_URL")


def require_schema(connection: Connection, *, outdated: bool = False) -> str | None:
    """The revision of the schema. Raises Unusable if it is not that of this version; `outdated` allows older ones."""
    revision, newest = schema_of(connection), SCHEMAS[-1]
    if revision and revision not in SCHEMAS:
        raise Unusable(
            f"has the schema {revision}, which this version does not know (it has {newest}): use the version "
            "that wrote it, or restore a backup"
        )
    if revision == newest or outdated:
        return revision
    if revision is None:
        raise Unusable(EMPTY)
    raise Unusable(
        f"has the schema {revision}, and this version needs {newest}: make a backup with the "
        "version that wrote it, then run `dossier migrate`"
    )


def migrate(engine: Engine, revision: str = "head") -> None:
    """Migrate the schema to a revision, give the dataset its identity, and update the built-in terms.

    The write lock is taken only if something must change. Raises Unusable for a database of another program, or of a
    newer version.
    """
    with reading(engine) as connection:
        at = require_schema(connection, outdated=True)
    use_wal(engine)
    if revision != "head" or at != SCHEMAS[-1]:
        _run_alembic(engine, revision)
    if revision == "base":
        return
    with reading(engine) as connection:
        complete = not _missing_identity(connection) and next(_missing_terms(connection), None) is None
    if complete or not writable(engine.url):  # an exported file on a read-only disk can be served as it is
        return
    with writing(engine) as connection:
        terms = list(_missing_terms(connection))
        for statement in [*_missing_identity(connection), *terms]:
            connection.execute(statement)
        # Vocabularies are served, so caches need a new revision. Revision 0 stays: it means that nothing is loaded.
        if terms and connection.execute(select(DATASET.c.revision)).scalar_one():
            raise_revision(connection, now())


def use_wal(engine: Engine) -> None:
    """Let others read an SQLite file while one writes. The file keeps this mode.

    No other process may have the file open when its mode changes, as a service whose file was emptied.
    """
    if engine.dialect.name != "sqlite" or not writable(engine.url):
        return
    reason = f"another process has {place(engine.url)} open; waiting until it ends, {OPEN_SECONDS} seconds at most"
    waiting = engine.get_execution_options()["waiting"]
    with closing(engine.raw_connection()) as opened, closing(opened.cursor()) as cursor:
        try:
            lock(cursor.execute, "PRAGMA journal_mode = WAL", OPEN_SECONDS, lambda: waiting(reason))
        except sqlite3.OperationalError as error:
            if is_locked(error):
                raise Unusable(
                    "another process has it open, as a service; stop that, then repeat the command"
                ) from error
            raise


def _run_alembic(engine: Engine, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()  # an installed wheel has no pyproject.toml, where developers' Alembic is configured
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with migrating(engine) as connection:
        if engine.dialect.name == "sqlite":  # the views of an exported file, which would keep tables from changing
            for view in inspect(connection).get_view_names():
                connection.exec_driver_sql(f'DROP VIEW "{view}"')
        config.attributes["connection"] = connection
        (command.downgrade if revision == "base" else command.upgrade)(config, revision)
        if revision != "base":  # in the same transaction: a database with tables always has an identity
            for statement in _missing_identity(connection):
                connection.execute(statement)


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
