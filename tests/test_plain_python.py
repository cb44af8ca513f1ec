"""Random questions about random records: the API says what plain Python says that looks through all of them."""

import shutil
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
from app.database import connect, writing
from app.model.vocabularies import (
    Conduct,
    EventType,
    Modality,
    OutcomeStatus,
    Position,
    Relation,
    Sector,
    modes_of,
)
from tests.conftest import serving
from tests.generator import Commentary
from tests.plain import DATED, VALUES, Records, terms_of
from tests.walking import PLURALS, asked, operations, pages

WORDS = """
sanction sanctions sanctioned Sanctioning tie ties tied happy happily café Cafés naïve naive running runs
Jong-un agree agreed agreement 2371 9½ x² O’Neill don't ŁÓDŹ straße 北京 ﬁnance
""".split()  # noqa: SIM905
BEYOND_VALUES = {"q", "revision_from", "passage", "date_from", "date_to", "document", "id", "topic", "actor"}
"""The filters that every collection has, or every dated one, and that plain Python asks in a way of its own."""

Asked = list[tuple[str, str]]
"""The filters of a question, as they are written."""

# One example is a database of its own, asked many questions: to shrink it would take minutes, and a question that is
# answered wrong says enough.
examples = settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


class Tangled(Commentary):
    """A commentary that has every field that can be filtered by, refers to earlier ones, and adds to their records."""

    def __init__(self, name: str, random: Random, records: int, earlier: Sequence["Tangled"] = ()) -> None:
        self.elsewhere = [f"actor/{actor}" for other in earlier for actor in other.actors]
        self.elsewhere += [reference for other in earlier for reference in other.others]
        self.sanctions: list[str] = []
        super().__init__(name, random, records)
        self.analysis["document"] |= {
            "publisher": self._maybe_actor(),
            "authors": self._some(self.actors, 2),
            "series": random.choice([None, "Notes", "Letters & Notes"]),
            "language": random.choice(["en", "sv", "en-GB"]),
            "evidence": self.lines[:1] if random.random() < 0.5 else [],
        }
        self.analysis["also"] = [self._addition(reference) for reference in self._some(self.elsewhere, 6)]

    def _words(self) -> str:
        return " ".join(self.random.choices(WORDS, k=4))

    def _record(self, kind: str, number: int, dated: str | None = None) -> dict[str, Any]:
        record = super()._record(kind, number, dated)
        said = f"Of {kind} {number} in {self.name} they say {self._words()}."
        self.lines.append(said)
        return record | {"summary": f"{self._words()} {number}.", "evidence": [*record["evidence"], said]}

    def _any(self) -> list[str]:
        return [*super()._any(), *self._some(self.elsewhere, 1)]

    def _of(self, kind: str) -> str | None:
        return self.random.choice([None, *(o.partition("/")[2] for o in self.others[-20:] if o.startswith(kind))])

    def _addition(self, reference: str) -> dict[str, Any]:
        said = f"As {self.name} has it of {reference.replace('/', ' ')}: {self._words()}."
        self.lines.append(said)
        return {"record": reference, "evidence": [said]}

    def _actor(self, number: int) -> dict[str, Any]:
        earlier = self._maybe_actor()
        alias = f"the {self.random.choice(WORDS)} one, number {number} of {self.name}"
        self.lines.append(f"They call it {alias}.")
        return super()._actor(number) | {
            "sector": self.random.choice([None, *list(Sector)[:4]]),
            "aliases": self.random.choice([[], [alias]]),
            "roles": [{"title": "Clerk", "organisation": earlier}] if self.random.random() < 0.5 else [],
        }

    def _event(self, number: int) -> dict[str, Any]:
        event = super()._event(number)
        for participant in event["participants"]:
            participant["position"] = self.random.choice([None, *Position])
        outcome = {"text": "some 5 of them", "status": self.random.choice(list(OutcomeStatus))}
        return event | {
            "mode": self.random.choice([None, *modes_of(EventType(event["type"]))]),
            "related": [{"record": other, "relation": self.random.choice(list(Relation))} for other in self._any()],
            "outcome": self.random.choice([None, outcome]),
        }

    def _sanction(self, number: int) -> dict[str, Any]:
        sanction = super()._sanction(number) | {
            "part_of": self.random.choice([None, *self.sanctions]),
            "trigger": self._of("event/"),
            "enforcement": [
                {
                    "actor": actor,
                    "conduct": self.random.choice(list(Conduct)),
                    "modality": self.random.choice(list(Modality)),
                    "summary": "It does so.",
                }
                for actor in self._some(self.actors, 3)
            ],
        }
        self.sanctions.append(sanction["id"])
        return sanction

    def _statement(self, number: int) -> dict[str, Any]:
        return super()._statement(number) | {"event": self._of("event/")}

    def _assessment(self, number: int) -> dict[str, Any]:
        return super()._assessment(number) | {
            "holder": self._maybe_actor(),
            "depends_on": self._any(),
            "contrasts_with": self._any(),
        }


@contextmanager
def service(empty: Path, seed: int, sizes: Sequence[int]) -> Iterator[httpx.Client]:
    """A client of the service over some generated commentaries; the last one is loaded after the others."""
    with tempfile.TemporaryDirectory() as folder:
        database = shutil.copy(empty, Path(folder) / "random.db")
        random, written = Random(seed), list[Tangled]()
        for number, size in enumerate(sizes):
            written.append(Tangled(f"text-{number}", random, size, written[:]))
        sources = [Source(commentary.write(Path(folder))) for commentary in written]
        engine = connect(f"sqlite:///{database}")
        for load_of in (sources[:-1], sources[-1:]):
            with writing(engine) as connection:
                load(connection, load_of)
        engine.dispose()
        with serving(f"sqlite:///{database}") as url, httpx.Client(base_url=url) as client:
            yield client


class Asker:
    """Makes up questions about records, such that some have answers."""

    def __init__(self, records: Records, random: Random, contract: dict[str, dict[str, Any]]) -> None:
        self.records = records
        self.random = random
        self.contract = contract

    def names(self, plural: str, parameter: str) -> list[str]:
        """The names that may stand in a parameter of a list."""
        [found] = [p for p in self.contract[f"/v1/{plural}"]["parameters"] if p["name"] == parameter]
        return list(found["schema"]["items"]["enum"])

    def some_names(self, plural: str, parameter: str) -> list[str]:
        return self.random.sample(self.names(plural, parameter), self.random.randint(0, 2))

    def order(self, plural: str) -> list[str]:
        """Sort keys, each once."""
        return list({key.removeprefix("-"): key for key in self.some_names(plural, "sort")}.values())

    def filters(self, plural: str, most: int = 3) -> Asked:
        names = [*VALUES[plural], "id", "topic", "actor", "document", "passage", "revision_from", "q"]
        names += ["date_from", "date_to"] if plural in DATED else []
        found: Asked = []
        for name in self.random.sample(names, self.random.randint(0, most)):
            found += self.filter(self.records.of[plural], name)
        return found

    def filter(self, among: Sequence[dict[str, Any]], name: str) -> Asked:
        """One filter, with values that some records have."""
        record = self.random.choice(among)
        match name:
            case "q":
                return [("q", self.query(among))]
            case "revision_from":
                return [(name, str(self.random.randint(0, 3)))]
            case "passage":
                numbers = [str(quote["passage"]) for quote in self.records.quotes[record["url"]]] or ["1"]
                return [(name, self.random.choice(numbers)), ("document", f"text-{self.random.randint(0, 2)}")]
            case "date_from" | "date_to":
                return [(name, self.day(among))]
        values = sorted({value for record in among for value in self.records.values(record, name)})
        single = name in ("named", "verbatim", "symmetric")
        chosen = self.random.sample(values, min(len(values), 1 if single else self.random.randint(1, 3)))
        return [(name, value) for value in chosen]

    def day(self, among: Sequence[dict[str, Any]]) -> str:
        """A bound of some date, or a day beside it, so that it matters which days a date holds."""
        days = [day for record in among for day in _bounds(record)] or ["2016-12-31"]
        return self.random.choice([*days, "2014-03-06", "2020-12-31", "2021-01-01"])

    def query(self, among: Sequence[dict[str, Any]]) -> str:
        """Words, phrases, exclusions and beginnings, most of them from texts of the records."""
        return " ".join(self.piece(among) for _ in range(self.random.choice([1, 1, 2, 3])))[:200]

    def piece(self, among: Sequence[dict[str, Any]]) -> str:
        record = self.random.choice(among)
        texts = [record["name"], record["summary"], *(q["exact"] for q in self.records.quotes[record["url"]])]
        words = self.random.choice([text for text in texts if text.strip()]).split()
        at = self.random.randrange(len(words))
        word = self.random.choice([words[at], self.random.choice(WORDS)])
        pieces = [
            word,
            word.upper(),
            f"-{word}",
            f"{word[: self.random.randint(1, 4)]}*",
            f"-{word[:2]}*",
            f'"{" ".join(words[at : at + self.random.randint(1, 4)])}"',
            f'-"{" ".join(words[at : at + 2])}"',
            "-".join(words[at : at + 2]),
            f"{word}ing",
            "nowhere",
            '"',
        ]
        return self.random.choice(pieces)


def _bounds(record: dict[str, Any]) -> list[str]:
    dates = [record.get(field) for field in DATED.values()]
    return [date[end] for date in dates if date for end in ("earliest", "latest") if date[end]]


@pytest.fixture(scope="module")
def contract(seeded_url: str) -> dict[str, dict[str, Any]]:
    """What every path takes."""
    with httpx.Client(base_url=seeded_url) as client:
        return operations(client)


@pytest.mark.parametrize("plural", PLURALS)
def test_plain_python_knows_every_filter_and_every_facet(contract: dict[str, dict[str, Any]], plural: str) -> None:
    parameters = {p["name"]: p["schema"] for p in contract[f"/v1/{plural}"]["parameters"]}
    dated = {"date_from", "date_to"} if plural not in DATED else set()
    known = BEYOND_VALUES - dated | set(VALUES[plural])
    assert set(parameters) - {"limit", "cursor", "sort", "fields", "facets", "format"} == known
    assert set(parameters["facets"]["items"]["enum"]) <= known


@examples
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 63), min_size=1, max_size=3))
@example(seed=1, sizes=[63, 35, 14])
def test_lists_and_searches_say_what_plain_python_says(
    templates: dict[str, Path], contract: dict[str, dict[str, Any]], seed: int, sizes: list[int]
) -> None:
    with service(templates["empty"], seed, sizes) as client:
        records = Records(client, PLURALS)
        asker = Asker(records, Random(seed), contract)
        for plural in PLURALS:
            for _ in range(8):
                compare_list(client, asker, plural)
        for _ in range(25):
            compare_search(client, asker)


def compare_list(client: httpx.Client, asker: Asker, plural: str) -> None:
    """Ask a random question of a list, walk through the answer, and look for the same by hand."""
    kept, records = asker.records.of[plural], asker.records
    filters, order, facets = asker.filters(plural), asker.order(plural), asker.some_names(plural, "facets")
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
    filters: Asked = [("q", asker.query(everything))]
    dated = [record for plural in DATED for record in records.of[plural]]
    for name in asker.random.sample(["kind", "topic", "document", "year", "date_from", "date_to"], 2):
        if asker.random.random() < 0.4:
            filters += asker.filter(dated if name in ("year", "date_from", "date_to") else everything, name)
    facets = asker.some_names("search", "facets")
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
    with httpx.Client(base_url=seeded_url) as client:
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
