"""List formats: content negotiation, complete lists as CSV and JSON Lines, and constant memory."""

import asyncio
import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from sqlalchemy import Engine, text
from starlette.responses import StreamingResponse

from app.api.events import EventsQuery
from app.api.records import records_of
from app.database.engine import connect
from app.database.transactions import reading, writing
from app.http.negotiation import DOWNLOADS
from app.http.responses import answer_whole
from app.model.event import EVENT_KIND
from app.model.tables import RECORD
from app.query.listing import RequestTarget
from app.query.snapshot import Snapshot
from tests.services.api import client_of, items
from tests.services.databases import Databases
from tests.services.serving import serving

MANY = 10_000
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


def cells(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a CSV."""
    assert answer.headers["content-type"] == MEDIA["csv"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def multiplied(databases: Databases) -> Iterator[Engine]:
    """The seed with many copies of its first event."""
    engine = connect(databases.new("seeded"))
    columns = [column.name for column in RECORD.c]
    copied = {"id": "1000000 + n", "slug": "slug || '-' || n", "body": "replace(body, slug, slug || '-' || n)"}
    values = ", ".join(copied.get(column, column) for column in columns)
    with writing(engine) as connection:
        connection.execute(
            text(
                "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many) "
                f"INSERT INTO record ({', '.join(columns)}) SELECT {values} FROM numbers, "
                "(SELECT * FROM record WHERE kind = 'event' ORDER BY slug LIMIT 1) AS first"
            ),
            {"many": MANY},
        )
    yield engine
    engine.dispose()


@pytest.mark.parametrize("media", MEDIA)
def test_the_parameter_beats_the_header(api: httpx.Client, media: str) -> None:
    for header in ("application/json", "text/csv", "application/jsonl", "*/*"):
        answer = api.get("/v1/actors", params={"format": media}, headers={"Accept": header})
        assert answer.headers["content-type"] == MEDIA[media]
        page = api.get("/v1/actors", params={"format": "json"}, headers={"Accept": MEDIA[media]})
        assert page.headers["content-type"] == "application/json"
        assert page.json()["items"]


@pytest.mark.parametrize("media", MEDIA)
def test_the_header_alone_will_do(api: httpx.Client, media: str) -> None:
    accepted = api.get("/v1/events", headers={"Accept": MEDIA[media]})
    asked = api.get("/v1/events", params={"format": media})
    assert accepted.headers["content-type"] == MEDIA[media]
    assert accepted.content == asked.content
    assert accepted.headers["etag"] == asked.headers["etag"]
    assert api.get("/v1/events").headers["etag"] != asked.headers["etag"]
    assert "accept" in {name.strip().lower() for name in asked.headers["vary"].split(",")}


def test_all_of_the_filtered_list_is_sent_in_its_order_unless_a_limit_caps_it(generated_url: str) -> None:
    with client_of(generated_url) as client:
        question = {"type": ["state", "person", "body"], "sort": "-name"}
        ids = [
            record["id"] for record in items(client, "/v1/actors", sort="-name") if record["type"] in question["type"]
        ]
        assert len(ids) > 10
        for most in (None, 1, 7, 200):
            asked = question | ({"limit": most} if most else {})
            table = client.get("/v1/actors", params=asked | {"format": "csv"})
            lines = client.get("/v1/actors", params=asked | {"format": "jsonl"})
            assert [row["id"] for row in cells(table)] == ids[:most]
            assert [json.loads(line)["id"] for line in lines.text.splitlines()] == ids[:most]
            assert "link" not in table.headers


@pytest.mark.parametrize("media", MEDIA)
def test_a_cursor_makes_no_sense_in_a_list_that_is_sent_whole(api: httpx.Client, media: str) -> None:
    following = api.get("/v1/events", params={"limit": 2}).json()["next"]
    for answer in (
        api.get(f"{following}&format={media}"),
        api.get(following, headers={"Accept": MEDIA[media]}),
        api.get("/v1/vocabularies", params={"cursor": "made-up", "format": media}),
        api.get("/v1/search", params={"q": "trade", "cursor": "made-up", "format": media}),
    ):
        assert answer.status_code == 422
        assert [error["parameter"] for error in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize("media", MEDIA)
def test_a_question_that_is_wrong_is_refused_before_anything_is_sent(api: httpx.Client, media: str) -> None:
    for path, parameter in (("events", "topic"), ("figures", "metric"), ("search", "topic")):
        asked = {parameter: "no_such_term", "format": media} | ({"q": "trade"} if path == "search" else {})
        answer = api.get(f"/v1/{path}", params=asked)
        assert answer.status_code == 422, path
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_fields_narrow_the_columns_and_the_lines(api: httpx.Client) -> None:
    asked = {"fields": "date,participants,quad"}
    table = cells(api.get("/v1/events", params=asked | {"format": "csv"}))
    assert list(table[0]) == [
        "kind", "id", "url", "date.text", "date.edtf", "date.earliest", "date.latest", "date.approximate",
        "participants", "quad",
    ]  # fmt: skip
    lines = api.get("/v1/events", params=asked | {"format": "jsonl"}).text.splitlines()
    assert [json.loads(line) for line in lines] == items(api, "/v1/events", fields="date,participants,quad")
    assert {row["id"]: row["quad"] for row in table} == {
        record["id"]: record["quad"] or "" for record in items(api, "/v1/events")
    }


def test_a_list_without_items_is_a_heading(api: httpx.Client) -> None:
    answer = api.get("/v1/figures", params={"id": "no-such-figure", "fields": "metric", "format": "csv"})
    assert answer.content == b"\xef\xbb\xbfkind,id,url,metric\r\n"
    assert api.get("/v1/figures", params={"id": "no-such-figure", "format": "jsonl"}).content == b""


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("media", MEDIA)
def test_a_long_list_arrives_whole(multiplied: Engine, media: str, encoding: str) -> None:
    with serving(str(multiplied.url)) as url, client_of(url) as client:
        answer = client.get("/v1/events", params={"format": media}, headers={"Accept-Encoding": encoding})
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.headers.get("content-encoding", "identity") == encoding
        found = [row["id"] for row in cells(answer)] if media == "csv" else []
        found = found or [json.loads(line)["id"] for line in answer.text.splitlines()]
        assert len(set(found)) == len(found) == client.get("/v1").json()["counts"]["events"] > MANY


@pytest.mark.parametrize("media_type", DOWNLOADS)
def test_a_long_list_is_made_piece_by_piece_while_it_is_sent(multiplied: Engine, media_type: str) -> None:
    async def sent(answer: StreamingResponse) -> list[int]:
        return [len(piece) async for piece in answer.body_iterator]

    with ExitStack() as opened:
        reader = Snapshot(opened.enter_context(reading(multiplied)), opened=opened)
        target = RequestTarget("/v1/events", (), media_type)
        answer = answer_whole(reader, records_of(EVENT_KIND), EventsQuery(), target)
        assert isinstance(answer, StreamingResponse)
        tracemalloc.start()
        try:
            sizes = asyncio.run(sent(answer))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert len(sizes) > 10
    assert max(sizes) < 100_000
    assert peak < sum(sizes) / 2
