"""The analysis of the seed against `gold.yaml`, a reading of the same text that was made without knowing of it.

For every entry there must be a served record that cites the entry's quote and says what the entry says; an entry that is
`minor` may be folded into another record, so some record must cite it. What a fair reader could say otherwise is in the
entry's `_accept` values.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from app.model.folding import fold
from tests.walking import PLURALS, items

DOCUMENT = "sceeus-guest-commentary-8-2022"
Entry = Mapping[str, Any]
Record = dict[str, Any]
Span = tuple[int, int]

GOLD: dict[str, list[Entry]] = YAML(typ="safe").load(Path(__file__).with_name("gold.yaml"))
ACTORS = [entry for part in ("persons", "bodies", "outlets", "states", "unnamed") for entry in GOLD[part]]


def each(*parts: str, **having: Any) -> Any:
    """Every entry of some parts of the gold as a parameter, named by its passage and the beginning of its quote."""
    entries = [
        entry
        for part in parts
        for entry in GOLD[part]
        if all(entry.get(name, False) == value for name, value in having.items())
    ]
    assert entries
    return pytest.mark.parametrize("entry", entries, ids=[f"{e['passage']}: {e['quote'][:50]}" for e in entries])


def accepted(entry: Entry, name: str) -> list[Any]:
    """What a field of an entry may say, the first choice first."""
    return [entry.get(name), *entry.get(f"{name}_accept", ())]


class Served:
    """The analysis as the API serves it."""

    def __init__(self, client: httpx.Client) -> None:
        self.text = client.get(f"/v1/documents/{DOCUMENT}/text").text
        self.passages = {p["number"]: p for p in items(client, f"/v1/documents/{DOCUMENT}/passages")}
        self.records: dict[str, Record] = {
            record["url"]: record for plural in PLURALS for record in items(client, f"/v1/{plural}", limit=200)
        }
        self.mentions = sorted(
            (mention["start"], mention["end"], actor["id"])
            for actor in self.kind("actor")
            for mention in items(client, f"{actor['url']}/mentions", limit=200)
        )
        self.actor_of = {entry["name"]: self._actor(entry) for entry in ACTORS}

    def kind(self, *kinds: str) -> list[Record]:
        return [record for record in self.records.values() if record["kind"] in kinds]

    def place(self, entry: Entry) -> Span:
        """Where the quote of an entry stands; its passage has it once."""
        passage, quote = self.passages[entry["passage"]], entry["quote"]
        assert passage["text"].count(quote) == 1, f"passage {entry['passage']} has {quote!r} not once"
        start: int = passage["start"] + passage["text"].index(quote)
        assert self.text[start : start + len(quote)] == quote
        return start, start + len(quote)

    def citing(self, entry: Entry, *kinds: str, share: float = 0.5) -> list[Record]:
        """The records whose quotes together have at least that share of an entry's quote, those with most of it first."""
        start, end = self.place(entry)
        ranked = []
        for record in self.kind(
            *(kinds or ("event", "actor", "sanction", "statement", "relationship", "figure", "assessment"))
        ):
            shared = {
                at for quote in record["evidence"] for at in range(max(start, quote["start"]), min(end, quote["end"]))
            }
            if len(shared) >= max(1, share * (end - start)):
                ranked.append((-len(shared), record["url"], record))
        return [record for _, _, record in sorted(ranked, key=lambda found: found[:2])]

    def actor(self, name: str) -> Record:
        """The actor that the gold calls so."""
        found = self.actor_of[name]
        assert found is not None, f"no actor is {name}"
        return found

    def mentioned(self, span: Span) -> list[str]:
        """The actors mentioned in a stretch of the text."""
        return [actor for start, end, actor in self.mentions if start < span[1] and span[0] < end]

    def _actor(self, entry: Entry) -> Record | None:
        """The actor of an entry: by name where it has one, else by what it is among those cited or mentioned there."""
        names = {_bare(name) for name in accepted(entry, "name")}
        named = [a for a in self.kind("actor") if names & {_bare(name) for name in (a["name"], *a["aliases"])}]
        here = self.mentioned(self.place(entry))
        there = [a for a in self.citing(entry, "actor", share=0.01) if a not in named]
        there += [a for a in self.kind("actor") if a["id"] in here and a not in named + there]
        ranked = [*named, *sorted(there, key=lambda actor: len(_unlike(entry, actor)))]
        return next((actor for actor in ranked if actor in named or not _unlike(entry, actor)), None)


def _bare(name: str) -> str:
    return fold(name).replace("’", "'").removeprefix("the ").removeprefix("a ").removeprefix("an ")


def _unlike(entry: Entry, actor: Record) -> list[str]:
    """What an actor is otherwise than an entry says."""
    return [
        f"{name} is {actor[name]!r}, not {accepted(entry, name)}"
        for name in ("type", "named", "country")
        if actor[name] not in accepted(entry, name)
    ]


def refs(part: Any) -> Iterator[Record]:
    """Every Ref within a part of a record."""
    if isinstance(part, dict):
        if part.keys() == {"kind", "id", "name", "url"}:
            yield part
        else:
            for name, inner in part.items():
                if name not in ("document", "evidence"):
                    yield from refs(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from refs(inner)


def dates(part: Any) -> Iterator[Record]:
    """Every Date within a part of a record."""
    if isinstance(part, dict):
        if part.keys() == {"text", "edtf", "earliest", "latest", "approximate"}:
            yield part
        for inner in part.values():
            yield from dates(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from dates(inner)


def edtf_of(date: Record | None) -> str | None:
    return date["edtf"] if date else None


def same_words(text: str, others: Iterable[str]) -> bool:
    """Whether words are some others, or one has the other in it."""
    return any(text in other or other in text for other in others)


class Reading:
    """What differs between an entry and a record."""

    def __init__(self, served: Served, entry: Entry, record: Record) -> None:
        self.served, self.entry, self.record = served, entry, record
        self.differences: list[str] = []

    def field(self, name: str, value: Any, *also: Any) -> None:
        """A field of the entry, if it has it, is the value."""
        if name in self.entry:
            choices = [*accepted(self.entry, name), *also]
            if value not in choices:
                self.differences.append(f"{name} is {value!r}, not {' or '.join(map(repr, choices))}")

    def actors(self, name: str, given: Iterable[Record], *, through: bool = False) -> None:
        """Every actor of a list of the entry is among the Refs given, or `through` a record that is."""
        for choice in [accepted(self.entry, name)] if f"{name}_accept" in self.entry else [[self.entry.get(name, [])]]:
            found = {ref["url"] for ref in given}
            if through:
                found |= {ref["url"] for url in set(found) for ref in refs(self.served.records[url])}
            missing = [[n for n in names or [] if self.served.actor(n)["url"] not in found] for names in choice]
            if all(missing):
                self.differences.append(f"{name} lacks {' or '.join(map(str, missing))}")

    def date(self, date: Record | None, name: str = "edtf") -> None:
        """The date is the entry's, and so are its words."""
        self.field(name, edtf_of(date))
        words = self.entry.get("date_text")
        if date and words and not same_words(date["text"], [words, self.entry["quote"]]):
            self.differences.append(f"the date's words are {date['text']!r}, not {words!r}")

    def check(self, holds: bool, difference: str) -> None:
        if not holds:
            self.differences.append(difference)


def agree(readings: Iterable[Reading], what: str) -> None:
    """One of the readings has no difference."""
    found = list(readings)
    assert found, f"no {what} cites it"
    best = min(found, key=lambda reading: len(reading.differences))
    assert not best.differences, f"{best.record['url']}: {'; '.join(best.differences)}"


@pytest.fixture(scope="module")
def served(seeded_url: str) -> Served:
    with httpx.Client(base_url=seeded_url) as client:
        return Served(client)


@each(*(part for part in GOLD if part not in ("identities", "traps")))
def test_every_quote_of_the_gold_is_cited_by_some_record(served: Served, entry: Entry) -> None:
    assert served.citing(entry), "nothing cites it"


# Who


@each("persons", "bodies", "outlets", "states", "unnamed")
def test_everybody_whom_the_gold_names_is_an_actor_and_is_what_it_says(served: Served, entry: Entry) -> None:
    actor = served.actor_of[entry["name"]]
    if actor is None:
        assert entry.get("minor"), "there is no such actor"
        return
    assert _unlike(entry, actor) == [], actor["url"]
    for place in (entry, *entry.get("also", ())):
        cited = actor in served.citing(place, "actor", share=0.01)
        assert cited or actor["id"] in served.mentioned(served.place(place)), (
            f"{actor['url']} is not at {place['quote']!r}"
        )


@each("identities")
def test_words_that_stand_for_somebody_stand_for_whom_the_gold_says(served: Served, entry: Entry) -> None:
    span = served.place(entry)
    meant = entry["actor"] if isinstance(entry["actor"], list) else [entry["actor"]] if entry["actor"] else []
    mentioned = served.mentioned(span)
    if not meant:  # the words in question mean nobody; names beside them are themselves
        for start, end, actor in served.mentions:
            if start < span[1] and span[0] < end:
                fields = served.records[f"/v1/actors/{actor}"]
                assert served.text[start:end] in (fields["name"], *fields["aliases"])
    elif mentioned:
        assert {served.actor(name)["id"] for name in meant} <= set(mentioned)
    else:  # a pronoun, which is no mention: a record that cites it tells
        told = {ref["url"] for record in served.citing(entry) for ref in (*refs(record), record)}
        assert {served.actor(name)["url"] for name in meant} <= told


# What was said


@each("quotations", kind="statement")
def test_every_quotation_is_a_statement_with_its_words_as_printed(served: Served, entry: Entry) -> None:
    statements = [record for record in served.citing(entry, "statement") if record["text"] == entry["text"]]
    agree((_statement(served, entry, record) for record in statements), "statement with just these words")


@each("quotations", kind="term")
def test_a_term_in_quotation_marks_is_no_statement_but_is_cited(served: Served, entry: Entry) -> None:
    assert [r["url"] for r in served.kind("statement") if r["text"] == entry["text"]] == []
    assert served.citing(entry), "nothing cites it"


@each("statements", minor=False)
def test_what_is_reported_is_a_statement_of_its_speakers(served: Served, entry: Entry) -> None:
    agree((_statement(served, entry, record) for record in served.citing(entry, "statement")), "statement")


def _statement(served: Served, entry: Entry, record: Record) -> Reading:
    reading = Reading(served, entry, record)
    reading.field("type", record["type"])
    speakers = {speaker["actor"]["url"] for speaker in record["speakers"]}
    choices = (
        [entry["speakers"]] if "speakers" in entry else [[name] if name else [] for name in accepted(entry, "speaker")]
    )
    meant = [{served.actor(name)["url"] for name in names} for names in choices]
    reading.check(speakers in meant, f"the speakers are {sorted(speakers)}")
    reading.date(record["date"])
    if "medium" in entry:
        medium = record["medium"]["url"] if record["medium"] else None
        reading.check(medium == served.actor(entry["medium"])["url"], f"the medium is {medium}")
    reading.actors("about", [*record["about"], *(stance["toward"] for stance in record["stances"])], through=True)
    for stance in entry.get("stances", ()):
        toward = served.actor(stance["toward"])["url"]
        held = [
            s["value"]
            for s in record["stances"]
            if toward in {ref["url"] for ref in (s["toward"], *refs(served.records[s["toward"]["url"]]))}
        ]
        reading.check(stance["value"] in held, f"toward {stance['toward']} it is {held}")
    return reading


# How much, and when


@each("quantities", minor=False)
def test_every_quantity_is_a_figure(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        for name in ("text", "low", "high", "relation", "unit"):
            reading.field(name, record["value"][name])
        reading.field("modality", record["modality"])
        reading.date(record["as_of"], "as_of_edtf")
        reading.actors("about", record["about"], through=True)
        reading.field("source", record["source"])
        return reading

    agree(map(read, served.citing(entry, "figure")), "figure")


@each("dates", minor=False)
def test_every_date_is_read_as_the_gold_reads_it(served: Served, entry: Entry) -> None:
    words = [text for text in accepted(entry, "text") if text]
    found = [
        (record, date)
        for record in [*served.citing(entry, share=0.1), served.records[f"/v1/documents/{DOCUMENT}"]]
        for date in dates({**record, "evidence": []})
        if same_words(date["text"], words) and (record["kind"] != "document" or entry["passage"] == 1)
    ]
    if entry["edtf"] is not None:
        assert found, "no record that cites it has such a date"
    for record, date in found:
        for name in ("edtf", "earliest", "latest", "approximate"):
            assert date[name] in accepted(entry, name), f"{record['url']}: {name} of {date['text']!r} is {date[name]!r}"


# What happened


@each("events", minor=False)
def test_everything_that_happens_is_an_event(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        reading.field("modality", record["modality"])
        reading.actors("participants", [participant["actor"] for participant in record["participants"]])
        reading.date(record["date"])
        for name, position in entry.get("positions", {}).items():
            held = [p["position"] for p in record["participants"] if p["actor"]["url"] == served.actor(name)["url"]]
            reading.check(held == [position], f"the position of {name} is {held}")
        if entry.get("place"):
            places = [(place["name"], place["country"]) for place in record["locations"]]
            reading.check(entry["place"] in [name for name, _ in places], f"the places are {places}")
            country = entry.get("place_country")
            reading.check(not country or country in [code for _, code in places], f"the places are {places}")
        if "outcome" in entry:
            outcome = record["outcome"]["status"] if record["outcome"] else "unknown"
            reading.check(outcome == entry["outcome"], f"the outcome is {outcome}")
        return reading

    agree(map(read, served.citing(entry, "event")), "event")


@each("goals")
def test_a_goal_has_the_outcome_that_the_text_tells_and_no_other(served: Served, entry: Entry) -> None:
    outcomes = {
        (record["url"], record["outcome"]["status"]) for record in served.citing(entry, "event") if record["outcome"]
    }
    if entry["outcome"] == "unknown":
        assert {status for _, status in outcomes} <= {"unknown"}, outcomes
    else:
        assert {status for _, status in outcomes} == {entry["outcome"]}
        for url, _ in outcomes:
            assert same_words(served.records[url]["outcome"]["text"], [entry["outcome_quote"]])


# Sanctions


@each("sanctions", minor=False)
def test_every_sanction_is_imposed_by_whom_on_whom_and_forbids_what_the_gold_says(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        authority = record["authority"] and record["authority"]["url"]
        choices = [name and served.actor(name)["url"] for name in accepted(entry, "authority")]
        reading.check(authority in choices, f"the authority is {authority}")
        reading.actors("targets", record["targets"])
        reading.date(record["adopted"])
        reading.field("status", record["status"].replace("_", " "))
        goods = [good for measure in record["measures"] for good in measure["goods"]]
        reading.check(sorted(entry.get("goods", [])) == sorted(goods), f"the goods are {goods}")
        if "part_of" in entry:
            [wider] = [other for other in GOLD["sanctions"] if other["name"] == entry["part_of"]]
            part_of = record["part_of"] and served.records[record["part_of"]["url"]]
            reading.check(part_of in served.citing(wider, "sanction"), f"it is part of {part_of and part_of['url']}")
        if "trigger" in entry:
            events = served.citing({**entry, "quote": entry["trigger"]}, "event")
            reading.check(
                bool(record["trigger"]) and record["trigger"]["url"] in {e["url"] for e in events}, "no trigger"
            )
        for name in entry["voted_for"]:
            votes = [
                event["url"]
                for event in served.kind("event")
                if any(
                    p["actor"]["url"] == served.actor(name)["url"] and p["position"] == "voted_for"
                    for p in event["participants"]
                )
                and any(related["record"]["url"] == record["url"] for related in event["related"])
            ]
            reading.check(bool(votes), f"{name} voted for it in no event")
        return reading

    agree(map(read, served.citing(entry, "sanction")), "sanction")


@pytest.mark.parametrize(
    "entry",
    [kept for sanction in GOLD["sanctions"] for kept in sanction["enforcement"] if not kept.get("minor")],
    ids=lambda kept: f"{kept['passage']}: {kept['actor']} {kept['conduct']}",
)
def test_how_a_sanction_is_kept_is_told_where_its_words_are_cited(served: Served, entry: Entry) -> None:
    def read(record: Record, index: int) -> Reading:
        kept = record["enforcement"][index]
        reading = Reading(served, entry, record)
        reading.check(
            kept["actor"]["url"] == served.actor(entry["actor"])["url"], f"it is {kept['actor']['id']} that does"
        )
        reading.field("conduct", kept["conduct"])
        reading.field("modality", kept["modality"])
        reading.field("edtf", edtf_of(kept["date"]))
        start, end = served.place(entry)
        backing = [
            q
            for q in record["evidence"]
            if f"/enforcement/{index}" in q["supports"] and q["start"] < end and start < q["end"]
        ]
        reading.check(bool(backing), "no quote of these words backs it")
        return reading

    sanctions = served.kind("sanction")
    agree((read(record, n) for record in sanctions for n in range(len(record["enforcement"]))), "enforcement")


# What the author makes of it


@each("judgements", minor=False)
def test_every_judgement_is_an_assessment_as_sure_as_it_sounds(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        reading.field("type", record["type"])
        level, hedge = record["likelihood"]["level"], record["likelihood"]["text"]
        plain = ("certain", "unstated")  # the gold's author holds them to be the same where nothing is hedged
        reading.field("level", level, *(plain if entry["level"] in plain else ()))
        hedges = accepted(entry, "hedge")
        reading.check(
            hedge in hedges or (bool(hedge) and same_words(hedge, [h for h in hedges if h])),
            f"the hedge is {hedge!r}, not {hedges}",
        )
        reading.check(record["holder"] is None, "it is held by another than the author")
        for name in ("rests_on", "depends_on"):
            reading.check(not entry.get(name) or bool(record[name]), f"{name} is empty")
        return reading

    agree(map(read, served.citing(entry, "assessment")), "assessment")


@each("relationships", minor=False)
def test_every_tie_is_a_relationship_of_the_two(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        ends = [record["subject"]["url"], record["object"]["url"]]
        meant = [served.actor(entry["subject"])["url"], served.actor(entry["object"])["url"]]
        reading.check(ends == meant or (record["symmetric"] and ends == meant[::-1]), f"it ties {ends}")
        reading.field("status", record["status"])
        return reading

    for place in (entry, *entry.get("also", ())):
        agree(map(read, served.citing({**entry, **place}, "relationship")), "relationship")
