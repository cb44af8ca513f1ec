"""SQLite's query plans for the most frequent queries: an index finds and orders the rows, without a table scan."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from app.main import create_app
from app.model.kinds import KINDS
from app.settings import Settings

KEYS = ("date", "name", "id", "evidence_count", "revision", "position")
HOT = (
    "/v1/events/{id}",
    *(f"/v1/{kind.plural}?limit=20" for kind in KINDS.values()),
    *(f"/v1/events?limit=20&sort={sign}{key}" for key in KEYS for sign in ("", "-")),
    *(f"/v1/events?limit=2&type={{type}}{sort}" for sort in ("", "&sort=-date", "&sort=name")),
    "/v1/events?limit=2&topic={topic}",
    "/v1/events?limit=2&date_from=1950-01-01&date_to=2050-01-01&sort=-date",
    *(f"/v1/timeline?limit=2{more}" for more in ("", "&sort=-date", "&kind=statement", "&date_from=1950&date_to=2050")),
)


class RecordingService:
    """A service that records the statements of each response."""

    def __init__(self, url: str) -> None:
        app = create_app(Settings(database_url=url, cache_mb=0, log_level="error"))
        self.statements: list[str] = []
        self.engine: Engine = app.state.store.engine
        event.listen(self.engine, "connect", lambda driver, _: driver.set_trace_callback(self.statements.append))
        self.transport = httpx.ASGITransport(app)

    def get(self, path: str) -> dict[str, Any]:
        """The response to a path; its statements are in `statements`."""

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport, base_url="http://dossier.example") as client:
                return await client.get(path)

        self.statements.clear()
        answer = asyncio.run(ask())
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def service(generated: str) -> Iterator[RecordingService]:
    service = RecordingService(generated)
    yield service
    service.engine.dispose()


def poor_steps(connection: sqlite3.Connection, statement: str) -> list[str]:
    """The steps of a plan that scan a table, or sort rows without an index."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    steps = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    scans = [step for step in steps if step.startswith("SCAN ") and step.split()[1] in tables - {"dataset"}]
    return scans + [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.sqlite
@pytest.mark.parametrize("path", HOT)
def test_frequent_queries_find_and_order_rows_by_an_index(service: RecordingService, path: str) -> None:
    [one, *_] = (item for item in service.get("/v1/events?limit=200")["items"] if item["topics"])
    service.get("/v1")  # counts all records once per revision
    service.get(f"/v1/events?limit=1&topic={one['topics'][0]}")  # reads a vocabulary once per revision
    page = service.get(path.format(id=one["id"], type=one["type"], topic=one["topics"][0]))
    with closing(sqlite3.connect(service.engine.url.database or "")) as connection:
        for _ in range(2):
            reads = [said for said in service.statements if said.lstrip().upper().startswith(("SELECT", "WITH"))]
            assert reads, "no statement was recorded"
            assert {said: steps for said in reads if (steps := poor_steps(connection, said))} == {}
            if not page.get("next"):
                break
            page = service.get(page["next"])


@pytest.mark.sqlite
def test_a_facet_looks_up_what_the_listed_records_have(service: RecordingService) -> None:
    page = service.get("/v1/events?limit=2&date_from=2001-01-01&facets=type,topic,actor,participant")
    assert all(page["facets"].values())
    counts = [said for said in service.statements if said.startswith("WITH listed")]
    assert len(counts) == 4
    with closing(sqlite3.connect(service.engine.url.database or "")) as connection:
        for said in counts:
            steps = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {said}")]
            parts = [step for step in steps if re.match("(SCAN|SEARCH) (event|record_)", step)]
            assert parts
            assert all(step.endswith(("(owner_id=?)", "(record_id=?)", "(rowid=?)")) for step in parts), steps


@pytest.mark.sqlite
def test_a_list_searches_the_index_once_for_its_page_total_and_facets(
    service: RecordingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def searches() -> list[str]:
        return [said for said in service.statements if " MATCH " in said and not said.startswith("--")]

    everything = service.get("/v1/events?q=a*&facets=topic&limit=200")
    [type_] = {event["type"] for event in everything["items"][:1]}
    path = f"/v1/events?q=a*&type={type_}&limit=2&facets=type,topic,actor"
    exact = service.get(path)
    [once] = searches()
    assert once.count(" MATCH ") == 1
    assert sum(value["count"] for value in exact["facets"]["type"]) == everything["total"]["value"]
    assert exact["total"]["value"] in [value["count"] for value in exact["facets"]["type"] if value["value"] == type_]
    for module in ("facets", "listing"):
        monkeypatch.setattr(f"app.query.{module}.MAX_TOTAL", 3)
    bounded = service.get(path)
    assert len(searches()) == 2  # again for the page, in its order
    assert bounded["items"] == exact["items"]
    assert bounded["total"] == {"value": 3, "relation": "gte"}
    assert sum(value["count"] for value in bounded["facets"]["type"]) == 3


@pytest.mark.sqlite
def test_a_poor_plan_is_noticed(service: RecordingService) -> None:
    with closing(sqlite3.connect(service.engine.url.database or "")) as connection:
        assert poor_steps(connection, "SELECT * FROM record WHERE summary = 'x'")
        assert poor_steps(connection, "SELECT * FROM record WHERE kind = 'event' ORDER BY summary")
        assert not poor_steps(connection, "SELECT * FROM record WHERE id = 1")
