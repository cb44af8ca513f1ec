"""Downloads: whole lists as CSV, one kind as JSON Lines, file names, one media type for each path, constant memory."""

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

from app.api.records import records_of
from app.database.engine import connect
from app.database.transactions import reading, writing
from app.formats.table import rows
from app.http.responses import answer_stream
from app.model.event import EVENT_KIND
from app.model.tables import RECORD
from app.query.listing import read_all
from app.query.parameters import FileQuery
from app.query.snapshot import Snapshot
from tests.services.api import PLURALS, client_of, example_path, items, operations
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

MANY = 10_000
FILES = {f"/v1/{name}.csv" for name in [*PLURALS, "evidence", "mentions", "timeline"]} | {
    "/v1/graph.gexf",
    "/v1/graph.graphml",
    "/v1/graph/nodes.csv",
    "/v1/graph/edges.csv",
}


def cells(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a CSV."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


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


def test_the_downloads_are_operations_of_their_own_under_the_last_tag(api: httpx.Client) -> None:
    contract = api.get("/openapi.json").json()
    assert contract["tags"][-1]["name"] == "downloads"
    tagged = {path for path, operation in operations(api).items() if operation["tags"] == ["downloads"]}
    assert tagged == FILES
    assert len(contract["paths"]) <= 75


def test_each_file_has_a_name(api: httpx.Client) -> None:
    for path in FILES:
        answer = api.get(path)
        name = path.rpartition("/")[2]
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"', path
    export = api.get("/v1/export").headers["content-disposition"]
    assert export == 'attachment; filename="dossier.jsonl"'


def test_each_path_has_one_media_type_whatever_is_accepted(api: httpx.Client) -> None:
    for path, operation in operations(api).items():
        content = operation["responses"]["200"]["content"]
        assert len(content) == 1 or path == "/v1/export"
        assert path == "/v1/timeline" or "anyOf" not in content.get("application/json", {}).get("schema", {})
        asked = example_path(path, operation)
        plain = api.get(asked)
        assert plain.headers["content-type"].partition(";")[0] in content, path
        for accept in ("image/png", "text/csv", "nonsense", "*/*;q=0"):
            answer = api.get(asked, headers={"Accept": accept})
            assert answer.headers["content-type"] == plain.headers["content-type"], path
            assert "accept," not in answer.headers.get("vary", "").lower() + ","


def test_format_is_a_parameter_of_the_export_alone(api: httpx.Client) -> None:
    with_format = {
        path
        for path, operation in operations(api).items()
        if any(parameter["name"] == "format" for parameter in operation.get("parameters", ()))
    }
    assert with_format == {"/v1/export"}
    assert "there is no such parameter" in problem(api.get("/v1/actors?format=csv"), 422)["detail"]


def test_all_of_the_filtered_list_is_sent_in_its_order_unless_a_limit_caps_it(generated_url: str) -> None:
    with client_of(generated_url) as client:
        question = {"type": ["state", "person", "body"], "sort": "-name"}
        ids = [
            record["id"] for record in items(client, "/v1/actors", sort="-name") if record["type"] in question["type"]
        ]
        assert len(ids) > 10
        for most in (None, 1, 7, 200, 1_000_000):
            table = client.get("/v1/actors.csv", params=question | ({"limit": most} if most else {}))
            assert [row["id"] for row in cells(table)] == ids[:most]
            assert "link" not in table.headers


@pytest.mark.parametrize("asked", ["cursor=made-up", "limit=0", "limit=1000001", "facets=type", "evidence=none"])
def test_what_a_file_cannot_have_is_a_mistake(api: httpx.Client, asked: str) -> None:
    answer = problem(api.get(f"/v1/events.csv?{asked}"), 422)
    assert [error["parameter"] for error in answer["errors"]] == [asked.partition("=")[0]]


def test_a_question_that_is_wrong_is_refused_before_anything_is_sent(api: httpx.Client) -> None:
    for path, parameter in (("events", "topic"), ("figures", "metric")):
        answer = problem(api.get(f"/v1/{path}.csv", params={parameter: "no_such_term"}), 422)
        assert [error["parameter"] for error in answer["errors"]] == [parameter]


def test_fields_select_the_columns(api: httpx.Client) -> None:
    table = cells(api.get("/v1/events.csv", params={"fields": "date,participants,quad,attribution"}))
    assert list(table[0]) == [
        "kind", "id", "url", "date.text", "date.edtf", "date.earliest", "date.latest", "date.approximate",
        "participants", "participants.actor.name", "attribution", "attribution.name", "quad",
    ]  # fmt: skip
    assert {row["id"]: row["quad"] for row in table} == {
        record["id"]: record["quad"] or "" for record in items(api, "/v1/events")
    }


def test_a_list_without_items_is_a_heading(api: httpx.Client) -> None:
    answer = api.get("/v1/figures.csv", params={"id": "no-such-figure", "fields": "metric"})
    assert answer.content == b"kind,id,url,metric\r\n"


def test_one_kind_can_be_had_as_json_lines(api: httpx.Client) -> None:
    for kind, plural in (("event", "events"), ("document", "documents")):
        lines = api.get("/v1/export", params={"format": "jsonl", "kind": kind}).text.splitlines()
        assert [json.loads(line) for line in lines] == items(api, f"/v1/{plural}", sort="id", limit=200)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("path", ["/v1/events.csv", "/v1/export?kind=event"])
def test_a_long_list_arrives_whole(multiplied: Engine, path: str, encoding: str) -> None:
    with serving(str(multiplied.url)) as url, client_of(url) as client:
        answer = client.get(path, headers={"Accept-Encoding": encoding})
        assert answer.headers["transfer-encoding"] == "chunked"
        is_csv = path.endswith("csv")
        assert answer.headers.get("content-encoding", "identity") == encoding
        found = [row["id"] for row in cells(answer)] if is_csv else []
        found = found or [json.loads(line)["id"] for line in answer.text.splitlines()]
        assert len(set(found)) == len(found) == client.get("/v1").json()["counts"]["events"] > MANY


def test_a_long_list_is_made_piece_by_piece_while_it_is_sent(multiplied: Engine) -> None:
    async def sent(answer: StreamingResponse) -> list[int]:
        return [len(piece) async for piece in answer.body_iterator]

    listing = records_of(EVENT_KIND)
    with ExitStack() as opened:
        reader = Snapshot(opened.enter_context(reading(multiplied)), keep=opened.pop_all)
        answer = answer_stream(
            reader,
            lambda stream: rows(read_all(stream, listing, FileQuery(), None), listing.shape),
            "text/csv",
            "events.csv",
        )
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
