"""The database that commands work on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select

from app.bundle.publish import rerender
from app.cli.console import progress
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import reading, writing
from app.model.dataset import RENDER_VERSION
from app.model.tables import DATASET
from app.settings import Settings


@contextmanager
def prepared() -> Iterator[Engine]:
    """The database of the settings, migrated and rendered by this version.

    A database that is up to date is only read: a command that reads does not wait for a load.
    """
    engine = connect(Settings().database_url)
    try:
        migrate(engine)
        with reading(engine) as connection:
            rendered = _is_rendered(connection)
        if not rendered:
            with writing(engine) as connection:
                if not _is_rendered(connection):  # another process may have done it meanwhile
                    with progress() as track:
                        rerender(connection, track)
        yield engine
    finally:
        engine.dispose()


def _is_rendered(connection: Connection) -> bool:
    return bool(connection.execute(select(DATASET.c.render_version)).scalar_one() == RENDER_VERSION)
