"""The timeline: entries and buckets, compared with plain Python over all records and with known dates of the seed."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from itertools import groupby
from random import Random
from typing import Any, get_args
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.api import timeline
from app.api.timeline import CountByKind
from app.model.kinds import KINDS
from tests.factories.queries import QueryFactory
from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import DATED, Filters, Record, Records
from tests.services.api import PLURALS, client_of, facet_counts, items, operations, pages
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving_generated

KIND_OF = {"events": "event", "sanctions": "sanction", "statements": "statement"}
FILTERS = ["kind", "modality", "actor", "topic", "document", "date_from", "date_to", "q"]
SORT_OF_KIND = {"sanction": "status", "figure": "metric", "document": "kind"}
"""The field with the type of a record, for kinds without a field `type`."""


class Dated(Records):
    """Every record, with the timeline's rule that `modality` does not filter records without a modality."""

    def values(self, record: Record, name: str) -> set[str]:
        if name == "modality":
            return {record["modality"]} if "modality" in record else set()
        return super().values(record, name)

    def _meets(self, record: Record, name: str, values: list[str], asked: dict[str, list[str]]) -> bool:
        return (name == "modality" and "modality" not in record) or super()._meets(record, name, values, asked)


def date_of(record: Record) -> dict[str, Any] | None:
    """The date of a record; None if it has none that can be resolved."""
    date: dict[str, Any] | None = record.get(next(DATED[p] for p in DATED if record["url"].startswith(f"/v1/{p}/")))
    return date if date and (date["earliest"] or date["latest"]) else None


def day_of(record: Record) -> str:
    """The day that orders a record."""
    date = date_of(record)
    assert date is not None
    return str(date["earliest"] or date["latest"])


def entry(record: Record) -> dict[str, Any]:
    """The entry of a record."""
    return {
        "record": {name: record[name] for name in ("kind", "id", "name", "url")},
        "type": record[SORT_OF_KIND.get(record["kind"], "type")],
        "date": date_of(record),
        "actors": record["actors"],
    }


def bucket(name: str, records: Sequence[Record]) -> dict[str, Any]:
    """The bucket of a year or month."""
    year, month = int(name[:4]), int(name[5:] or 12)
    start, end = f"{name}-01-01"[:10], f"{year:04}-{month:02}-{monthrange(year, month)[1]}"
    dates = [date_of(record) or {} for record in records]
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
        factory = QueryFactory(Dated(client, PLURALS), Random(seed), operations(client))
        for _ in range(40):
            compare(client, factory)


def compare(client: httpx.Client, factory: QueryFactory) -> None:
    """Compare the entries and buckets of a random query with the oracle."""
    records = factory.records
    placed = [record for plural in DATED for record in records.of[plural] if date_of(record)]
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
    wanted.sort(key=day_of, reverse=latest_first)
    counts = {name: records.counts(placed, asked, name) for name in facets} if facets else None
    answers = {"": [entry(record) for record in wanted]}
    for size, length in (("year", 4), ("month", 7)):
        groups = groupby(wanted, key=lambda record, length=length: day_of(record)[:length])  # type: ignore[misc]
        answers[size] = [bucket(name, list(group)) for name, group in groups]
    for size, answer in answers.items():
        path = f"/v1/timeline?{question}{f'&bucket={size}' if size else ''}"
        limit = factory.random.randint(max(1, len(answer) // 5), max(1, len(answer)))
        found = list(pages(client, path, limit=limit))
        shown = [item for page in found for item in page["items"]]
        for item in shown:
            item.get("actors", []).sort(key=lambda actor: actor["id"])
        assert shown == answer, path
        for page in found:
            assert page["total"] == {"value": len(answer), "relation": "eq"}, path
            assert facet_counts(page["facets"]) == counts, path


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
            buckets = items(client, f"/v1/timeline?{question}&bucket={size}", limit=3)
            assert sum(bucket["count"] for bucket in buckets) == len(entries)
            assert all(sum(bucket["by_kind"].values()) == bucket["count"] >= bucket["vague"] for bucket in buckets)


def test_records_that_stand_nowhere_are_left_out(client: httpx.Client) -> None:
    kept = {
        record["url"]: date_of(record) for plural in KIND_OF for record in items(client, f"/v1/{plural}", limit=200)
    }
    shown = [item["record"]["url"] for item in items(client, "/v1/timeline", limit=200)]
    assert set(shown) == {url for url, date in kept.items() if date}
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
    ],
)  # fmt: skip
def test_the_seed_has_known_answers(api: httpx.Client, question: str, expected: str) -> None:
    assert [item["record"]["id"] for item in items(api, f"/v1/timeline?{question}")] == expected.split()


def test_the_years_of_the_seed(api: httpx.Client) -> None:
    years = items(api, "/v1/timeline?bucket=year")
    assert [(year["start"][:4], year["count"], year["vague"]) for year in years] == [
        ("1990", 1, 1),  # the 1990s
        ("2014", 4, 1),  # a goal until 2020
        ("2016", 3, 2),  # a five-year plan, and a decision of 2016 or earlier
        ("2017", 3, 1),  # a missile test of 2017 or earlier
        ("2018", 1, 0),
        ("2019", 1, 0),
        ("2022", 10, 1),  # the invasion, whose end is unknown
    ]
    [month, *_] = items(api, "/v1/timeline?bucket=month&sort=-date&kind=statement")
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
        ("actor=North%20Korea", "actor", "match pattern"),
        ("date_from=22", "date_from", "YYYY-MM-DD"),
        ("buckt=year", "buckt", "'bucket'"),
        ("limit=201", "limit", "less than or equal to 200"),
    ],
)
def test_what_is_asked_wrongly_is_told(api: httpx.Client, question: str, parameter: str, said: str) -> None:
    [error] = problem(api.get(f"/v1/timeline?{question}"), 422)["errors"]
    assert error["parameter"] == parameter
    assert said in error["detail"]


def test_a_cursor_of_the_entries_is_none_of_the_buckets(api: httpx.Client) -> None:
    cursor = api.get("/v1/timeline?limit=1").json()["next"].split("cursor=")[1]
    assert "start again" in problem(api.get(f"/v1/timeline?limit=1&bucket=year&cursor={cursor}"), 422)["detail"]
