"""The response cache: hits are identical to misses, a new revision empties it, and no response is stale."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text, update
from starlette.types import Receive, Scope, Send

from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import writing
from app.http.response_cache import ResponseCache
from app.http.telemetry import Telemetry
from app.model.tables import DATASET
from app.problems import Busy, Unavailable
from app.query.snapshot import Snapshot
from app.query.store import POLL_SECONDS, Store
from tests.factories.bundles import loaded
from tests.paths import COMMENTARY
from tests.services.api import client_of, example_path, get, operations
from tests.services.databases import Databases
from tests.services.metrics import metrics
from tests.services.problems import problem
from tests.services.serving import serving

ACTORS = "/v1/actors?limit=200"
Make = Callable[[str], Engine]

VARIANTS: list[dict[str, str]] = [
    {"Accept-Encoding": "identity"},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "gzip", "Origin": "https://example.org"},
    {"Accept-Encoding": "identity", "Accept": "text/csv, application/json;q=0.5, */*;q=0.1"},
    {"Accept-Encoding": "identity", "If-None-Match": "*"},
]


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def heard(client: httpx.Client, method: str, path: str, headers: dict[str, str]) -> tuple[Any, ...]:
    """The status, headers and body, without headers that differ for each request."""
    with client.stream(method, path, headers=headers) as answer:
        body = b"".join(answer.iter_raw())
    left = [each for each in answer.headers.multi_items() if each[0] not in ("date", "x-request-id", "server")]
    return answer.status_code, sorted(left), body


def revise(engine: Engine, **values: Any) -> None:
    """Change the row that identifies the dataset and its revision."""
    with writing(engine) as connection:
        connection.execute(update(DATASET).values(values))


def in_time(store: Store, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine while the store polls."""

    async def main() -> None:
        async with store.running():
            await asyncio.wait_for(ask(), 60)

    asyncio.run(main())


def test_after_a_load_the_next_answer_is_the_new_one(database: Make) -> None:
    engine = database("seeded")
    with serving(url_of(engine), cache_mb=64) as url, client_of(url) as client:
        before = [client.get(ACTORS) for _ in range(3)]
        assert {answer.headers["etag"] for answer in before} == {before[0].headers["etag"]}
        loaded(engine, COMMENTARY)
        if engine.dialect.name != "sqlite":
            time.sleep(20 * POLL_SECONDS)
        for _ in range(3):
            after = client.get(ACTORS, headers={"If-None-Match": before[0].headers["etag"]})
            assert (after.status_code, after.headers["etag"].partition("-")[0]) == (200, '"2')
            assert after.json()["total"]["value"] > before[0].json()["total"]["value"]
        assert client.get("/v1").json()["revision"] == 2


def test_what_is_remembered_is_what_would_be_answered_anew(databases: Databases) -> None:
    with (
        serving(databases.seeded, cache_mb=64) as one,
        serving(databases.seeded, cache_mb=0) as two,
        client_of(one) as remembering,
        client_of(two) as forgetful,
    ):
        found = operations(forgetful).items()
        paths = [example_path(path, operation) for path, operation in found if path.startswith("/v1")]
        for path in [*paths, "/openapi.json", "/v1/actors/nobody", "/v1/actors?limit=0"]:
            for headers in VARIANTS:
                expected = heard(forgetful, "GET", path, headers)
                for _ in range(2):
                    assert heard(remembering, "GET", path, headers) == expected, (path, headers)
                assert heard(remembering, "HEAD", path, headers) == heard(forgetful, "HEAD", path, headers)
        assert metrics(remembering)["dossier_cache_hits_total"] > 2 * len(paths)
        assert metrics(forgetful)["dossier_cache_hits_total"] == metrics(forgetful)["dossier_cache_bytes"] == 0


def test_what_is_remembered_is_bounded(databases: Databases) -> None:
    with serving(databases.seeded, cache_mb=1) as url, client_of(url) as client:
        for limit in range(1, 21):
            client.get(f"/v1/events?limit={limit}")
        held = metrics(client)["dossier_cache_bytes"]
        for number in range(20):
            client.get("/v1/actors/russia", headers={"Accept": f"application/json, x/{number}{'y' * 5000}"})
            client.get(f"/v1/events?limit=1&q={'word' * 400}{number}")
        assert metrics(client)["dossier_cache_bytes"] == held, "long keys are not cached"
        for limit in range(1, 100):
            client.get(f"/v1/events?limit={limit}", headers={"Accept-Encoding": "identity"})
        assert held < metrics(client)["dossier_cache_bytes"] <= 2**20


def test_an_answer_that_is_overtaken_is_not_remembered(database: Make) -> None:
    """The response was read before a load, and is sent after a response of the newer revision."""
    engine = database("seeded")
    store = Store.at(url_of(engine))
    overtaken = True

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal overtaken
        revision = await store.read(lambda reader: reader.revision, quick=True)
        if overtaken:
            overtaken = False
            await asyncio.to_thread(loaded, engine, COMMENTARY)
            assert await store.read(lambda reader: reader.revision, quick=True) == 2
        headers = [(b"etag", b'"%d"' % revision), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"%d" % revision})

    async def ask() -> None:
        await store.read(lambda reader: reader.revision, quick=True)
        memory = ResponseCache(app, store, 2**20, Telemetry())
        transport = httpx.ASGITransport(memory)
        async with httpx.AsyncClient(transport=transport, base_url="http://dossier.example") as client:
            assert [(await client.get("/")).text for _ in range(4)] == ["1", "2", "2", "2"]
        assert memory.hits > 0

    in_time(store, ask)


def test_a_long_read_from_before_a_load_is_asked_again_once_something_newer_was_shown(database: Make) -> None:
    engine = database("seeded")
    store = Store.at(url_of(engine))
    begun, go_on, seen = threading.Event(), threading.Event(), list[int]()

    def slow(reader: Snapshot) -> int:
        seen.append(reader.revision)
        begun.set()
        assert go_on.wait(60)
        return reader.revision

    async def ask() -> None:
        reading = asyncio.create_task(store.read(slow, quick=False))
        await asyncio.to_thread(begun.wait, 60)
        await asyncio.to_thread(loaded, engine, COMMENTARY)
        assert await store.read(lambda reader: reader.revision, quick=True) == 2
        go_on.set()
        assert await reading == 2
        assert seen == [1, 2]

    in_time(store, ask)


def test_another_dataset_takes_the_place_of_one_and_what_was_read_of_that_is_not_shown(database: Make) -> None:
    """This happens when a backup with a lower revision is restored."""
    engine = database("seeded")
    revise(engine, revision=7)
    store = Store.at(url_of(engine))
    begun, go_on = threading.Event(), threading.Event()

    def slow(reader: Snapshot) -> str:
        begun.set()
        assert go_on.wait(60)
        return reader.dataset

    async def ask() -> None:
        assert await store.read(lambda reader: reader.revision, quick=True) == 7
        reading = asyncio.create_task(store.read(slow, quick=False))
        await asyncio.to_thread(begun.wait, 60)
        await asyncio.to_thread(revise, engine, uuid="another", revision=3)
        assert await store.read(lambda reader: reader.revision, quick=True) == 3
        go_on.set()
        assert await reading == "another"
        assert store.latest is not None
        assert (store.latest.dataset, store.latest.revision) == ("another", 3)

    in_time(store, ask)


@pytest.mark.faults
def test_a_replica_may_get_its_schema_later(databases: Databases) -> None:
    with (
        databases.lent("seeded") as written,
        databases.lent("nothing") as read,
        serving(written, read_database_url=read) as url,
        client_of(url) as client,
    ):
        problem(client.get("/readyz"), 503)
        assert client.get("/healthz").status_code == 200
        engine = connect(read)
        migrate(engine)
        engine.dispose()
        assert client.get("/readyz").status_code == 200
        assert client.get("/v1").json()["revision"] == 0


def test_a_store_ends_well_even_where_there_is_no_database(databases: Databases) -> None:
    with databases.lent("nothing") as url:
        store = Store.at(url)

        async def ask() -> None:
            with suppress(Unavailable):
                await store.read(lambda reader: reader.revision, quick=True)
            assert store.latest is None

        in_time(store, ask)


@pytest.mark.faults
@pytest.mark.postgresql
def test_no_question_fails_when_all_connections_are_lost(database: Make) -> None:
    engine = database("seeded")
    end = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with serving(url_of(engine), cache_mb=64) as url:

        async def ask() -> list[int]:
            async with httpx.AsyncClient(base_url=url, timeout=60) as client:
                paths = [f"/v1/events{'.csv' * (n % 4 == 0)}?limit={n}" for n in range(1, 25)]
                return [answer.status_code for answer in await asyncio.gather(*map(client.get, paths))]

        for _ in range(3):
            assert set(asyncio.run(ask())) == {200}
            with engine.connect() as connection:
                assert connection.execute(end).scalar_one() > 0
        assert set(asyncio.run(ask())) == {200}
        loaded(engine, COMMENTARY)
        time.sleep(20 * POLL_SECONDS)
        assert get(f"{url}/v1").json()["revision"] == 2, "the poll of the revision has survived"


@pytest.mark.faults
@pytest.mark.postgresql
@pytest.mark.parametrize("quick", [True, False])
def test_a_statement_that_takes_too_long_is_given_up_and_not_tried_again(database: Make, quick: bool) -> None:
    engine = database("seeded")
    store = Store.at(f"{url_of(engine)}&options=-c%20statement_timeout%3D300")
    asked = 0

    def sleep(reader: Snapshot) -> None:
        nonlocal asked
        asked += 1
        reader.connection.execute(text("SELECT pg_sleep(30)"))

    async def ask() -> None:
        with pytest.raises(Busy):
            await store.read(sleep, quick=quick)
        assert asked == 1
        assert await store.read(lambda reader: reader.revision, quick=quick) == 1

    in_time(store, ask)
