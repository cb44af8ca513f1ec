"""Limits: what one client sends, keeps or asks for does not stop the service for others."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.types import Message

from app.main import create_app
from app.problems import Busy
from app.query.store import ReadLimits, Store
from app.query.watch import Abandoned
from app.settings import Settings
from tests.services.databases import Databases
from tests.services.serving import serving

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
SECONDS = 0.5
"""The setting `client_seconds` of the tests."""


class Requests:
    """Sends requests to an app without a server."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def get(
        self,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        query: str = "",
        receive: Callable[[], Awaitable[Message]] | None = None,
        each: Callable[[Message], Awaitable[None]] | None = None,
    ) -> list[Message]:
        """The messages of the response; `each` is called for each of them."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)
            if each:
                await each(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        await self.app(scope, receive or asyncio.Event().wait, send)
        return sent

    async def status(self, path: str, **options: Any) -> int:
        """The status of the response."""
        return int((await self.get(path, **options))[0]["status"])


class Pause:
    """Holds responses back when they begin. `sending` is released for each message, and `go_on` lets all go on."""

    def __init__(self) -> None:
        self.sending, self.go_on = asyncio.Semaphore(0), asyncio.Event()

    async def __call__(self, _message: Message) -> None:
        self.sending.release()
        await self.go_on.wait()


def app_of(databases: Databases, **settings: float) -> Any:
    defaults = {"database_url": databases.seeded, "log_level": "error", "cache_mb": 0}
    return create_app(Settings.model_validate(defaults | settings))


def run(app: Any, check: Callable[[Requests], Awaitable[None]]) -> None:
    async def checked() -> None:
        async with app.router.lifespan_context(app):
            await check(Requests(app))

    asyncio.run(checked())


@pytest.fixture(scope="module")
def base(databases: Databases) -> Iterator[str]:
    with serving(databases.seeded, client_seconds=SECONDS, connections=4) as base:
        yield base


def test_a_long_url_and_large_headers_get_their_problems(base: str) -> None:
    with httpx.Client(base_url=base) as client:
        assert client.get("/v1/actors", params={"q": "x" * 8_000}).status_code == 422, "this limit is its own"
        long = client.get("/v1/actors", params={"q": "x" * 9_000}, headers={"Origin": "https://example.org"})
        assert (long.status_code, long.json()["type"]) == (414, "/problems/url-too-long")
        assert long.json()["detail"] == "The URL has 9,012 bytes; at most 8,192 are possible. Ask for fewer values."
        assert long.headers["access-control-allow-origin"] == "*"
        large = client.get("/v1/actors", headers={"X-Large": "x" * 40_000})
        assert (large.status_code, large.json()["type"]) == (431, "/problems/headers-too-large")
        many = client.get("/v1/actors", headers=[("X-Many", "x" * 90)] * 400)
        assert many.status_code == 431


def test_more_requests_than_the_limit_are_busy_but_health_answers(databases: Databases) -> None:
    async def check(requests: Requests) -> None:
        pause = Pause()
        first = asyncio.create_task(requests.get("/v1/actors/russia", each=pause))
        await pause.sending.acquire()
        refused = await requests.get("/v1/actors/russia")
        assert refused[0]["status"] == 503
        assert (b"retry-after", b"5") in refused[0]["headers"]
        assert await requests.status("/healthz") == await requests.status("/readyz") == 200
        pause.go_on.set()
        assert (await first)[0]["status"] == 200
        assert await requests.status("/v1/actors/russia") == 200

    run(app_of(databases, requests=1), check)


def endless(snapshot: Any) -> Any:
    return snapshot.connection.exec_driver_sql(ENDLESS).scalar()


def test_a_query_that_takes_too_long_is_interrupted(databases: Databases) -> None:
    async def check() -> None:
        store = Store.at(databases.seeded, ReadLimits(query_seconds=0.2))
        observed: list[float] = []
        store.observe = lambda _quick, seconds: observed.append(seconds)
        async with store.running():
            for _ in range(2):
                with pytest.raises(Busy, match=r"The query took longer than 0\.2 seconds"):
                    await store.read(endless, quick=False)
            assert [seconds >= 0.2 for seconds in observed] == [True, True], "the metrics have them"
            assert await store.read(lambda snapshot: snapshot.revision, quick=False) == 1
            of_the_event_loop = 1 if store.engine.name == "sqlite" else 0
            assert store.engine.pool.checkedout() == of_the_event_loop  # type: ignore[attr-defined]

    asyncio.run(check())


def test_abandoned_queries_make_room_for_others(databases: Databases) -> None:
    """Those that run are interrupted, and those that wait for a thread are dropped."""

    async def check() -> None:
        store = Store.at(databases.seeded, ReadLimits(query_seconds=300))
        gone = asyncio.Event()

        async def abandoned() -> None:
            await gone.wait()

        async with store.running():
            reads = [
                asyncio.create_task(store.read(endless, quick=False, abandoned=abandoned))
                for _ in range(store.threads + 4)
            ]
            await asyncio.sleep(0.1)
            gone.set()
            ended = await asyncio.gather(*reads, return_exceptions=True)
            assert [type(each) for each in ended] == [Abandoned] * len(reads)
            assert await store.read(lambda snapshot: snapshot.revision, quick=False) == 1

    asyncio.run(check())


def test_a_request_whose_client_has_gone_gets_no_response(databases: Databases) -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def check(requests: Requests) -> None:
        status = await requests.status("/v1/search", query="q=russia", receive=gone)
        assert status == 499

    run(app_of(databases), check)


def test_a_request_that_waits_too_long_for_a_thread_is_busy(databases: Databases) -> None:
    async def check(requests: Requests) -> None:
        assert await requests.status("/v1/search", query="q=russia") == 503
        assert await requests.status("/v1/actors/russia") == 200

    run(app_of(databases, query_seconds=1e-9), check)


def test_streams_have_a_limit_of_their_own(databases: Databases) -> None:
    async def check(requests: Requests) -> None:
        pause = Pause()
        streams = [asyncio.create_task(requests.get("/v1/export", each=pause)) for _ in range(2)]
        for _ in streams:
            await pause.sending.acquire()
        refused = await requests.get("/v1/events.csv")
        assert refused[0]["status"] == 503
        assert b"2 files are being sent already" in refused[1]["body"]
        assert await requests.status("/v1/search", query="q=russia") == 200
        pause.go_on.set()
        assert [(await stream)[0]["status"] for stream in streams] == [200, 200]
        assert await requests.status("/v1/events.csv") == 200

    run(app_of(databases, streams=2), check)


def test_a_stream_ends_at_its_deadline(databases: Databases) -> None:
    async def check(requests: Requests) -> None:
        async def wait(_message: Message) -> None:
            await asyncio.sleep(0.2)

        with pytest.raises(TimeoutError, match="the client took too long to read the file"):
            await requests.get("/v1/export", each=wait)
        assert await requests.app.state.store.read(lambda snapshot: snapshot.revision, quick=False) == 1
        assert await requests.status("/v1/export", query="kind=document") == 200

    run(app_of(databases, streams=1, stream_seconds=0.1), check)


@contextmanager
def connected(base: str, receive_bytes: int = 0) -> Iterator[socket.socket]:
    url = httpx.URL(base)
    with socket.socket() as client:
        if receive_bytes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        client.settimeout(20)
        client.connect((url.host, url.port))
        yield client


def received(client: socket.socket) -> bytes:
    """Everything until the service closes the connection."""
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def test_a_connection_that_asks_for_nothing_is_closed(base: str) -> None:
    with connected(base) as client:
        assert received(client) == b""


def test_half_a_request_is_a_timeout(base: str) -> None:
    with connected(base) as client:
        client.sendall(b"GET /v1 HTTP/1.1\r\nHost: dossier.example\r\n")
        head, _, body = received(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request timeout\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"The request did not arrive within 0.5 seconds. Send it whole." in body


def test_a_request_in_small_pieces_is_answered(base: str) -> None:
    with connected(base) as client:
        request = b"GET /v1/actors/russia HTTP/1.1\r\nHost: dossier.example\r\nConnection: close\r\n\r\n"
        for byte in request:
            client.sendall(bytes([byte]))
        assert received(client).startswith(b"HTTP/1.1 200 OK\r\n")


def test_pipelined_requests_are_answered_in_order(base: str) -> None:
    with connected(base) as client:
        paths = ["/v1/actors/russia", "/v1/actors/nobody", "/v1/search?q=russia", "/healthz"] * 10
        client.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: dossier.example\r\n\r\n".encode() for path in paths))
        answers = received(client)
    assert [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]] == [200, 404, 200, 200] * 10


def test_endless_headers_are_cut(base: str) -> None:
    with connected(base) as client:
        client.sendall(b"GET /v1 HTTP/1.1\r\n")
        with pytest.raises(OSError):  # noqa: PT012, PT011  (reset or broken pipe: the service reads no further)
            for _ in range(2_000):
                client.sendall(b"X-Endless: " + b"x" * 10_000 + b"\r\n")
    with httpx.Client(base_url=base) as again:
        assert again.get("/healthz").status_code == 200


def test_a_client_that_does_not_read_is_disconnected(base: str) -> None:
    with connected(base, receive_bytes=4096) as client:
        request = b"GET /v1/export HTTP/1.1\r\nHost: dossier.example\r\n\r\n"
        client.sendall(request * 20)
        asyncio.run(asyncio.sleep(SECONDS * 3))
        assert 0 < received(client).count(b"HTTP/1.1 200 OK") < 20


def test_more_connections_than_the_limit_are_busy(base: str) -> None:
    with connected(base), connected(base), connected(base), connected(base):
        with connected(base) as fifth:
            assert received(fifth).startswith(b"HTTP/1.1 503 Service busy\r\n")
        asyncio.run(asyncio.sleep(SECONDS * 2))
        with httpx.Client(base_url=base) as again:
            assert again.get("/healthz").status_code == 200, "the idle connections were closed"
