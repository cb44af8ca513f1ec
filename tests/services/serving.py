"""The service in a thread of the tests, on a real socket."""

import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import httpx
import uvicorn

from app.database.engine import connect
from app.http.connection import limited_connections
from app.main import create_app
from app.settings import Settings
from tests.factories.bundles import loaded
from tests.factories.tangled import Tangled
from tests.services.api import client_of
from tests.services.databases import Databases

_SECONDS = 60


@contextmanager
def serving(url: str, public_url: str = "", **settings: str | float) -> Iterator[str]:
    """Serve a database on a free port of this machine; yields the base URL.

    On PostgreSQL the response cache is off unless a test turns it on: the service learns of a load only at its next
    poll, and tests load and request at once.
    """
    cache_mb = 64 if url.startswith("sqlite") else 0
    defaults = {
        "database_url": url,
        "public_url": public_url,
        "log_level": "error",
        "cache_mb": cache_mb,
        "query_seconds": 120,
    }
    valid = Settings.model_validate(defaults | settings)
    config = uvicorn.Config(
        create_app(valid),
        host="127.0.0.1",
        port=0,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=limited_connections(valid),
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(_SECONDS * 100):
        if server.started:
            break
        time.sleep(0.01)
    assert server.started, "the service did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=_SECONDS)
    assert not thread.is_alive(), "the service did not stop"


@contextmanager
def serving_generated(databases: Databases, seed: int, sizes: Sequence[int]) -> Iterator[httpx.Client]:
    """A client of the service over generated commentaries of these sizes; the last is loaded after the others."""
    with tempfile.TemporaryDirectory() as folder, databases.lent("empty") as database:
        random, commentaries = Random(seed), list[Tangled]()
        for number, size in enumerate(sizes):
            commentaries.append(Tangled(f"text-{number}", random, size, commentaries[:]))
        bundles = [commentary.write(Path(folder)) for commentary in commentaries]
        engine = connect(database)
        for together in (bundles[:-1], bundles[-1:]):
            loaded(engine, *together)
        engine.dispose()
        with serving(database) as url, client_of(url) as client:
            yield client
