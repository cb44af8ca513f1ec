"""Random questions about random records: the API says what plain Python says that looks through all of them."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from app.bundle.load import load
from app.bundle.source import Source
from app.database.engine import connect
from app.database.transactions import writing
from tests.conftest import serving
from tests.factories.tangled import WORDS, Tangled
from tests.oracles.plain import DATED, VALUES, Record, Records, terms_of
from tests.services.api import PLURALS, asked, operations, pages
from tests.services.databases import Databases

Asked = list[tuple[str, str]]
"""The filters of a question, as they are written."""

# One example is a database of its own, asked many questions: to shrink it would take minutes, and a question that is
# answered wrong says enough.
examples = settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@contextmanager
def service(databases: Databases, seed: int, sizes: Sequence[int]) -> Iterator[httpx.Client]:
    """A client of the service over some generated commentaries; the last one is loaded after the others."""
    with tempfile.TemporaryDirectory() as folder, databases.lent("empty") as database:
        random, written = Random(seed), list[Tangled]()
        for number, size in enumerate(sizes):
            written.append(Tangled(f"text-{number}", random, size, written[:]))
        sources = [Source(commentary.write(Path(folder))) for commentary in written]
        engine = connect(database)
        for load_of in (sources[:-1], sources[-1:]):
            with writing(engine) as connection:
                load(connection, load_of)
        engine.dispose()
        with serving(database) as url, httpx.Client(base_url=url, timeout=60) as client:
            yield client


class Asker:
    """Makes up questions about records, such that most have answers."""

    def __init__(self, records: Records, random: Random, contract: dict[str, dict[str, Any]]) -> None:
        self.records = records
        self.random = random
        self.contract = contract

    def names(self, place: str, parameter: str) -> list[str]:
        """Some of the names that may stand in a parameter, each once, be it with a minus or without."""
        [found] = [p for p in self.contract[f"/v1/{place}"]["parameters"] if p["name"] == parameter]
        names = self.random.sample(found["schema"]["items"]["enum"], self.random.randint(0, 2))
        return list({name.removeprefix("-"): name for name in names}.values())

    def filters(self, names: Sequence[str], among: Sequence[Record]) -> Asked:
        """Some filters of these, with values that one of the records has for most of them."""
        sought = self.random.choice(among)
        found: Asked = []
        for name in self.random.sample(names, self.random.choice([0, 1, 1, 2, 3])):
            found += self.filter(name, sought if self.random.random() < 0.8 else self.random.choice(among), among)
        return found

    def filter(self, name: str, record: Record, among: Sequence[Record]) -> Asked:
        """A filter with values that a record has."""
        match name:
            case "q":
                return [("q", self.query(record, among))]
            case "revision_from":
                return [(name, str(self.random.randint(0, 3)))]
            case "passage":
                quotes = self.random.sample(self.records.quotes[record["url"]], 1) if record["evidence_count"] else []
                places = [(str(quote["passage"]), quote["document"]["id"]) for quote in quotes] or [("1", "text-0")]
                return [pair for number, document in places for pair in (("passage", number), ("document", document))]
            case "date_from" | "date_to":
                return [(name, self.random.choice([*_bounds(record), "2014-03-06", "2020-12-31", "2021-01-01"]))]
        values = sorted(self.records.values(record, name))
        if name not in ("named", "verbatim", "symmetric"):
            for other in self.random.sample(among, min(len(among), self.random.randint(0, 2))):
                values += sorted(self.records.values(other, name))[:1]
        return [(name, value) for value in values[:3]]

    def query(self, record: Record, among: Sequence[Record]) -> str:
        """Words, phrases and beginnings that a record has, and exclusions of some that another one has."""
        pieces = [self.piece(record) for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        if self.random.random() < 0.3:
            pieces.append(f"-{self.piece(self.random.choice(among))}")
        return " ".join(pieces)[:200]

    def piece(self, record: Record) -> str:
        texts = [record["name"], record["summary"], *(q["exact"] for q in self.records.quotes[record["url"]])]
        words = self.random.choice([text for text in texts if text.strip()]).split()
        at = self.random.randrange(len(words))
        word = words[at]
        pieces: list[str] = [
            word,
            word.upper(),
            f"{word}ing",
            f"{word[: self.random.randint(1, 4)]}*",
            f'"{" ".join(words[at : at + self.random.randint(1, 4)])}"',
            "-".join(words[at : at + 2]),
            "-".join(words[at : at + 2])[:-1] + "*",
            f'"{word} {self.random.choice(WORDS)}',
            self.random.choice(WORDS),
        ]
        return self.random.choice(pieces)


def names_of(plural: str) -> list[str]:
    """The filters of a collection."""
    everywhere = ["id", "topic", "actor", "document", "passage", "revision_from", "q"]
    return [*VALUES[plural], *everywhere, *(["date_from", "date_to"] if plural in DATED else [])]


def _bounds(record: Record) -> list[str]:
    """The days on which the dates of a record begin and end."""
    dates = [record.get(field) for field in DATED.values()]
    return [date[end] for date in dates if date for end in ("earliest", "latest") if date[end]]


@pytest.fixture(scope="module")
def contract(seeded_url: str) -> dict[str, dict[str, Any]]:
    """What every path takes."""
    with httpx.Client(base_url=seeded_url, timeout=60) as client:
        return operations(client)


@pytest.mark.parametrize("plural", PLURALS)
def test_plain_python_knows_every_filter_and_every_facet(contract: dict[str, dict[str, Any]], plural: str) -> None:
    parameters = {p["name"]: p["schema"] for p in contract[f"/v1/{plural}"]["parameters"]}
    assert set(parameters) - {"limit", "cursor", "sort", "fields", "facets", "format"} == set(names_of(plural))
    assert set(parameters["facets"]["items"]["enum"]) <= set(names_of(plural))


@examples
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 63), min_size=1, max_size=3))
@example(seed=1, sizes=[63, 35, 14])
def test_lists_and_searches_say_what_plain_python_says(
    databases: Databases, contract: dict[str, dict[str, Any]], seed: int, sizes: list[int]
) -> None:
    with service(databases, seed, sizes) as client:
        records = Records(client, PLURALS)
        asker = Asker(records, Random(seed), contract)
        for plural in PLURALS:
            for _ in range(8):
                compare_list(client, asker, plural)
        for _ in range(20):
            compare_search(client, asker)


def compare_list(client: httpx.Client, asker: Asker, plural: str) -> None:
    """Ask a random question of a list, walk through the answer, and look for the same by hand."""
    kept, records = asker.records.of[plural], asker.records
    filters = asker.filters(names_of(plural), kept)
    order, facets = asker.names(plural, "sort"), asker.names(plural, "facets")
    names = {"sort": order, "facets": facets}
    question = urlencode([*filters, *((name, ",".join(values)) for name, values in names.items() if values)])
    default = ["-date" if plural == "documents" else "date" if plural in DATED else "name"]
    wanted = records.ordered((record for record in kept if records.meets(record, filters)), order or default)
    limit = asker.random.randint(max(1, len(wanted) // 5), max(1, len(wanted)))
    found = list(pages(client, f"/v1/{plural}?{question}", limit=limit))
    told = f"/v1/{plural}?{question}, {limit} to a page"
    assert [item for page in found for item in page["items"]] == wanted, told
    for page in found:
        assert page["total"] == {"value": len(wanted), "relation": "eq"}, told
        assert len(page["items"]) == limit or page is found[-1], told
        counts = {name: records.counts(kept, filters, name) for name in facets} if facets else None
        assert counted(page["facets"]) == counts, told


def compare_search(client: httpx.Client, asker: Asker) -> None:
    """Search for random words, walk through what is found, and look for the same by hand."""
    records, everything = asker.records, list(asker.records.everything())
    sought = asker.random.choice(everything)
    filters: Asked = [("q", asker.query(sought, everything))]
    if asker.random.random() < 0.5:
        name = asker.random.choice(["kind", "topic", "document", "year", "date_from", "date_to"])
        filters += asker.filter(name, sought, everything)
    facets = asker.names("search", "facets")
    question = urlencode([*filters, *([("facets", ",".join(facets))] if facets else [])])
    wanted = {record["url"] for record in everything if records.meets(record, filters)}
    limit = asker.random.randint(max(1, len(wanted) // 4), min(200, max(1, len(wanted))))
    found = list(pages(client, f"/v1/search?{question}", limit=limit))
    told = f"/v1/search?{question}, {limit} to a page: {terms_of(filters[0][1])}"
    hits = [item for page in found for item in page["items"]]
    assert sorted(hit["record"]["url"] for hit in hits) == sorted(wanted), told
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True), told
    for page in found:
        assert page["total"] == {"value": len(wanted), "relation": "eq"}, told
        counts = {name: records.counts(everything, filters, name) for name in facets} if facets else None
        assert counted(page["facets"]) == counts, told


def counted(facets: dict[str, list[dict[str, Any]]] | None) -> dict[str, Counter[str]] | None:
    """Facets as counts by value; the most frequent must come first."""
    if facets is None:
        return None
    for counts in facets.values():
        numbers = [count["count"] for count in counts]
        assert numbers == sorted(numbers, reverse=True)
    return {
        name: Counter(
            {str(c["value"]).lower() if isinstance(c["value"], bool) else str(c["value"]): c["count"] for c in counts}
        )
        for name, counts in facets.items()
    }


@pytest.fixture(scope="module")
def seed(seeded_url: str) -> Iterator[tuple[httpx.Client, Records]]:
    """A client of the service over the seed, and its records."""
    with httpx.Client(base_url=seeded_url, timeout=60) as client:
        yield client, Records(client, PLURALS)


typed = st.text(max_size=210) | st.lists(
    st.sampled_from(
        ["Korea", "sanction", '"', "*", "-", "\0", "🌾", "“rogue”", "(", "AND", "NOT", "NEAR", "name:", "%"]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)


@settings(max_examples=150, deadline=None)
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
    search = client.get(asked("/v1/search", q=query, limit=200))
    events = client.get(asked("/v1/events", q=query, limit=200))
    if not 1 <= len(query) <= 200:
        assert search.status_code == events.status_code == 422
        return
    assert search.status_code == events.status_code == 200, search.text
    assert {item["record"]["url"] for item in search.json()["items"]} == wanted
    assert search.json()["total"] == {"value": len(wanted), "relation": "eq"}
    assert {item["url"] for item in events.json()["items"]} == {url for url in wanted if url.startswith("/v1/events")}
