"""What the tests share: databases made by the real loader, and the service on a real socket."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import httpx
import hypothesis
import pytest
import uvicorn
from playwright.sync_api import Browser
from sqlalchemy import Engine

from app.bundle.load import load
from app.bundle.source import Source
from app.database import connect, migrate, writing
from app.main import create_app
from app.settings import Settings
from tests.browsing import chromium
from tests.generator import Commentary

hypothesis.settings.register_profile("tests", deadline=None)  # the first call of a parser takes its time
hypothesis.settings.load_profile("tests")

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seed" / "sceeus-guest-commentary-8-2022"


@contextmanager
def serving(url: str, public_url: str = "") -> Iterator[str]:
    """The service over a database, on a free port of this machine; gives its base URL."""
    app = create_app(Settings(database_url=url, public_url=public_url))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
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
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Database files to copy: `empty` is migrated, `seeded` holds the seed."""
    folder = tmp_path_factory.mktemp("databases")
    made = {"empty": folder / "empty.db", "seeded": folder / "seeded.db"}
    for name, path in made.items():
        engine = connect(f"sqlite:///{path}")
        migrate(engine)
        if name == "seeded":
            with writing(engine) as connection:
                load(connection, [Source(SEED)])
        engine.dispose()
    return made


@pytest.fixture
def database(templates: dict[str, Path], tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """A fresh copy of a template: `database("empty")`, `database("seeded")`."""
    engines: list[Engine] = []

    def make(template: str) -> Engine:
        path = tmp_path / f"{template}-{len(engines)}.db"
        shutil.copy(templates[template], path)
        engines.append(connect(f"sqlite:///{path}"))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="session")
def seeded_url(templates: dict[str, Path]) -> Iterator[str]:
    """The base URL of the service over the seed."""
    with serving(f"sqlite:///{templates['seeded']}") as url:
        yield url


@pytest.fixture
def api(seeded_url: str) -> Iterator[httpx.Client]:
    """A client of the service over the seed."""
    with httpx.Client(base_url=seeded_url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def generated_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the service over generated records, with nulls and ties everywhere."""
    folder = tmp_path_factory.mktemp("generated")
    bundles = [Commentary(f"number-{number}", Random(number), 140).write(folder) for number in range(3)]
    engine = connect(f"sqlite:///{folder}/generated.db")
    migrate(engine)
    with writing(engine) as connection:
        load(connection, [Source(bundle) for bundle in bundles])
    engine.dispose()
    with serving(f"sqlite:///{folder}/generated.db") as url:
        yield url


@pytest.fixture(scope="module")  # while Playwright runs, nothing else in this thread can use asyncio
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of pages."""
    with chromium() as browser:
        yield browser
