"""What the tests share: databases made by the real loader, and the service on a real socket."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

import httpx
import hypothesis
import pytest
import uvicorn
from playwright.sync_api import Browser
from sqlalchemy import Engine

from app.database.engine import connect
from app.main import create_app
from app.settings import Settings
from tests.browsing import chromium
from tests.databases import BACKENDS, SEED, Databases, Template
from tests.databases import databases as made_databases
from tests.generator import Commentary

hypothesis.settings.register_profile("tests", deadline=None)  # the first call of a parser takes its time
hypothesis.settings.load_profile("tests")

ROOT = Path(__file__).resolve().parent.parent
__all__ = ["ROOT", "SEED", "serving"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=BACKENDS, default=BACKENDS[0], help="the database to test on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked for the other database; and on PostgreSQL, what touches none and has been run already.

    Who needs a database asks for `databases`, or for a fixture by name, with `request`.
    """
    backend = config.getoption("--database")
    others = [other for other in BACKENDS if other != backend]
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        elsewhere = any(item.get_closest_marker(other) for other in others)
        again = backend != BACKENDS[0] and not fixtures & {"databases", "request"}
        (left_out if elsewhere or again else chosen).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


@contextmanager
def serving(url: str, public_url: str = "", **settings: str | int) -> Iterator[str]:
    """The service over a database, on a free port of this machine; gives its base URL.

    Tests load behind its back, and ask at once: on PostgreSQL, of which it hears a little later, it remembers nothing.
    """
    memory = 64 if url.startswith("sqlite") else 0
    usual = {"database_url": url, "public_url": public_url, "log_level": "error", "cache_mb": memory}
    app = create_app(Settings.model_validate(usual | settings))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", access_log=False, server_header=False, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(6000):
        if server.started:
            break
        time.sleep(0.01)
    assert server.started, "the service did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """What makes databases, on the backend that is tested."""
    with made_databases(request.config.getoption("--database"), tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture
def database(databases: Databases) -> Iterator[Callable[[Template], Engine]]:
    """A new database that is gone after the test: `database("empty")`, `database("seeded")`."""
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
    with httpx.Client(base_url=seeded_url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def generated(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database of generated records, with nulls and ties everywhere."""
    folder = tmp_path_factory.mktemp("generated")
    bundles = [Commentary(f"number-{number}", Random(number), 140).write(folder) for number in range(3)]
    return databases.loaded("empty", *bundles)


@pytest.fixture(scope="session")
def generated_url(generated: str) -> Iterator[str]:
    """The base URL of the service over generated records."""
    with serving(generated) as url:
        yield url


@pytest.fixture(scope="module")  # while Playwright runs, nothing else in this thread can use asyncio
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of pages."""
    with chromium() as browser:
        yield browser
