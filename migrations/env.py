"""Runs the migrations on the connection that `migrate` hands over, or on the database of the settings."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import app.model  # noqa: F401  (registers every table)
from app.database.engine import connect
from app.database.transactions import writing
from app.settings import Settings


def mapped(_object: object, name: str | None, type_: str, _reflected: bool, _compare_to: object) -> bool:
    """Whether a table is one of the models'; the full-text index is not."""
    return not (type_ == "table" and name is not None and name.startswith("search"))


def run(connection: Connection) -> None:
    """Migrate in the writer's transaction, all of it or nothing.

    With transactions of its own, Alembic would on SQLite read before them where the database is, and commit each
    migration: two processes could then do the same one.
    """
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        include_object=mapped,
        compare_type=True,
    )
    context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with writing(connect(Settings().database_url)) as opened:
        run(opened)
