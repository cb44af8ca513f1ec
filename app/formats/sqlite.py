"""The database as one SQLite file: a consistent copy, to be opened with Datasette or anything else."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app.database import reading
from app.query.reader import Reader

_PAGES = 256


def copy(engine: Engine, path: Path, tell: Callable[[int, int], None]) -> None:
    """Copy the database to a new file, as it is at one moment, and without the secret that signs cursors.

    `tell` is told how many pages are copied, and of how many. Raises ValueError where the database is not SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise ValueError(f"this database is {engine.dialect.name}, which has tools of its own to copy it")
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        with reading(engine) as connection:
            Reader(connection)  # what is read first fixes the moment
            driver: Any = connection.connection.driver_connection
            driver.backup(target, pages=_PAGES, progress=lambda _status, left, total: tell(total - left, total))
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("UPDATE dataset SET secret = ''")
        target.execute("VACUUM")  # the secret would still stand in what the update left free
