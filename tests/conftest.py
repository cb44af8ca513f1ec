"""Fixtures that the tests share: databases made by the real loader, and the service on a real socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import httpx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

import tests.hypothesis_profiles  # noqa: F401 (loads the default profile before test modules are imported)
from app.database.engine import connect
from tests.factories.generated import Commentary
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of
from tests.services.browser import chromium
from tests.services.databases import BACKENDS, Databases, Template
from tests.services.databases import databases as databases_of
from tests.services.figures import write_figures
from tests.services.serving import serving


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=BACKENDS, default=BACKENDS[0], help="the database to test on")
    parser.addoption("--full", action="store_true", help="as many kills and mutations as `make faults-full`")
    parser.addoption("--figures", type=Path, help="the page with the table that figures are written to")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests marked for the other database; on PostgreSQL also those that use no database.

    A test that uses a database requests `databases`, itself or through its fixtures. A fixture that chooses another
    one by `request.getfixturevalue` requests `databases` too.
    """
    backend = config.getoption("--database")
    others = [other for other in BACKENDS if other != backend]
    selected: list[pytest.Item] = []
    deselected: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for_other = any(item.get_closest_marker(other) for other in others)
        uses_no_database = "databases" not in fixtures and not item.get_closest_marker(backend)
        (deselected if for_other or (backend != BACKENDS[0] and uses_no_database) else selected).append(item)
    config.hook.pytest_deselected(items=deselected)
    items[:] = selected


@pytest.fixture(scope="session")
def scaled(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """Chooses a number: the first in `make faults`, the second in `make faults-full`."""
    return lambda quick, full: full if request.config.getoption("--full") else quick


@pytest.fixture(scope="session")
def figure(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], None]]:
    """Records a figure of a test by its name. At the end, all are written to the page of `--figures`."""
    found: dict[str, str] = {}
    yield found.__setitem__
    if page := request.config.getoption("--figures"):
        write_figures(page, request.config.getoption("--database"), found)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes databases of the tested backend. Each xdist worker has its own files, or its own PostgreSQL server."""
    with databases_of(request.config.getoption("--database"), tmp_path_factory.mktemp("databases")) as databases:
        yield databases


@pytest.fixture
def database(databases: Databases) -> Iterator[Callable[[Template], Engine]]:
    """Makes a database that is dropped after the test: `database("empty")`, `database("seeded")`."""
    with ExitStack() as stack:

        def make(template: Template) -> Engine:
            engine = connect(stack.enter_context(databases.lent(template)))
            stack.callback(engine.dispose)
            return engine

        yield make


@pytest.fixture(scope="session")
def seeded_url(databases: Databases) -> Iterator[str]:
    """The base URL of the service over the seed."""
    with serving(databases.seeded) as url:
        yield url


@pytest.fixture
def api(seeded_url: str) -> Iterator[httpx.Client]:
    """A client of the service over the seed."""
    with client_of(seeded_url) as client:
        yield client


@pytest.fixture(scope="session")
def both(databases: Databases) -> str:
    """The URL of a database with two documents, loaded one after the other."""
    return databases.loaded("seeded", COMMENTARY)


@pytest.fixture(scope="session")
def three(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with both commentaries and a generated one, loaded together."""
    made = Commentary("made", Random(5), 140).write(tmp_path_factory.mktemp("three"))
    return databases.loaded("empty", SEED, COMMENTARY, made)


@pytest.fixture(scope="session")
def generated(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database of generated records, with many nulls and ties."""
    folder = tmp_path_factory.mktemp("generated")
    bundles = [Commentary(f"number-{number}", Random(number), 140).write(folder) for number in range(3)]
    return databases.loaded("empty", *bundles)


@pytest.fixture(scope="session")
def generated_url(generated: str) -> Iterator[str]:
    """The base URL of the service over generated records."""
    with serving(generated) as url:
        yield url


@pytest.fixture(scope="module")  # Playwright's event loop keeps other tests of this thread from using asyncio
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as browser:
        yield browser
