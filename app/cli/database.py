"""The database of the commands."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from app.bundle.publish import rerender
from app.cli.console import progress
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import reading, writing
from app.model.dataset import RENDER_VERSION
from app.query.snapshot import Revision
from app.settings import Settings


@contextmanager
def prepared() -> Iterator[Engine]:
    """The database of the settings, migrated, and rendered by this version.

    The write lock is taken only if the database is outdated, so commands that read don't wait for a load.
    """
    engine = connect(Settings().database_url)
    try:
        migrate(engine)
        with reading(engine) as connection:
            rendered = _is_rendered(connection)
        if not rendered:
            with progress() as track, writing(engine) as connection:
                if not _is_rendered(connection):  # another process may have done it meanwhile
                    rerender(connection, track)
        yield engine
    finally:
        engine.dispose()


def _is_rendered(connection: Connection) -> bool:
    return Revision.read(connection).render_version == RENDER_VERSION
