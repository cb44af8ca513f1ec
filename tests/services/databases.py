"""Databases to test on: files of SQLite, or databases of a PostgreSQL that is started for the tests."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Literal

from app.database.engine import connect
from app.database.migration import migrate
from tests.factories.bundles import loaded
from tests.services.postgresql import Server, server

SEED = Path(__file__).resolve().parents[2] / "seed" / "sceeus-guest-commentary-8-2022"
BACKENDS = ("sqlite", "postgresql")

Template = Literal["nothing", "empty", "seeded"]
"""What a new database holds: not even tables; tables and terms; the seed."""


class Databases:
    """Makes databases of one backend, each a copy of what was made once."""

    def __init__(self, backend: str, copy: Callable[[str, str], str], drop: Callable[[str], None]) -> None:
        self.backend = backend
        self._copy = copy
        self._drop = drop
        self._names = (f"made_{number}" for number in count())
        self._templates: set[str] = set()
        self._kept: str | None = None

    def new(self, template: Template) -> str:
        """The URL of a new database."""
        if template != "nothing" and template not in self._templates:
            self._make(template)
        return self._copy(template, next(self._names))

    @contextmanager
    def lent(self, template: Template) -> Iterator[str]:
        """The URL of a new database that is dropped afterwards."""
        url = self.new(template)
        yield url
        self._drop(url)

    def loaded(self, template: Template, *bundles: Path) -> str:
        """The URL of a new database into which bundles were loaded together."""
        url = self.new(template)
        engine = connect(url)
        loaded(engine, *bundles)
        engine.dispose()
        return url

    @property
    def seeded(self) -> str:
        """The URL of the database with the seed that everybody reads, and to which nobody writes."""
        self._kept = self._kept or self.new("seeded")
        return self._kept

    def _make(self, template: Template) -> None:
        engine = connect(self._copy("nothing", template))
        migrate(engine)
        if template == "seeded":
            loaded(engine, SEED)
        engine.dispose()
        self._templates.add(template)


@contextmanager
def databases(backend: str, folder: Path) -> Iterator[Databases]:
    """What makes databases of a backend; all that it made is gone afterwards, but for files in `folder`."""
    if backend == "sqlite":
        yield Databases(backend, lambda template, name: _copy_file(folder, template, name), _remove_file)
        return
    with server() as running:
        yield Databases(
            backend,
            lambda template, name: _copy_database(running, template, name),
            lambda url: running.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)"),
        )


def _copy_file(folder: Path, template: str, name: str) -> str:
    path = folder / f"{name}.db"
    if template != "nothing":
        shutil.copy(folder / f"{template}.db", path)
    return f"sqlite:///{path}"


def _remove_file(url: str) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    for kept in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        kept.unlink(missing_ok=True)


def _copy_database(running: Server, template: str, name: str) -> str:
    copied = "template0" if template == "nothing" else template
    running.execute(f"CREATE DATABASE {name} TEMPLATE {copied} STRATEGY FILE_COPY")
    return running.url(name)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
