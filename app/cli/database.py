"""The database of the commands."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from app.bundle.publish import rerender
from app.cli.console import err, fail, progress
from app.cli.failures import WRONG_DATABASE, database_failure
from app.database.engine import address, connect, file_of, place
from app.database.migration import EMPTY, Unusable, migrate, require_schema
from app.database.transactions import reading, writing
from app.model.dataset import RENDER_VERSION
from app.query.snapshot import Revision
from app.settings import Settings


@contextmanager
def opened(url: URL | None = None, *, outdated: bool = False) -> Iterator[Engine]:
    """An existing database, or that of the settings, for commands that read. Nothing is created or locked.

    `outdated` allows an older schema, and records that another version rendered.
    """
    engine = connect(url or Settings().database_url, create=False, waiting=err.print)
    with disposed(engine, backup=url is not None):
        if (file := file_of(engine.url)) and not file.exists():
            raise Unusable(f"does not exist; {WRONG_DATABASE}{'' if url else ', or make it with `dossier load`'}")
        with reading(engine) as connection:
            if require_schema(connection, outdated=outdated) is None:
                raise Unusable(EMPTY)
            if not (outdated or is_rendered(connection)):
                raise Unusable("was rendered by another version: run `dossier migrate`")
        err.print(f"reading {place(engine.url)}", highlight=False)
        yield engine


def tried() -> AbstractContextManager[Engine]:
    """The database of the settings, to try a load. Without one, an empty database in memory."""
    url = address(Settings().database_url)
    file = file_of(url)
    if file.exists() if file else url.get_backend_name() != "sqlite":
        return opened()
    err.print(f"using an empty database, because {place(url)} does not exist", highlight=False)
    return prepared("sqlite://")


@contextmanager
def prepared(url: str | None = None) -> Iterator[Engine]:
    """A database, or that of the settings, created if it is missing, migrated, and rendered by this version.

    The write lock is taken only if the database is outdated.
    """
    engine = connect(url or Settings().database_url, waiting=err.print)
    with disposed(engine):
        upgrade(engine)
        yield engine


def upgrade(engine: Engine) -> None:
    """Migrate a database, and render its records again if another version rendered them."""
    migrate(engine)
    with reading(engine) as connection:
        if is_rendered(connection):
            return
    with progress() as track, writing(engine) as connection:
        if not is_rendered(connection):  # another process may have done it meanwhile
            rerender(connection, track)


def is_rendered(connection: Connection) -> bool:
    """True if the records were rendered by this version."""
    return Revision.read(connection).render_version == RENDER_VERSION


@contextmanager
def disposed(engine: Engine, *, backup: bool = False) -> Iterator[None]:
    """Close the connections of a database, or of a backup that is read. If it fails, end the command with one line."""
    try:
        yield
    except Exception as error:
        if line := database_failure(error, engine.url, backup=backup):
            fail(line, 2)
        raise
    finally:
        engine.dispose()
