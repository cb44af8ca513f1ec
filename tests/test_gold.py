"""The analysis of the seed, compared with `gold.yaml`, an independent reading of the same text.

Each entry needs a record that cites its quote and agrees with its fields. A `minor` entry may be part of another
record, so any record may cite it. The `_accept` fields of an entry hold the values that are also defensible.
"""

from collections.abc import Iterator

import pytest

from tests.oracles.gold import (
    GOLD,
    Entry,
    Reading,
    Record,
    Served,
    accepted,
    agree,
    dates,
    each,
    edtf_of,
    refs,
    same_words,
    unlike,
)
from tests.services.api import client_of


@pytest.fixture(scope="module")
def served(seeded_url: str) -> Iterator[Served]:
    with client_of(seeded_url) as client:
        yield Served(client)


@each(*(part for part in GOLD if part not in ("identities", "traps")))
def test_every_quote_of_the_gold_is_cited_by_some_record(served: Served, entry: Entry) -> None:
    assert served.citing(entry), "no record cites it"


# Actors


@each("persons", "bodies", "outlets", "states", "unnamed")
def test_everybody_whom_the_gold_names_is_an_actor_and_is_what_it_says(served: Served, entry: Entry) -> None:
    actor = served.actor_of[entry["name"]]
    if actor is None:
        assert entry.get("minor"), "there is no such actor"
        return
    assert unlike(entry, actor) == [], actor["url"]
    for place in (entry, *(() if entry.get("minor") else entry.get("also", ()))):
        cited = actor in served.citing(place, "actor", share=0.01)
        mentioned = actor["id"] in served.mentioned(served.place(place))
        assert cited or mentioned, f"{actor['url']} is not at {place['quote']!r}"


@each("identities")
def test_words_that_stand_for_somebody_stand_for_whom_the_gold_says(served: Served, entry: Entry) -> None:
    span = served.place(entry)
    names = entry["actor"] if isinstance(entry["actor"], list) else [entry["actor"]] if entry["actor"] else []
    meant = {served.url(name) for name in names}
    mentioned = {f"/v1/actors/{actor}" for actor in served.mentioned(span)}
    if not meant:  # the quote names nobody; names beside it belong to their own actors
        for start, end, actor in served.mentions:
            if start < span[1] and span[0] < end:
                fields = served.record("actors", actor)
                assert served.text[start:end] in (fields["name"], *fields["aliases"])
    elif mentioned:
        assert meant <= mentioned
    else:  # a pronoun is no mention, so look at the records that cite it
        assert meant <= {ref["url"] for record in served.citing(entry) for ref in (*refs(record), record)}


# Statements


@each("quotations", kind="statement")
def test_every_quotation_is_a_statement_with_its_words_as_printed(served: Served, entry: Entry) -> None:
    statements = [record for record in served.citing(entry, "statement") if record["text"] == entry["text"]]
    agree((statement(served, entry, record) for record in statements), "statement with just these words")


@each("quotations", kind="term")
def test_a_term_in_quotation_marks_is_no_statement_but_is_cited(served: Served, entry: Entry) -> None:
    assert [record["url"] for record in served.kind("statement") if record["text"] == entry["text"]] == []
    assert served.citing(entry), "no record cites it"


@each("statements", minor=False)
def test_what_is_reported_is_a_statement_of_its_speakers(served: Served, entry: Entry) -> None:
    agree((statement(served, entry, record) for record in served.citing(entry, "statement")), "statement")


def statement(served: Served, entry: Entry, record: Record) -> Reading:
    reading = Reading(served, entry, record)
    reading.field("type", record["type"])
    speakers = {speaker["actor"]["url"] for speaker in record["speakers"]}
    choices = [[name] if name else [] for name in accepted(entry, "speaker")]
    meant = [
        {served.url(name) for name in names} for names in ([entry["speakers"]] if "speakers" in entry else choices)
    ]
    reading.check(speakers in meant, f"the speakers are {sorted(speakers)}")
    reading.date(record["date"])
    reading.actor("medium", record["medium"])
    reading.actors("about", [*record["about"], *(stance["toward"] for stance in record["stances"])], through=True)
    for stance in entry.get("stances", ()):
        held = [
            found["value"]
            for found in record["stances"]
            for ref in (found["toward"], *refs(served.records[found["toward"]["url"]]))
            if ref["url"] == served.url(stance["toward"])
        ]
        reading.check(stance["value"] in held, f"toward {stance['toward']} it is {held}")
    return reading


# Figures and dates


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
    first, *others = [text for text in accepted(entry, "text") if text]
    records = [*served.citing(entry, share=0.1), *([served.document] if entry["passage"] == 1 else [])]
    found = [
        (record["url"], date)
        for record in records
        for date in dates(record)
        if date["text"] in [first, *others] or date["text"] in first or first in date["text"]
    ]
    assert found or entry["edtf"] is None, "no record that cites it has such a date"
    for url, date in found:
        for name in ("edtf", "earliest", "latest", "approximate"):
            assert date[name] in accepted(entry, name), f"{url}: {name} of {date['text']!r} is {date[name]!r}"


# Events


@each("events", minor=False)
def test_everything_that_happens_is_an_event(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        if record["kind"] != "event":
            reading.actors("participants", refs(record))
            return reading
        reading.field("modality", record["modality"])
        reading.actors("participants", [participant["actor"] for participant in record["participants"]])
        reading.date(record["date"])
        for name, position in entry.get("positions", {}).items():
            held = [p["position"] for p in record["participants"] if p["actor"]["url"] == served.url(name)]
            reading.check(held == [position], f"the position of {name} is {held}")
        places = [(place["name"], place["country"]) for place in record["locations"]]
        if entry.get("place"):
            reading.check((entry["place"], entry.get("place_country")) in places or (
                "place_country" not in entry and entry["place"] in [name for name, _ in places]
            ), f"the places are {places}")  # fmt: skip
        reading.field("outcome", record["outcome"]["status"] if record["outcome"] else "unknown")
        return reading

    agree(map(read, [*served.citing(entry, "event"), *served.said_otherwise(entry)]), "event")


@each("goals")
def test_a_goal_has_the_outcome_that_the_text_tells_and_no_other(served: Served, entry: Entry) -> None:
    outcomes = [record["outcome"] for record in served.citing(entry, "event") if record["outcome"]]
    told = {outcome["status"] for outcome in outcomes}
    if entry["outcome"] == "unknown":
        assert told <= {"unknown"}
    else:
        assert told == {entry["outcome"]}
        assert all(same_words(outcome["text"], [entry["outcome_quote"]]) for outcome in outcomes)


# Sanctions


@each("sanctions", minor=False)
def test_every_sanction_is_imposed_by_whom_on_whom_and_forbids_what_the_gold_says(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        reading.actor("authority", record["authority"])
        reading.actors("targets", record["targets"])
        reading.date(record["adopted"])
        reading.field("status", record["status"].replace("_", " "))
        goods = sorted(good for measure in record["measures"] for good in measure["goods"])
        reading.check(goods == sorted(entry.get("goods", [])), f"the goods are {goods}")
        if "part_of" in entry:
            [wider] = [other for other in GOLD["sanctions"] if other["name"] == entry["part_of"]]
            part_of = record["part_of"] and record["part_of"]["url"]
            reading.check(part_of in [found["url"] for found in served.citing(wider, "sanction")], f"part of {part_of}")
        reading.check(record["trigger"] is None, f"its trigger is {record['trigger']}, and the text gives none")
        votes = {
            participant["actor"]["url"]
            for event in served.kind("event")
            if record["url"] in [related["record"]["url"] for related in event["related"]]
            for participant in event["participants"]
            if participant["position"] == "voted_for"
        }
        reading.check(votes == {served.url(name) for name in entry["voted_for"]}, f"the votes for it are {votes}")
        return reading

    agree(map(read, served.citing(entry, "sanction")), "sanction")


@pytest.mark.parametrize(
    "entry",
    [kept for sanction in GOLD["sanctions"] for kept in sanction["enforcement"] if not kept.get("minor")],
    ids=lambda kept: f"{kept['passage']}: {kept['actor']} {kept['conduct']}",
)
def test_how_a_sanction_is_kept_is_told_where_its_words_are_cited(served: Served, entry: Entry) -> None:
    start, end = served.place(entry)

    def read(record: Record, index: int) -> Reading:
        kept = record["enforcement"][index]
        reading = Reading(served, entry, record)
        reading.actor("actor", kept["actor"])
        reading.field("conduct", kept["conduct"])
        reading.field("modality", kept["modality"])
        reading.field("edtf", edtf_of(kept["date"]))
        backing = [
            quote
            for quote in record["evidence"]
            if f"/enforcement/{index}" in quote["supports"] and quote["start"] < end and start < quote["end"]
        ]
        reading.check(backing, "no quote of these words backs it")
        return reading

    sanctions = served.kind("sanction")
    agree((read(record, n) for record in sanctions for n in range(len(record["enforcement"]))), "enforcement")


# Assessments


@each("judgements", minor=False)
def test_every_judgement_is_an_assessment_as_sure_as_it_sounds(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        if record["kind"] != "assessment":
            return reading
        reading.field("type", record["type"])
        plain = ("certain", "unstated")  # equivalent in gold.yaml for an assertion without a hedge
        reading.field("level", record["likelihood"]["level"], *(plain if entry["level"] in plain else ()))
        hedge, hedges = record["likelihood"]["text"], accepted(entry, "hedge")
        said = hedge in hedges or (hedge and same_words(hedge, filter(None, hedges)))
        reading.check(said, f"the hedge is {hedge!r}, not {hedges}")
        reading.check(record["holder"] is None, "it is held by another than the author")
        for name in ("rests_on", "depends_on"):
            reading.check(record[name] or not entry.get(name), f"{name} is empty")
        return reading

    agree(map(read, [*served.citing(entry, "assessment"), *served.said_otherwise(entry)]), "assessment")


TIES = {
    "patronage": {"patronage", "subsidy"},
    "trade": {"trade"},
    "trading partner": {"trade"},
    "investor": {"investment"},
    "political ally": {"alliance"},
    "alliance, a label the author finds somewhat simplistic": {"alliance"},
    "dependence": {"dependence"},
    "common sphere": {"partnership"},
    "cooperation and mutual support": {"partnership"},
    "labour": {"labour_supply"},
    "membership": {"membership"},
    "ownership or control": {"ownership"},
}
"""The relationship types for each word of gold.yaml."""


@each("relationships", minor=False)
def test_every_tie_is_a_relationship_of_the_two(served: Served, entry: Entry) -> None:
    def read(record: Record) -> Reading:
        reading = Reading(served, entry, record)
        if record["kind"] != "relationship":
            return reading
        ends = [record["subject"]["url"], record["object"]["url"]]
        meant = [[served.url(subject), served.url(entry["object"])] for subject in accepted(entry, "subject")]
        reading.check(ends in meant or (record["symmetric"] and ends[::-1] in meant), f"it ties {ends}")
        reading.field("status", record["status"])
        reading.check(record["type"] in TIES[entry["what"].split(" (")[0]], f"the type is {record['type']}")
        return reading

    for place in (entry, *entry.get("also", ())):
        cited = [*served.citing(place, "relationship", share=0.25), *served.said_otherwise({**entry, **place})]
        agree(map(read, cited), "relationship")
