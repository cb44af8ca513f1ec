"""The app under other servers than uvicorn, and with requests of any size."""

import asyncio
import gc
import tracemalloc
import warnings
from contextlib import suppress
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect

from app.main import create_app
from app.settings import Settings
from tests.services.databases import Databases

SIZE = 30_000
HEADERS = ["accept", "accept-encoding", "if-none-match", "x-request-id", "origin", "cookie", "x-anything"]


@pytest.fixture(params=[0, 16])
def app(databases: Databases, request: pytest.FixtureRequest) -> Any:
    return create_app(
        Settings.model_validate(
            {"database_url": databases.seeded, "cache_mb": request.param, "log_level": "error", "public_url": ""}
        )
    )


def test_the_app_works_under_httpx(app: Any) -> None:
    async def check() -> None:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://dossier.example") as client,
        ):
            for _ in range(3):
                assert (await client.get("/v1/actors/russia")).json()["id"] == "russia"
                assert (await client.get("/v1/actors/nobody")).status_code == 404
                assert (await client.head("/v1/events.csv")).content == b""
            assert "/v1/actors/{id}" in (await client.get("/metrics")).text

    asyncio.run(check())


def test_the_app_works_under_the_test_client(app: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it prefers a newer httpx
        from fastapi.testclient import TestClient

        with TestClient(app) as client:
            for _ in range(3):
                assert client.get("/v1/actors/russia").json()["id"] == "russia"
                assert client.get("/v1/events.csv").text.startswith("kind,id,")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_an_unread_stream_returns_its_connection(app: Any, method: str) -> None:
    """At once, and not when the garbage is collected: the pool would be empty before."""

    async def ask() -> None:
        pieces = 0

        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            nonlocal pieces
            pieces += message["type"] == "http.response.body"
            if method == "GET" and pieces:
                raise OSError  # the client has gone

        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.4"},
            "method": method,
            "path": "/v1/export",
            "raw_path": b"/v1/export",
            "root_path": "",
            "query_string": b"",
            "headers": [],
        }
        with suppress(OSError, ClientDisconnect):
            await app(scope, receive, send)
        assert pieces == 1
        assert app.state.store.engine.pool.checkedout() == (1 if app.state.store.engine.name == "sqlite" else 0)

    async def check() -> None:
        async with app.router.lifespan_context(app):
            await app.state.store.read(lambda _snapshot: None, quick=True)
            for _ in range(3):
                await ask()

    gc.disable()
    try:
        asyncio.run(check())
    finally:
        gc.enable()


@pytest.mark.sqlite  # headers concern no database
@pytest.mark.parametrize("name", HEADERS)
def test_long_headers_fill_no_cache(app: Any, name: str) -> None:
    """A cache that kept them would hold 256 × 30 kB or more."""

    async def ask(number: int) -> int:
        headers = [(name.encode(), b"%d " % number + b"x" * SIZE)]
        status = 0

        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/actors/russia",
            "raw_path": b"/v1/actors/russia",
            "root_path": "",
            "query_string": b"",
            "headers": headers,
        }
        await app(scope, receive, send)
        return status

    async def check() -> None:
        async with app.router.lifespan_context(app):
            await ask(-1)
            tracemalloc.start()
            try:
                for number in range(260):
                    assert await ask(number) == 200
                await asyncio.sleep(0.1)
                held, _ = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert held < 10 * SIZE

    asyncio.run(check())
