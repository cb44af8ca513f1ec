"""Databases for tests: SQLite files, or databases of a PostgreSQL server that the tests start."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Literal

from app.database.engine import connect
from app.database.migration import migrate
from tests.factories.bundles import loaded
from tests.paths import COMMENTARY, SEED
from tests.services.postgresql import Server, server

BACKENDS = ("sqlite", "postgresql")

Template = Literal["nothing", "empty", "seeded", "both"]
"""The content of a new database: no tables; tables and terms; also the seed; also the second commentary."""
_BEFORE: dict[Template, tuple[Template, tuple[Path, ...]]] = {
    "empty": ("nothing", ()),
    "seeded": ("empty", (SEED,)),
    "both": ("seeded", (COMMENTARY,)),
}
"""The template that each template is made from, and the bundles loaded into it."""


class Databases:
    """Makes databases of one backend; each is a copy of a template that is loaded once."""

    def __init__(self, backend: str, copy: Callable[[str | None, str], str], drop: Callable[[str], None]) -> None:
        self.backend = backend
        self._copy = copy
        self._drop = drop
        self._names = (f"made_{number}" for number in count())
        self._templates: set[str] = set()
        self._shared: dict[Template, str] = {}

    def new(self, template: Template) -> str:
        """The URL of a new database."""
        return self._copy(self._template(template), next(self._names))

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

    def shared(self, template: Template) -> str:
        """The URL of a database that many tests read and none writes to."""
        if template not in self._shared:
            self._shared[template] = self.new(template)
        return self._shared[template]

    @property
    def seeded(self) -> str:
        """The URL of the shared database with the seed."""
        return self.shared("seeded")

    def _template(self, template: Template) -> str | None:
        """The name of the database to copy; None for one without tables."""
        if template == "nothing":
            return None
        name = f"template_{template}"
        if name not in self._templates:
            before, bundles = _BEFORE[template]
            engine = connect(self._copy(self._template(before), name))
            if before == "nothing":
                migrate(engine)
            if bundles:
                loaded(engine, *bundles)
            engine.dispose()
            self._templates.add(name)
        return name


@contextmanager
def databases(backend: str, folder: Path) -> Iterator[Databases]:
    """The databases of a backend. A PostgreSQL server is removed with all its databases; SQLite files stay."""
    if backend == "sqlite":
        yield Databases(backend, lambda template, name: _copy_file(folder, template, name), _remove_file)
        return
    with server() as running:
        yield Databases(
            backend,
            lambda template, name: _copy_database(running, template, name),
            lambda url: running.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)"),
        )


def _copy_file(folder: Path, template: str | None, name: str) -> str:
    path = folder / f"{name}.db"
    if template:
        shutil.copy(folder / f"{template}.db", path)
    return f"sqlite:///{path}"


def _remove_file(url: str) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    for file in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        file.unlink(missing_ok=True)


def _copy_database(running: Server, template: str | None, name: str) -> str:
    running.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY FILE_COPY")
    return running.url(name)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
