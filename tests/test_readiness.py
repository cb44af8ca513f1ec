"""`/readyz` fails when searches do."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from app.api import service
from app.database.transactions import writing
from app.main import create_app
from app.query.snapshot import Snapshot
from app.settings import Settings
from tests.services.api import get
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving


@pytest.mark.sqlite  # its index is a table of its own
def test_a_service_whose_searches_fail_is_not_ready(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    with serving(str(engine.url)) as url:
        assert get(f"{url}/readyz").json() == {"status": "ok"}
        with writing(engine) as connection:
            connection.execute(text("DROP TABLE search"))
        for path in ("/v1/search?q=trade", "/readyz"):
            problem(get(url + path), 503)
        assert get(f"{url}/v1/actors/russia").status_code == 200
        assert get(f"{url}/healthz").status_code == 200


def test_a_service_whose_searches_wait_is_not_ready(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_READY_SECONDS", 0.2)
    settings = {"database_url": databases.seeded, "log_level": "error"}
    app: Any = create_app(Settings.model_validate(settings))
    released = threading.Event()

    def wait(_snapshot: Snapshot) -> None:
        released.wait(60)

    async def check() -> None:
        store = app.state.store
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://dossier.example") as client,
        ):
            waiting = [asyncio.ensure_future(store.read(wait, quick=False)) for _ in range(store.threads)]
            await asyncio.sleep(0.2)
            try:
                detail = problem(await client.get("/readyz"), 503)["detail"]
                assert detail == "The database has not answered a search within 0.2 seconds."
                assert (await client.get("/healthz")).status_code == 200
            finally:
                released.set()
                await asyncio.gather(*waiting)
            assert (await client.get("/readyz")).status_code == 200

    asyncio.run(check())
