"""Run the migrations on the connection that `migrate` hands over, or on the database of the settings."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import app.model  # noqa: F401  (registers every table)
from app.database.engine import connect
from app.database.transactions import migrating
from app.settings import Settings


def is_modelled(_object: object, name: str | None, type_: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave out the full-text index, which is no SQLModel class."""
    return not (type_ == "table" and name is not None and name.startswith("search"))


def run(connection: Connection) -> None:
    """Run all migrations in the writer's one transaction.

    With transactions of its own, Alembic would read the version before it has the write lock and commit each
    migration, so two processes could run the same one.
    """
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        include_object=is_modelled,
        compare_type=True,
    )
    context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with migrating(connect(Settings().database_url)) as opened:
        run(opened)
