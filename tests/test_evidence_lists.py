"""The lists of all quotes and of all mentions, compared with plain Python over those of each record."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import Filters, Record, Records
from tests.services.api import PLURALS, client_of, items, pages
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving, serving_generated

QUOTE = ["id", "record", "document", "passage", "start", "end", "exact", "prefix", "suffix", "supports"]
MENTION = ["actor", "document", "passage", "start", "end", "exact"]


def ref(record: Record) -> dict[str, Any]:
    return {name: record[name] for name in ("kind", "id", "name", "url")}


class Anchors:
    """Every quote with its record, and every mention with its actor, as the paths of the records list them."""

    def __init__(self, client: httpx.Client) -> None:
        records = Records(client, PLURALS)
        self.actors: dict[str, set[str]] = {}
        self.quotes: list[Record] = []
        for record in records.everything():
            itself = {record["id"]} if record["kind"] == "actor" else set()
            self.actors[record["url"]] = {actor["id"] for actor in record["actors"]} | itself
            found = items(client, f"{record['url']}/evidence", limit=200)
            assert [quote["record"] for quote in found] == [ref(record)] * record["evidence_count"]
            self.quotes += found
        self.mentions: list[Record] = []
        for actor in records.of["actors"]:
            found = items(client, f"{actor['url']}/mentions", limit=200)
            assert [mention["actor"] for mention in found] == [ref(actor)] * actor["mention_count"]
            self.mentions += found

    def quote_values(self, quote: Record, name: str) -> set[str]:
        match name:
            case "kind":
                return {quote["record"]["kind"]}
            case "actor":
                return self.actors[quote["record"]["url"]]
        return {_written(quote[name])}

    def mention_values(self, mention: Record, name: str) -> set[str]:
        return {_written(mention[name])}


def _written(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value)


def in_order(anchors: Sequence[Record], key: str) -> list[Record]:
    """Sorted by a key; ties by position, end, document, and the id of the quote or actor."""
    found = sorted(anchors, key=lambda a: (a["start"], a["end"], a["document"]["id"], a.get("id") or a["actor"]["id"]))
    value: Callable[[Record], Any] = (lambda a: a["document"]["id"]) if "document" in key else (lambda a: a["start"])
    return sorted(found, key=value, reverse=key.startswith("-"))


def compare(client: httpx.Client, random: Random, rounds: int) -> None:
    """Compare both lists with the oracle, whole and under random filters, and the files with the lists."""
    every = Anchors(client)
    for path, anchors, values, names in (
        ("/v1/evidence", every.quotes, every.quote_values, ["id", "document", "passage", "kind", "actor"]),
        ("/v1/mentions", every.mentions, every.mention_values, ["document", "passage", "actor"]),
    ):
        for number in range(rounds):
            asked: Filters = []
            for name in random.sample(names, random.randint(0, 2) if number else 0):
                chosen = {value for a in random.sample(anchors, min(2, len(anchors))) for value in values(a, name)}
                asked += [(name, value) for value in sorted(chosen)[:3]]
            sort = random.choice(["document", "-document", "start", "-start"])
            given = {name: {value for other, value in asked if other == name} for name, _ in asked}
            wanted = in_order([a for a in anchors if all(values(a, n) & some for n, some in given.items())], sort)
            question = f"{path}?{urlencode([*asked, ('sort', sort)])}"
            found = list(pages(client, question, limit=random.randint(max(1, len(wanted) // 4), 200)))
            assert [item for page in found for item in page["items"]] == wanted, question
            assert all(page["total"] == {"value": len(wanted), "relation": "eq"} for page in found)


@slow_examples(thorough=4)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 42), min_size=1, max_size=2))
@example(seed=2, sizes=[35, 42])
def test_the_lists_say_what_plain_python_says(databases: Databases, seed: int, sizes: list[int]) -> None:
    with serving_generated(databases, seed, sizes) as client:
        compare(client, Random(seed), rounds=20)


def test_the_lists_hold_the_quotes_and_mentions_of_two_documents(databases: Databases) -> None:
    with serving(databases.shared("both")) as url, client_of(url) as client:
        compare(client, Random(7), rounds=15)
        documents = {record["id"] for record in items(client, "/v1/documents")}
        assert {quote["document"]["id"] for quote in items(client, "/v1/evidence", limit=200)} == documents


def test_fields_have_one_order_everywhere(api: httpx.Client) -> None:
    for path in ("/v1/evidence", "/v1/events/kim-visits-vladivostok/evidence"):
        assert list(api.get(path).json()["items"][0]) == QUOTE
    for path in ("/v1/mentions", "/v1/actors/china/mentions"):
        assert list(api.get(path).json()["items"][0]) == MENTION


def test_known_answers_of_the_seed(api: httpx.Client) -> None:
    first = items(api, "/v1/mentions", actor="soviet-union")
    assert {mention["exact"] for mention in first} >= {"Soviet Union"}
    assert first == items(api, "/v1/actors/soviet-union/mentions")
    quotes = items(api, "/v1/evidence", kind="sanction", actor="un-security-council")
    assert "sanction/resolution-2371" in {f"{q['record']['kind']}/{q['record']['id']}" for q in quotes}
    [one] = items(api, "/v1/evidence", id=quotes[0]["id"])
    assert one == quotes[0]


def test_the_lists_are_files_too(api: httpx.Client) -> None:
    heading, line = api.get("/v1/evidence.csv?kind=event&limit=1").text.splitlines()[:2]
    names = {"record.name", "document.name", "actor.name"}
    assert [name for name in heading.split(",") if name not in names] == QUOTE
    assert line.split(",")[1].startswith("event/")
    lines = api.get("/v1/mentions.csv").text.splitlines()
    assert [name for name in lines[0].split(",") if name not in names] == MENTION
    assert len(lines) == 1 + len(items(api, "/v1/mentions", limit=200))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("evidence?kind=events", "'event'"),
        ("evidence?id=NOT-A-HASH", "16 digits and letters"),
        ("evidence?passage=five", "whole number"),
        ("evidence?sort=id", "is not valid here"),
        ("mentions?actr=china", "'actor'"),
        ("mentions?kind=actor", "kind"),
    ],
)
def test_what_is_asked_wrongly_is_told(api: httpx.Client, question: str, said: str) -> None:
    assert said in problem(api.get(f"/v1/{question}"), 422)["detail"]
