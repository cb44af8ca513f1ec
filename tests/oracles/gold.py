"""Compares the analysis that the API serves with `gold.yaml`, an independent reading of the same text."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from app.model.folding import fold
from tests.services.api import PLURALS, items

DOCUMENT = "sceeus-guest-commentary-8-2022"
Entry = Mapping[str, Any]
Record = dict[str, Any]
Span = tuple[int, int]

GOLD: dict[str, list[Entry]] = YAML(typ="safe").load(Path(__file__).with_name("gold.yaml"))
ACTORS = [entry for part in ("persons", "bodies", "outlets", "states", "unnamed") for entry in GOLD[part]]


def each(*parts: str, **having: Any) -> pytest.MarkDecorator:
    """Parametrizes a test with the entries of some sections, named by passage and quote."""
    entries = [
        entry
        for part in parts
        for entry in GOLD[part]
        if all(entry.get(name, False) == value for name, value in having.items())
    ]
    assert entries
    return pytest.mark.parametrize("entry", entries, ids=[f"{e['passage']}: {e['quote'][:50]}" for e in entries])


def accepted(entry: Entry, name: str) -> list[Any]:
    """The accepted values of a field of an entry, the preferred one first."""
    return [entry.get(name), *entry.get(f"{name}_accept", ())]


class Served:
    """The analysis of the seed as the API serves it."""

    def __init__(self, client: httpx.Client) -> None:
        self.text = client.get(f"/v1/documents/{DOCUMENT}/text").text
        self.passages = {p["number"]: p for p in items(client, f"/v1/documents/{DOCUMENT}/passages")}
        self.records: dict[str, Record] = {
            record["url"]: record for plural in PLURALS for record in items(client, f"/v1/{plural}", limit=200)
        }
        self.document = self.records[f"/v1/documents/{DOCUMENT}"]
        self.mentions = sorted(
            (mention["start"], mention["end"], actor["id"])
            for actor in self.kind("actor")
            for mention in items(client, f"{actor['url']}/mentions", limit=200)
        )
        self.actor_of = {entry["name"]: self._actor(entry) for entry in ACTORS}

    def kind(self, *kinds: str) -> list[Record]:
        """Every record of some kinds."""
        return [record for record in self.records.values() if record["kind"] in kinds]

    def record(self, plural: str, slug: str) -> Record:
        return self.records[f"/v1/{plural}/{slug}"]

    def place(self, entry: Entry) -> Span:
        """The offsets of an entry's quote, which occurs once in its passage."""
        passage, quote = self.passages[entry["passage"]], entry["quote"]
        assert passage["text"].count(quote) == 1, f"passage {entry['passage']} has {quote!r} not once"
        start: int = passage["start"] + passage["text"].index(quote)
        assert self.text[start : start + len(quote)] == quote
        return start, start + len(quote)

    def citing(self, entry: Entry, *kinds: str, share: float = 0.5) -> list[Record]:
        """The records, except documents, whose quotes cover this share of an entry's quote; most coverage first."""
        start, end = self.place(entry)
        ranked = []
        for record in self.records.values():
            shared = {
                at for quote in record["evidence"] for at in range(max(start, quote["start"]), min(end, quote["end"]))
            }
            wanted = record["kind"] in kinds if kinds else record["kind"] != "document"
            if wanted and len(shared) >= max(1, share * (end - start)):
                ranked.append((-len(shared), record["url"]))
        return [self.records[url] for _, url in sorted(ranked)]

    def said_otherwise(self, entry: Entry) -> list[Record]:
        """The records of the entry's other accepted kinds that cite it."""
        kinds = entry.get("kind_accept", ())
        return self.citing(entry, *kinds) if kinds else []

    def url(self, name: str) -> str | None:
        """The path of the actor with this name in `gold.yaml`; None if the analysis has none."""
        found = self.actor_of[name]
        return found["url"] if found else None

    def mentioned(self, span: Span) -> list[str]:
        """The ids of the actors mentioned in a span of the text."""
        return [actor for start, end, actor in self.mentions if start < span[1] and span[0] < end]

    def _actor(self, entry: Entry) -> Record | None:
        """The actor of an entry: by name, or else the first of matching type that is cited or mentioned there."""
        names = {_bare(name) for name in accepted(entry, "name")}
        named = [a for a in self.kind("actor") if names & {_bare(name) for name in (a["name"], *a["aliases"])}]
        here = self.mentioned(self.place(entry))
        there = self.citing(entry, "actor", share=0.01)
        there += [actor for actor in self.kind("actor") if actor["id"] in here and actor not in there]
        return next(iter([*named, *(actor for actor in there if not unlike(entry, actor))]), None)


def _bare(name: str) -> str:
    return fold(name).replace("’", "'").removeprefix("the ").removeprefix("a ").removeprefix("an ")


def unlike(entry: Entry, actor: Record) -> list[str]:
    """The differences between an actor and an entry."""
    return [
        f"{name} is {actor[name]!r}, not {accepted(entry, name)}"
        for name in ("type", "named", "country")
        if actor[name] not in accepted(entry, name)
    ]


def refs(part: Any) -> Iterator[Record]:
    """Every Ref within a part of a record, except those in `document` and `evidence`."""
    yield from (found for found in _within(part) if found.keys() == {"kind", "id", "name", "url"})


def dates(part: Any) -> Iterator[Record]:
    """Every Date within a part of a record."""
    fields = {"text", "edtf", "earliest", "latest", "approximate"}
    yield from (found for found in _within(part) if found.keys() == fields)


def _within(part: Any) -> Iterator[Record]:
    if isinstance(part, dict):
        yield part
        for name, inner in part.items():
            if name not in ("document", "evidence"):
                yield from _within(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _within(inner)


def edtf_of(date: Record | None) -> str | None:
    return date["edtf"] if date else None


def same_words(text: str, others: Iterable[str]) -> bool:
    """True if a text contains, or is contained in, one of the others."""
    return any(text in other or other in text for other in others)


class Reading:
    """A comparison of a record with an entry, which collects the differences."""

    def __init__(self, served: Served, entry: Entry, record: Record) -> None:
        self.served, self.entry, self.record = served, entry, record
        self.differences: list[str] = []

    def check(self, holds: object, difference: str) -> None:
        if not holds:
            self.differences.append(difference)

    def field(self, name: str, value: Any, *also: Any) -> None:
        """Require that a field of the entry has an accepted value, or one of `also`."""
        choices = [*accepted(self.entry, name), *also]
        self.check(name not in self.entry or value in choices, f"{name} is {value!r}, not {choices}")

    def actor(self, name: str, ref: Record | None) -> None:
        """Require that a field of the entry names the actor of a Ref."""
        choices = [choice and self.served.url(choice) for choice in accepted(self.entry, name)]
        self.check(name not in self.entry or (ref and ref["url"]) in choices, f"{name} is {ref}, not {choices}")

    def actors(self, name: str, given: Iterable[Record], *, through: bool = False) -> None:
        """Require each listed actor among the Refs; `through` also searches the records that they refer to."""
        found = {ref["url"] for ref in given}
        if through:
            found |= {ref["url"] for url in set(found) for ref in refs(self.served.records[url])}
        choices = [names for names in accepted(self.entry, name) if names is not None]
        lacking = [[actor for actor in names if self.served.url(actor) not in found] for names in choices]
        self.check([] in lacking or not lacking, f"{name} lacks {lacking}")

    def date(self, date: Record | None, name: str = "edtf") -> None:
        """Require the entry's date and its wording."""
        self.field(name, edtf_of(date))
        words = self.entry.get("date_text")
        said = not (date and words) or same_words(date["text"], [words, self.entry["quote"]])
        self.check(said, f"the date's words are {date and date['text']!r}, not {words!r}")


def agree(readings: Iterable[Reading], what: str) -> None:
    """Require that one of the comparisons found no difference."""
    found = list(readings)
    assert found, f"no {what} cites it"
    best = min(found, key=lambda reading: len(reading.differences))
    assert not best.differences, f"{best.record['url']}: {'; '.join(best.differences)}"
