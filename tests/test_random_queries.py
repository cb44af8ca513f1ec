"""Random queries over generated records: the API answers as plain Python does that scans all of them."""

from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.factories.queries import QueryFactory, names_of
from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import DATED, Filters, Records, terms_of
from tests.services.api import PLURALS, client_of, facet_counts, operations, pages, with_query
from tests.services.databases import Databases
from tests.services.serving import serving_generated


@pytest.fixture(scope="module")
def contract(seeded_url: str) -> dict[str, dict[str, Any]]:
    """Every operation, by its path."""
    with client_of(seeded_url) as client:
        return operations(client)


@pytest.mark.parametrize("plural", PLURALS)
def test_plain_python_knows_every_filter_and_every_facet(contract: dict[str, dict[str, Any]], plural: str) -> None:
    parameters = {p["name"]: p["schema"] for p in contract[f"/v1/{plural}"]["parameters"]}
    assert set(parameters) - {"limit", "cursor", "sort", "facets", "evidence"} == set(names_of(plural))
    assert set(parameters["facets"]["items"]["enum"]) <= set(names_of(plural))


@slow_examples(thorough=6)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 63), min_size=1, max_size=3))
@example(seed=1, sizes=[63, 35, 14])
def test_lists_and_searches_say_what_plain_python_says(
    databases: Databases, contract: dict[str, dict[str, Any]], seed: int, sizes: list[int]
) -> None:
    with serving_generated(databases, seed, sizes) as client:
        records = Records(client, PLURALS)
        factory = QueryFactory(records, Random(seed), contract)
        for plural in PLURALS:
            for _ in range(8):
                compare_list(client, factory, plural)
        for _ in range(20):
            compare_search(client, factory)


def compare_list(client: httpx.Client, factory: QueryFactory, plural: str) -> None:
    """Compare every page of a list, under a random query, with the oracle."""
    kept, records = factory.records.of[plural], factory.records
    filters = factory.filters(names_of(plural), kept)
    order, facets = factory.names(plural, "sort"), factory.names(plural, "facets")
    names = {"sort": order, "facets": facets}
    question = urlencode([*filters, *((name, ",".join(values)) for name, values in names.items() if values)])
    default = ["-date" if plural == "documents" else "date" if plural in DATED else "name"]
    wanted = records.ordered((record for record in kept if records.meets(record, filters)), order or default)
    limit = factory.random.randint(max(1, len(wanted) // 5), max(1, len(wanted)))
    found = list(pages(client, f"/v1/{plural}?{question}", limit=limit))
    told = f"/v1/{plural}?{question}, {limit} to a page"
    assert [item for page in found for item in page["items"]] == wanted, told
    for page in found:
        assert page["total"] == {"value": len(wanted), "relation": "eq"}, told
        assert len(page["items"]) == limit or page is found[-1], told
        counts = {name: records.counts(kept, filters, name) for name in facets} if facets else None
        assert facet_counts(page["facets"]) == counts, told


def compare_search(client: httpx.Client, factory: QueryFactory) -> None:
    """Compare every page of a random search with the oracle."""
    records, everything = factory.records, list(factory.records.everything())
    sought = factory.random.choice(everything)
    filters: Filters = [("q", factory.query(sought, everything))]
    if factory.random.random() < 0.5:
        name = factory.random.choice(["kind", "topic", "document", "year", "date_from", "date_to"])
        filters += factory.filter(name, sought, everything)
    facets = factory.names("search", "facets")
    question = urlencode([*filters, *([("facets", ",".join(facets))] if facets else [])])
    wanted = {record["url"] for record in everything if records.meets(record, filters)}
    limit = factory.random.randint(max(1, len(wanted) // 4), min(200, max(1, len(wanted))))
    found = list(pages(client, f"/v1/search?{question}", limit=limit))
    told = f"/v1/search?{question}, {limit} to a page: {terms_of(filters[0][1])}"
    hits = [item for page in found for item in page["items"]]
    assert sorted(hit["record"]["url"] for hit in hits) == sorted(wanted), told
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True), told
    for page in found:
        assert page["total"] == {"value": len(wanted), "relation": "eq"}, told
        counts = {name: records.counts(everything, filters, name) for name in facets} if facets else None
        assert facet_counts(page["facets"]) == counts, told


@pytest.fixture(scope="module")
def seed(seeded_url: str) -> Iterator[tuple[httpx.Client, Records]]:
    """A client of the service over the seed, and its records."""
    with client_of(seeded_url) as client:
        yield client, Records(client, PLURALS)


typed = st.text(max_size=210) | st.lists(
    st.sampled_from(
        ["Korea", "sanction", '"', "*", "-", "\0", "🌾", "“rogue”", "(", "AND", "NOT", "NEAR", "name:", "%"]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)


@given(query=typed)
@example(query="")
@example(query="\0")
@example(query='"')
@example(query="-")
@example(query="--korea")
@example(query='-"')
@example(query="*")
@example(query='korea "')
@example(query="-korea")
@example(query="S")
@example(query="Korea's 's")
@example(query="a* " * 66)
@example(query="-a " * 66)
@example(query="a-" * 100)
@example(query='"a" OR NOT (name : b) ^c + NEAR(d e, 5)')
@example(query="N̈orth Ko\u0301rea")
@example(query="x" * 200)
@example(query="x" * 201)
@example(query="🌾" * 200)
def test_whatever_is_typed_is_answered_as_plain_python_answers_it(
    seed: tuple[httpx.Client, Records], query: str
) -> None:
    client, records = seed
    wanted = {record["url"] for record in records.everything() if records.matches(record, terms_of(query))}
    search = client.get(with_query("/v1/search", q=query, limit=200))
    events = client.get(with_query("/v1/events", q=query, limit=200))
    if not 1 <= len(query) <= 200:
        assert search.status_code == events.status_code == 422
        return
    assert search.status_code == events.status_code == 200, search.text
    assert {item["record"]["url"] for item in search.json()["items"]} == wanted
    assert search.json()["total"] == {"value": len(wanted), "relation": "eq"}
    assert {item["url"] for item in events.json()["items"]} == {url for url in wanted if url.startswith("/v1/events")}
