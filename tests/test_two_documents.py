"""Every list and the graph over two documents, page by page, compared with plain Python over the records."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from random import Random
from typing import Any

import httpx
import pytest

from tests.factories.bundles import source
from tests.factories.queries import QueryFactory
from tests.oracles.graph import Drawer
from tests.oracles.plain import Record, Records
from tests.oracles.timeline import Dated
from tests.paths import COMMENTARY
from tests.services.api import PLURALS, client_of, items, operations, sort_keys
from tests.services.databases import Databases
from tests.services.serving import serving
from tests.test_changes import Mirror, listed
from tests.test_coverage import expected as covered
from tests.test_evidence_lists import in_order, ref
from tests.test_graph import compare as compare_graph
from tests.test_lists import lists
from tests.test_random_queries import compare_list, compare_search
from tests.test_references import expected as references
from tests.test_timeline import compare as compare_timeline

ROUNDS = 10
"""The number of random queries to each operation."""


@dataclass
class Both:
    """The service over both documents."""

    client: httpx.Client

    @cached_property
    def records(self) -> Records:
        """Every record."""
        return Records(self.client, PLURALS)

    def factory(self, records: Records) -> QueryFactory:
        """A factory of random queries."""
        return QueryFactory(records, Random(11), operations(self.client))

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each document, by its id."""
        return {each["id"]: self.client.get(f"{each['url']}/text").text for each in self.records.of["documents"]}

    @cached_property
    def added(self) -> dict[str, list[Record]]:
        """The quotes that the second document adds to records of the first, by `kind/id`, without ids."""
        document = next(ref(each) for each in self.records.of["documents"] if each["id"] == COMMENTARY.name)
        text, found = self.texts[COMMENTARY.name], dict[str, list[Record]]()
        for addition in source(COMMENTARY).bundle.also:
            for quote in addition.evidence:
                start, end = text.index(quote.exact), text.index(quote.exact) + len(quote.exact)
                place = {
                    "passage": text.count("\n", 0, start) + 1,
                    "start": start,
                    "end": end,
                    "exact": quote.exact,
                    "prefix": text[max(0, start - 32) : start],
                    "suffix": text[end : end + 32],
                    "supports": quote.supports,
                }
                found.setdefault(addition.record, []).append({"document": document} | place)
        return found

    def quotes(self, record: Record) -> list[Record]:
        """The quotes of a record in both documents, without ids."""
        own = {"document": ref(record["document"] or record)}
        quotes = [own | quote for quote in record["evidence"]] + self.added.get(f"{record['kind']}/{record['id']}", [])
        return [without_id({"record": ref(record)} | quote) for quote in quotes]


def in_thirds(client: httpx.Client, path: str, wanted: Sequence[Record], **parameters: str) -> list[Record]:
    """A list as pages of a third of its length."""
    return items(client, path, limit=max(1, len(wanted) // 3), **parameters)


def without_id(quote: Record) -> Record:
    return {name: value for name, value in quote.items() if name != "id"}


@pytest.fixture(scope="module")
def both(databases: Databases) -> Iterator[Both]:
    with serving(databases.shared("both")) as url, client_of(url) as client:
        yield Both(client)


# How each list is walked, and compared


def walk_records(plural: str, both: Both) -> None:
    for key in sort_keys(both.client, f"/v1/{plural}"):
        wanted = both.records.ordered(both.records.of[plural], [key])
        assert in_thirds(both.client, f"/v1/{plural}", wanted, sort=key) == wanted, key
    factory = both.factory(both.records)
    for _ in range(ROUNDS):
        compare_list(both.client, factory, plural)


def walk_quotes_of_records(plural: str, both: Both) -> None:
    for record in both.records.of[plural]:
        wanted = sorted(both.quotes(record), key=lambda quote: (quote["document"]["id"], quote["start"], quote["end"]))
        walked = in_thirds(both.client, f"{record['url']}/evidence", wanted)
        assert list(map(without_id, walked)) == wanted, record["url"]


def walk_references(plural: str, both: Both) -> None:
    texts = [(record, json.dumps(record)) for record in both.records.everything()]
    for record in both.records.of[plural]:
        wanted = references([other for other, text in texts if f'"{record["url"]}"' in text], record["url"])
        assert in_thirds(both.client, f"{record['url']}/references", wanted) == wanted, record["url"]


def walk_quotes(both: Both) -> None:
    quotes = [quote for record in both.records.everything() for quote in both.quotes(record)]
    for sort in ("document", "-document", "start", "-start"):
        walked = items(both.client, "/v1/evidence", sort=sort, limit=40)
        assert sorted(map(str, map(without_id, walked))) == sorted(map(str, quotes))
        assert walked == in_order(walked, sort)


def walk_mentions(both: Both) -> None:
    actors = both.records.of["actors"]
    mentions = [m for actor in actors for m in items(both.client, f"{actor['url']}/mentions", limit=200)]
    for sort in ("document", "-document", "start", "-start"):
        assert items(both.client, "/v1/mentions", sort=sort, limit=40) == in_order(mentions, sort)


def walk_mentions_of_actors(both: Both) -> None:
    for actor in both.records.of["actors"]:
        walked = items(both.client, f"{actor['url']}/mentions", limit=max(1, actor["mention_count"] // 3))
        assert walked == in_order(walked, "document")
        assert len(walked) == actor["mention_count"]
        for mention in walked:
            assert mention["actor"] == ref(actor)
            assert both.texts[mention["document"]["id"]][mention["start"] : mention["end"]] == mention["exact"]


def walk_passages(both: Both) -> None:
    quotes = [quote for record in both.records.everything() for quote in both.quotes(record)]
    for document, text in both.texts.items():
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        walked = items(both.client, f"/v1/documents/{document}/passages", limit=2)
        assert [(passage["number"], passage["text"]) for passage in walked] == lines
        for passage in walked:
            assert text[passage["start"] : passage["end"]] == passage["text"]
            cited = [q for q in quotes if (q["document"]["id"], q["passage"]) == (document, passage["number"])]
            assert passage["evidence_count"] == len(cited)


def walk_coverage(both: Both) -> None:
    for document in both.texts:
        assert items(both.client, f"/v1/documents/{document}/coverage", limit=7) == covered(both.client, document)


def walk_search(both: Both) -> None:
    factory = both.factory(both.records)
    for _ in range(ROUNDS):
        compare_search(both.client, factory)


def walk_timeline(both: Both) -> None:
    records = Dated(both.client, PLURALS)
    factory = both.factory(records)
    for _ in range(ROUNDS):
        compare_timeline(both.client, factory, records)


def walk_vocabularies(both: Both) -> None:
    walked = items(both.client, "/v1/vocabularies", limit=2)
    names = [vocabulary["name"] for vocabulary in walked]
    assert names == sorted({*names})
    assert walked == [both.client.get(f"/v1/vocabularies/{name}").json() for name in names]
    [topics] = [{term["term"] for term in each["terms"]} for each in walked if each["name"] == "topic"]
    assert {topic for record in both.records.everything() for topic in record["topics"]} <= topics


def walk_changes(both: Both) -> None:
    mirror = Mirror(both.client)
    mirror.follow()
    assert mirror.records == listed(both.client)


WALKS: dict[str, Callable[[Both], None]] = {
    **{f"/v1/{plural}": partial(walk_records, plural) for plural in PLURALS},
    **{f"/v1/{plural}/{{id}}/evidence": partial(walk_quotes_of_records, plural) for plural in PLURALS},
    **{f"/v1/{plural}/{{id}}/references": partial(walk_references, plural) for plural in PLURALS},
    "/v1/actors/{id}/mentions": walk_mentions_of_actors,
    "/v1/documents/{id}/passages": walk_passages,
    "/v1/documents/{id}/coverage": walk_coverage,
    "/v1/evidence": walk_quotes,
    "/v1/mentions": walk_mentions,
    "/v1/search": walk_search,
    "/v1/timeline": walk_timeline,
    "/v1/timeline/buckets": walk_timeline,
    "/v1/vocabularies": walk_vocabularies,
    "/v1/changes": walk_changes,
}


def test_every_list_is_walked(both: Both) -> None:
    assert set(lists(both.client)) == set(WALKS)


@pytest.mark.parametrize("path", WALKS)
def test_a_list_says_what_plain_python_says(both: Both, path: str) -> None:
    WALKS[path](both)


def test_the_graph_is_what_plain_python_draws(both: Both) -> None:
    drawer = Drawer(both.records)
    whole = both.client.get("/v1/graph?limit=5000").json()
    assert whole == drawer.graph([], [], 1, 5000)
    documents: set[Any] = {edge["document"]["id"] for edge in whole["edges"]}
    assert documents == both.texts.keys()
    factory = both.factory(both.records)
    for _ in range(ROUNDS):
        compare_graph(both.client, factory, drawer)
