"""The tools for assistants, called by the client of the official SDK."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters

from app.cli.agents import INSTRUCTIONS, server
from app.settings import Settings
from tests.paths import SEED
from tests.services.api import PLURALS, client_of, items
from tests.services.commands import invoked
from tests.services.serving import serving

pytestmark = pytest.mark.interop

Json = dict[str, Any]
Call = Callable[..., Json]
PUBLIC = "https://dossier.example/base"


@pytest.fixture(scope="module")
def api(both: str) -> Iterator[httpx.Client]:
    """A client of the service over it."""
    with serving(both) as url, client_of(url) as client:
        yield client


def talk(database: str, conversation: Callable[[Client], Awaitable[Any]]) -> Any:
    """The result of a conversation with the tools over a database."""

    async def connected() -> Any:
        settings = Settings.model_validate({"database_url": database, "public_url": PUBLIC})
        async with Client(server(settings)) as client:
            return await conversation(client)

    return asyncio.run(connected())


@pytest.fixture(scope="module")
def call(both: str) -> Call:
    """Calls a tool. Fails if the tool does."""

    def call(tool: str, **arguments: Any) -> Json:
        result = talk(both, lambda client: client.call_tool(tool, arguments))
        assert not result.is_error, result.content
        content: Json = result.structured_content
        assert json.loads(result.content[0].text) == content
        return content

    return call


def page_of(ref: Json) -> str:
    return PUBLIC + str(ref["url"]).removeprefix("/v1")


def quote_of(record: Json, quote: Json) -> Json:
    document = record["document"] or record
    url = f"{page_of(document)}?passage={quote['passage']}#e-{quote['id']}"
    return {"words": quote["exact"], "document": document["name"], "passage": quote["passage"], "url": url}


def test_the_server_says_what_its_tools_and_records_are(both: str) -> None:
    async def look(client: Client) -> None:
        assert client.instructions == INSTRUCTIONS
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == {"search", "get_record", "actor_dossier", "list_records", "read_passage"}
        for tool in tools.values():
            assert tool.description
            for name, parameter in tool.input_schema["properties"].items():
                assert parameter.get("description"), (tool.name, name)

    talk(both, look)
    for word in ("Facts", "Statements", "Assessments", "modality", "Cite"):
        assert word in INSTRUCTIONS


def test_every_record_is_got_with_its_quotes(api: httpx.Client, both: str) -> None:
    records = [record for plural in PLURALS for record in items(api, f"/v1/{plural}", limit=200)]

    async def read(client: Client) -> list[Json]:
        calls = [await client.call_tool("get_record", {"kind": each["kind"], "id": each["id"]}) for each in records]
        return [call.structured_content or {} for call in calls]

    for record, found in zip(records, talk(both, read), strict=True):
        assert found["quotes"] == [quote_of(record, quote) for quote in record["evidence"][:20]]
        assert found["url"] == page_of(record)
        for name in record.keys() - {"url", "evidence", "date"}:
            assert stripped(found[name]) == stripped(record[name]), name
        assert "/v1/" not in json.dumps(found)


def stripped(value: Any) -> Any:
    """A value without URLs."""
    if isinstance(value, dict):
        return {name: stripped(inner) for name, inner in value.items() if name != "url"}
    return [stripped(inner) for inner in value[:50]] if isinstance(value, list) else value


def test_a_search_is_that_of_the_api(api: httpx.Client, call: Call) -> None:
    expected = api.get("/v1/search", params={"q": "trade", "kind": "event,figure", "limit": 7}).json()
    found = call("search", query="trade", kind=["event", "figure"], limit=7)
    assert [record["id"] for record in found["records"]] == [hit["record"]["id"] for hit in expected["items"]]
    assert found["total"] == expected["total"]
    assert all(record["quotes"] for record in found["records"])
    [similar, *_] = call("search", query="Putn")["did_you_mean"]
    assert similar["id"] == "vladimir-putin"
    assert similar["url"] == f"{PUBLIC}/actors/vladimir-putin"


def test_a_list_is_filtered_and_continued(api: httpx.Client, call: Call) -> None:
    filters = {"actor": "russia", "modality": "actual,habitual"}
    expected = [record["id"] for record in items(api, "/v1/events", **filters)]
    found: list[str] = []
    cursor = None
    while cursor or not found:
        answer = call("list_records", kind="event", filters=filters, limit=5, **({"cursor": cursor} if cursor else {}))
        assert all(1 <= len(record["quotes"]) <= 3 for record in answer["records"])
        found += [record["id"] for record in answer["records"]]
        cursor = answer["next_cursor"]
    assert found == expected
    assert len(found) > 5


def test_a_dossier_has_every_part_with_quotes(api: httpx.Client, call: Call) -> None:
    whole = api.get("/v1/actors/north-korea/dossier").json()
    found = call("actor_dossier", id="north-korea", limit=3)
    assert found["actor"]["aliases"] == whole["actor"]["aliases"]
    assert found["counts"] == whole["counts"]
    parts = {name: part for name, part in whole.items() if isinstance(part, dict) and part.get("items")}
    assert found.keys() == {"actor", "counts", *parts}
    for name, part in parts.items():
        assert found[name]["total"] == part["total"]
        assert [each["id"] for each in found[name]["records"]] == [each["id"] for each in part["items"][:3]]
        assert all(each["quotes"][0]["url"].startswith(f"{PUBLIC}/documents/") for each in found[name]["records"])


def test_a_passage_is_read_with_its_quotes(api: httpx.Client, call: Call) -> None:
    [passage] = [each for each in items(api, f"/v1/documents/{SEED.name}/passages") if each["number"] == 7]
    quotes = items(api, "/v1/evidence", document=SEED.name, passage=7)
    found = call("read_passage", document=SEED.name, passage=7)
    assert (found["text"], found["characters"]) == (passage["text"], len(passage["text"]))
    assert [(quote["words"], quote["record"]["id"]) for quote in found["quotes"]] == [
        (quote["exact"], quote["record"]["id"]) for quote in quotes
    ]
    rest = call("read_passage", document=SEED.name, passage=7, start=100)
    assert rest["text"] == passage["text"][100:]


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("get_record", {"kind": "actor", "id": "russland"}, "There is no actor 'russland'"),
        ("get_record", {"kind": "person", "id": "russia"}, "Input should be"),
        ("list_records", {"kind": "event", "filters": {"type": "meeting"}}, "did you mean 'consult'"),
        ("list_records", {"kind": "event", "filters": {"who": "russia"}}, "valid are: q"),
        ("search", {"query": "trade", "limit": 21}, "less than or equal to 20"),
        ("read_passage", {"document": SEED.name, "passage": 99}, "has no passage 99"),
    ],
)
def test_a_mistake_is_explained(both: str, tool: str, arguments: Json, told: str) -> None:
    result = talk(both, lambda client: client.call_tool(tool, arguments))
    assert result.is_error
    assert told in result.content[0].text


def test_answers_are_bounded(both: str) -> None:
    """The largest answer of each tool over two documents is far below the context of an assistant."""

    async def ask(client: Client) -> list[Any]:
        calls: list[tuple[str, Json]] = [
            ("search", {"query": "north korea", "limit": 20}),
            ("actor_dossier", {"id": "north-korea", "limit": 20}),
            ("list_records", {"kind": "assessment", "limit": 20}),
            ("read_passage", {"document": SEED.name, "passage": 5}),
        ]
        return [await client.call_tool(*each) for each in calls]

    for answer in talk(both, ask):
        assert not answer.is_error
        assert 2_000 < len(answer.content[0].text) < 100_000


def test_the_command_serves_the_tools_over_standard_input_and_output(both: str) -> None:
    command = [sys.executable, "-c", "from app.cli import app; app()", "mcp"]
    parameters = StdioServerParameters(command=command[0], args=command[1:], env={"DOSSIER_DATABASE_URL": both})

    async def converse() -> Any:
        async with Client(parameters) as client:
            return await client.call_tool("get_record", {"kind": "actor", "id": "russia"})

    result = asyncio.run(converse())
    assert result.structured_content["url"] == "http://localhost:8000/actors/russia"


def test_the_base_install_has_no_need_of_it(monkeypatch: pytest.MonkeyPatch, both: str) -> None:
    script = "import sys, app.cli, app.main; print([name for name in sys.modules if name.split('.')[0] == 'mcp'])"
    environment = os.environ | {"DOSSIER_DATABASE_URL": both}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"
    monkeypatch.setitem(sys.modules, "mcp", None)
    result = invoked("mcp", environment={"DOSSIER_DATABASE_URL": both})
    assert (result.exit_code, result.stderr) == (2, "the extra is missing: pip install 'dossier[mcp]'\n")
