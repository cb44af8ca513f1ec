"""The timeline: entries and buckets, compared with plain Python over all records and with known dates of the seed."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from app.api import timeline
from app.api.timeline import CountByKind
from app.bundle.check import differences
from app.database.transactions import reading
from app.model.kinds import KINDS
from app.model.tables import RECORD
from tests.factories.bundles import loaded, record, rewritten
from tests.factories.queries import QueryFactory
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import DATED, Filters, Record
from tests.oracles.timeline import Dated, date_of, day_of
from tests.paths import COMMENTARY
from tests.services.api import PLURALS, client_of, facet_counts, items, operations, pages
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving, serving_generated

Json = dict[str, Any]
Database = Callable[[str], Engine]

KIND_OF = {"events": "event", "sanctions": "sanction", "statements": "statement"}
FILTERS = ["kind", "modality", "actor", "topic", "document", "date_from", "date_to", "q"]


def bucket(name: str, records: Sequence[Record], sources: Sequence[Record | None]) -> dict[str, Any]:
    """The bucket of a year or month; `sources` have the dates of the records."""
    year, month = int(name[:4]), int(name[5:] or 12)
    start, end = f"{name}-01-01"[:10], f"{year:04}-{month:02}-{monthrange(year, month)[1]}"
    dates = [date for source in sources if source and (date := date_of(source))]
    inside = [date for date in dates if date["earliest"] and date["latest"] and date["latest"] <= end]
    return {
        "start": start,
        "end": end,
        "count": len(records),
        "by_kind": {kind: sum(record["kind"] == kind for record in records) for kind in get_args(timeline.Dated)},
        "vague": len(records) - len(inside),
    }


@slow_examples(thorough=4)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 63), min_size=1, max_size=3))
@example(seed=1, sizes=[63, 35, 14])
def test_the_timeline_says_what_plain_python_says(databases: Databases, seed: int, sizes: list[int]) -> None:
    with serving_generated(databases, seed, sizes) as client:
        records = Dated(client, PLURALS)
        factory = QueryFactory(records, Random(seed), operations(client))
        for _ in range(40):
            compare(client, factory, records)


def compare(client: httpx.Client, factory: QueryFactory, records: Dated) -> None:
    """Compare the entries and buckets of a random query with the oracle."""
    sources = {record["url"]: records.source(record) for plural in DATED for record in records.of[plural]}
    placed = [record for plural in DATED for record in records.of[plural] if sources[record["url"]]]
    filters = factory.filters(FILTERS, placed)
    asked: Filters = filters
    if not any(name == "kind" for name, _ in filters):
        asked = [*filters, *(("kind", kind) for kind in KIND_OF.values())]
    facets = factory.names("timeline", "facets")
    order = factory.random.choice([[], ["date"], ["-date"]])
    latest_first = order == ["-date"]
    names = {"facets": facets, "sort": order}
    question = urlencode([*filters, *((name, ",".join(values)) for name, values in names.items() if values)])
    wanted = [record for record in placed if records.meets(record, asked)]
    wanted.sort(key=lambda record: (record["kind"], record["id"]))
    wanted.sort(key=lambda record: day_of(sources[record["url"]]), reverse=latest_first)
    counts = {name: records.counts(placed, asked, name) for name in facets} if facets else None
    answers = {"": [records.entry(record) for record in wanted]}
    for size, length in (("year", 4), ("month", 7)):
        grouped: dict[str, list[Record]] = {}
        for one in wanted:
            grouped.setdefault(day_of(sources[one["url"]])[:length], []).append(one)
        answers[f"/buckets?bucket={size}"] = [
            bucket(name, group, [sources[record["url"]] for record in group]) for name, group in grouped.items()
        ]
    for place, answer in answers.items():
        path = f"/v1/timeline{place or '?'}&{question}"
        limit = factory.random.randint(max(1, len(answer) // 5), max(1, len(answer)))
        found = list(pages(client, path, limit=limit))
        shown = [item for page in found for item in page["items"]]
        for item in shown:
            item.get("actors", []).sort(key=lambda actor: actor["id"])
        assert shown == answer, path
        for page in found:
            assert page["total"] == {"value": len(answer), "relation": "eq"}, path
            assert facet_counts(page["facets"]) == counts, path


def places(engine: Engine) -> dict[str, tuple[Any, str | None]]:
    """The day of every record in the timeline, and the event whose date it has, after a check of the database."""
    source = RECORD.alias("source")
    query = select(RECORD.c.kind, RECORD.c.slug, RECORD.c.day, source.c.slug)
    with reading(engine) as connection:
        assert list(differences(connection)) == []
        rows = connection.execute(query.outerjoin(source, source.c.id == RECORD.c.date_of_id))
        return {f"{kind}/{slug}": (day, of) for kind, slug, day, of in rows}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_changed_date_moves_the_records_that_have_it(database: Database, tmp_path: Path, seed: int) -> None:
    first = [Tangled("text-0", Random(number), 63) for number in (seed, seed + 10)]  # the same ids, with other dates
    others = [Tangled("text-1", Random(seed), 63, first[:1])]
    others.append(Tangled("text-2", Random(seed), 63, [first[0], *others]))
    old, new = (commentary.write(tmp_path / folder) for commentary, folder in zip(first, ("old", "new"), strict=True))
    rest = [commentary.write(tmp_path) for commentary in others]
    kept, fresh = database("empty"), database("empty")
    loaded(kept, old, *rest)
    before = places(kept)
    loaded(kept, new)
    loaded(fresh, new, *rest)
    after = places(kept)
    assert after == places(fresh)
    moved = {
        name for name, (_, of) in after.items() if of and of.endswith("-of-text-0") and before[name] != after[name]
    }
    assert any(not name.endswith("-of-text-0") for name in moved)


def test_a_vote_and_what_is_said_at_it_have_the_date_of_the_session(database: Database, tmp_path: Path) -> None:
    """`wagons-turned-back` is part of `karsk-crossing`, and becomes a vote on which a statement of its own is made."""
    vote, said = "event/wagons-turned-back", "statement/channel-u-on-wagons"

    def edit(analysis: Json) -> None:
        record(analysis, "events", "wagons-turned-back")["participants"][0]["role"] = "voter"
        record(analysis, "statements", "channel-u-on-wagons")["event"] = "wagons-turned-back"

    def dated(edtf: str) -> Callable[[Json], None]:
        def edit_both(analysis: Json) -> None:
            edit(analysis)
            record(analysis, "events", "karsk-crossing")["date"] = {"text": "early June 2023", "edtf": edtf}

        return edit_both

    def undated(analysis: Json) -> None:
        edit(analysis)
        crossing = record(analysis, "events", "karsk-crossing")
        del crossing["date"]
        crossing["evidence"].pop()

    engine = database("both")
    assert places(engine)[vote] == (None, None)  # a part, but no vote
    assert places(engine)[said] == (date(2023, 6, 1), "karsk-crossing")
    loaded(engine, rewritten(COMMENTARY, tmp_path / "vote", edit))
    assert [places(engine)[name] for name in (vote, said)] == [(date(2023, 6, 1), "karsk-crossing")] * 2
    loaded(engine, rewritten(COMMENTARY, tmp_path / "open", dated("../2023-07")))
    assert [places(engine)[name] for name in (vote, said)] == [(date(2023, 7, 31), "karsk-crossing")] * 2
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        shown = items(client, "/v1/timeline?date_from=2023-07-31&date_to=2023-08&document=harbour-notes-3-2023")
        of = [(item["record"]["id"], item["date"]["edtf"], item["date_of"] and item["date_of"]["id"]) for item in shown]
        assert of == [
            ("karsk-crossing", "../2023-07", None),
            ("wagons-turned-back", "../2023-07", "karsk-crossing"),
            ("channel-u-on-wagons", "../2023-07", "karsk-crossing"),
            ("further-trains", "../2023", None),
        ]
        assert client.get("/v1/statements/channel-u-on-wagons").json()["date"] is None
        assert items(client, "/v1/statements?date_from=2023-07-31&document=harbour-notes-3-2023") == []
    loaded(engine, rewritten(COMMENTARY, tmp_path / "undated", undated))
    assert [places(engine)[name] for name in (vote, said)] == [(None, None)] * 2
    loaded(engine, COMMENTARY)
    assert places(engine) == places(database("both"))


def test_votes_that_are_part_of_each_other_have_no_date(database: Database, tmp_path: Path) -> None:
    def circle(analysis: Json) -> None:
        one = record(analysis, "events", "wagons-turned-back")
        other = record(analysis, "events", "sealing-rule-tightened")
        one["participants"][0]["role"] = other["participants"][0]["role"] = "voter"
        one["related"][0]["record"] = "event/sealing-rule-tightened"
        other["related"].append({"record": "event/wagons-turned-back", "relation": "part_of"})

    engine = database("both")
    loaded(engine, rewritten(COMMENTARY, tmp_path / "circle", circle))
    found = places(engine)
    assert found["event/wagons-turned-back"] == found["event/sealing-rule-tightened"] == (None, None)


@pytest.fixture(params=["seeded_url", "generated_url"])
def client(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over the seed, then over generated records."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


def test_every_dated_record_is_counted_once_however_vague_it_is(client: httpx.Client) -> None:
    for question in ("", "kind=figure&kind=relationship", "date_from=2016-06-01", "topic=economic"):
        entries = items(client, f"/v1/timeline?{question}")
        assert entries
        for size in ("year", "month"):
            buckets = items(client, f"/v1/timeline/buckets?{question}&bucket={size}", limit=3)
            assert sum(bucket["count"] for bucket in buckets) == len(entries)
            assert all(sum(bucket["by_kind"].values()) == bucket["count"] >= bucket["vague"] for bucket in buckets)


def test_records_that_stand_nowhere_are_left_out(client: httpx.Client) -> None:
    records = Dated(client, PLURALS)
    kept = {record["url"]: records.source(record) for plural in KIND_OF for record in records.of[plural]}
    shown = [item["record"]["url"] for item in items(client, "/v1/timeline", limit=200)]
    assert set(shown) == {url for url, source in kept.items() if source}
    assert len(shown) < len(kept)


def test_every_kind_that_can_have_a_date_can_be_asked_for() -> None:
    dated = {kind.name for kind in KINDS.values() if kind.dated_by}
    assert set(get_args(timeline.Dated)) == dated
    assert set(CountByKind.model_fields) == dated


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("date_to=2014-12-31",
         "kim-jong-il-warning galushka-visits-north-korea tenfold-trade-goal tenfold-trade-goal-proclaimed "
         "tenfold-trade-pledge decision-to-expand-cooperation missile-test"),
        ("date_from=2022-04-01",
         "workers-earn-currency-in-russia estimates-of-workers invasion-of-ukraine "
         "north-korea-declares-solidarity rodong-sinmun-on-mutual-support rodong-sinmun-on-solidarity"),
        ("date_from=2022-04-01&kind=event",
         "workers-earn-currency-in-russia invasion-of-ukraine north-korea-declares-solidarity"),
        ("actor=un-security-council", "vote-on-resolution-2371 resolution-2371"),
        ("actor=un-security-council&kind=sanction&kind=figure", "resolution-2371"),
        ("actor=kim-jong-un&actor=kazbek-taysaev&sort=-date",
         "taysaev-asks-for-end-of-sanctions taysaev-asks-for-integration taysaev-on-integration-and-sanctions "
         "kim-visits-vladivostok five-year-plan-goal"),
        ("q=Vladivostok", "kim-visits-vladivostok"),
        # Excludes the goal of 2014; the pledge is a statement that was made.
        ("date_to=2014-12-31&modality=actual&modality=habitual",
         "kim-jong-il-warning galushka-visits-north-korea tenfold-trade-goal-proclaimed tenfold-trade-pledge "
         "decision-to-expand-cooperation missile-test"),
        ("kind=event&modality=planned", "tenfold-trade-goal five-year-plan-goal"),
        ("kind=figure&modality=planned&date_from=2020-01-01", "trade-growth-goal length-of-five-year-plan"),
        ("kind=event&modality=negated", ""),
        ("document=no-such-document", ""),
        ("kind=document", "sceeus-guest-commentary-8-2022"),
        ("date_from=2022-03-22&date_to=2022-04-24&kind=statement", "estimates-of-workers "
         "taysaev-on-integration-and-sanctions words-on-morgulov-meeting"),
    ],
)  # fmt: skip
def test_the_seed_has_known_answers(api: httpx.Client, question: str, expected: str) -> None:
    assert [item["record"]["id"] for item in items(api, f"/v1/timeline?{question}")] == expected.split()


def test_the_years_of_the_seed(api: httpx.Client) -> None:
    years = items(api, "/v1/timeline/buckets?bucket=year")
    assert items(api, "/v1/timeline/buckets") == years
    assert [(year["start"][:4], year["count"], year["vague"]) for year in years] == [
        ("1990", 1, 1),  # the 1990s
        ("2014", 4, 1),  # a goal until 2020
        ("2016", 3, 2),  # a five-year plan, and a decision of 2016 or earlier
        ("2017", 3, 1),  # a missile test of 2017 or earlier
        ("2018", 1, 0),
        ("2019", 1, 0),
        ("2022", 11, 1),  # the invasion, whose end is unknown
    ]
    [month, *_] = items(api, "/v1/timeline/buckets?bucket=month&sort=-date&kind=statement")
    assert month == {
        "start": "2022-04-01",
        "end": "2022-04-30",
        "count": 2,
        "by_kind": {"event": 0, "sanction": 0, "statement": 2, "relationship": 0, "figure": 0, "document": 0},
        "vague": 0,
    }


@pytest.mark.parametrize(
    ("question", "parameter", "said"),
    [
        ("bucket=week", "bucket", "valid are: year, month"),
        ("bucket=years", "bucket", "'year'"),
        ("bucket=year&bucket=month", "bucket", "takes one value"),
        ("kind=events", "kind", "'event'"),
        ("kind=actor", "kind", "is no valid term"),
        ("modality=plannd", "modality", "'planned'"),
        ("topic=econmic", "topic", "'economic'"),
        ("sort=name", "sort", "is not valid here"),
        ("facets=type", "facets", "is not valid here"),
        ("actor=North%20Korea", "actor", "did you mean 'north-korea'?"),
        ("date_from=22", "date_from", "YYYY-MM-DD"),
        ("buckt=year", "buckt", "'bucket'"),
        ("limit=201", "limit", "must be at most 200"),
    ],
)
def test_what_is_asked_wrongly_is_told(api: httpx.Client, question: str, parameter: str, said: str) -> None:
    [error] = problem(api.get(f"/v1/timeline/buckets?{question}"), 422)["errors"]
    assert error["parameter"] == parameter
    assert said in error["detail"]


def test_a_cursor_of_the_entries_is_none_of_the_buckets(api: httpx.Client) -> None:
    cursor = api.get("/v1/timeline?limit=1").json()["next"].split("cursor=")[1]
    assert "start again" in problem(api.get(f"/v1/timeline/buckets?limit=1&cursor={cursor}"), 422)["detail"]
    cursor = api.get("/v1/timeline/buckets?limit=1").json()["next"].split("cursor=")[1]
    months = api.get(f"/v1/timeline/buckets?limit=1&bucket=month&cursor={cursor}")
    assert "start again" in problem(months, 422)["detail"]
