"""The database that commands work on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select

from app.bundle.publish import rerender
from app.cli.console import progress
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import writing
from app.model.dataset import RENDER_VERSION
from app.model.tables import DATASET
from app.settings import Settings


@contextmanager
def prepared() -> Iterator[Engine]:
    """The database of the settings, migrated and rendered by this version; its connections are closed afterwards."""
    engine = connect(Settings().database_url)
    try:
        migrate(engine)
        with writing(engine) as connection:
            if connection.execute(select(DATASET.c.render_version)).scalar_one() != RENDER_VERSION:
                with progress() as track:
                    rerender(connection, track)
        yield engine
    finally:
        engine.dispose()
