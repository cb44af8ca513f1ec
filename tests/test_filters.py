"""Filters: each alone and combined, over the seed, compared with `filters.yaml`; and their errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML

from tests.services.api import PLURALS, client_of, operations
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

SEEDED, SECOND = "sceeus-guest-commentary-8-2022", "harbour-notes-3-2023"
TABLE: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe").load(Path(__file__).parent / "oracles" / "filters.yaml")
ROWS = [pytest.param(place, name, id=f"{place}-{name}") for place, row in TABLE.items() for name in row]
EVERYTHING, AND = "*", " & "
NO_FILTERS = {"limit", "cursor", "sort", "facets", "evidence", "depth"}
OF_ALL_KINDS = ["search", "timeline", "graph"]
ONCE = {"q", "named", "verbatim", "symmetric", "attributed", "date_from", "date_to", "revision_from"}
"""Filters that take one value."""


@dataclass(frozen=True)
class Sort:
    """The values of some filters."""

    filters: str
    wrong: Mapping[str, str]
    """Invalid values, each with the expected suggestion."""
    nowhere: str | None = None
    """A valid value that no record has."""


TERM = Sort(
    "type sector topic mode quad modality position relation outcome conduct status stance metric unit likelihood kind",
    {},  # invalid values are misspelt terms; the suggestion is the nearest term
)
SORTS = [
    TERM,
    Sort(
        "id document actor with_actor part_of organisation participant initiator recipient host affected voter "
        "authority target binds enforcer keeper trigger speaker medium event party subject object source holder "
        "involves publisher author",
        {"No Such~Id": "must be an id from /v1/", "a" * 81: "must be an id from /v1/", "": "a value is empty"},
        "no-such-id",
    ),
    Sort(
        "related attribution about toward rests_on depends_on contrasts_with restates",
        {"russia": "did you mean 'actor/russia'?", "planet/earth": "must be a kind and an id", "actor/": "as actor/"},
        "actor/no-such-id",
    ),
    Sort("country", {"kp": "did you mean 'KP'?", "PRK": "did you mean 'KP'?", "Narnia": "alpha-2 code, as KP"}, "AQ"),
    Sort("language", {"English": "language tag, as en"}, "tlh"),
    Sort(
        "passage revision_from",
        {"five": "whole number, in digits", "-1": "whole number, in digits", "1.5": "whole number, in digits"},
        "2000000000",
    ),
    Sort("year", {"MMXVII": "whole number, in digits", "-1": "whole number, in digits"}, "1066"),
    Sort(
        "date_from date_to",
        {"March 2022": "YYYY-MM-DD", "2022-3-22": "did you mean '2022-03-22'?", "2022-02-30": "01 to 28 in 2022-02"}
        | {"2022-13": "01 to 12", "2022-00": "01 to 12", "0000": "from 0001", "202": "or YYYY"},
    ),
    Sort("identifier", {"Q423": "scheme:value", "wikidata:": "scheme:value"}, "wikidata:Q0"),
    Sort(
        "named verbatim symmetric attributed", {"yes": "true or false", "1": "true or false", "True": "true or false"}
    ),
    Sort("q", {"": "must not be empty", "a" * 201: "at most 200 characters"}, "Xyzzy"),
    Sort("series", {"": "a value is empty", "a" * 201: "at most 200 characters"}, "Xyzzy"),
]
SORT_OF = {name: sort for sort in SORTS for name in sort.filters.split()}
NOWHERE = [
    (place, name, value)
    for place, row in TABLE.items()
    for name, answers in row.items()
    for value in (SORT_OF[name].nowhere, *(value for value, answer in answers.items() if not answer))
    if value is not None and AND not in value
]
"""Valid values that no record has: unknown ids, and terms and days of the table."""

TWO_DOCUMENTS = {
    "relationships?date_from=2023-06-30": "ostrova-at-channel-u",
    "relationships?date_from=2023-07-01": "",
    "relationships?date_to=2023-06-01": "ostrova-at-channel-u galushka-for-russia counterpart-for-north-korea",
    "figures?source=channel-u": "wagons-turned-back",
    "figures?source=channel-u&source=selene-traders-league": "wagons-turned-back crossings-a-year",
    "figures?metric=wagons_returned": "wagons-turned-back",
    "assessments?holder=selene-traders-league": "league-often-wrong",
    "documents?topic=rail_freight": SECOND,
    "documents?involves=harbour-notes": SECOND,
    "documents?involves=china": f"{SEEDED} {SECOND}",
    "documents?series=Harbour+Notes&series=SCEEUS+Guest+Commentary": f"{SEEDED} {SECOND}",
    # Records introduced or quoted in the document.
    f"sanctions?document={SECOND}": "sealing-rule sanctions-on-north-korea",
    f"relationships?document={SECOND}": "ostrova-at-channel-u russia-north-korea-trade",
    f"relationships?document={SECOND}&document={SEEDED}&type=trade&subject=russia": "russia-north-korea-trade",
    f"actors?document={SECOND}&type=state": "russia north-korea china",
    # A passage number refers to the given document, or to any.
    f"sanctions?document={SECOND}&passage=5": "sealing-rule sanctions-on-north-korea",
    f"sanctions?document={SEEDED}&passage=5": "sanctions-on-north-korea",
    f"sanctions?document={SEEDED}&document={SECOND}&passage=5": "sealing-rule sanctions-on-north-korea",
    "sanctions?passage=3": "un-sanctions-regimes",
    "sanctions?passage=3&passage=5": "un-sanctions-regimes sealing-rule sanctions-on-north-korea",
    f"actors?document={SECOND}&passage=3": "north-korea mira-ostrova",
    f"actors?document={SECOND}&passage=5&topic=sanctions": "russia",
    # Records that the second load created or changed.
    "sanctions?revision_from=2": "sealing-rule sanctions-on-north-korea",
    "relationships?revision_from=2": "ostrova-at-channel-u russia-north-korea-trade",
    "actors?revision_from=2&type=state": "russia north-korea china",
    "actors?revision_from=3": "",
    # `q` searches the quotes and aliases of every document.
    "sanctions?q=flour": "sealing-rule sanctions-on-north-korea",
    "actors?q=Beijing": "china",
}


@pytest.fixture(scope="module")
def client(seeded_url: str) -> Iterator[httpx.Client]:
    """A client of the service over the seed."""
    with client_of(seeded_url) as client:
        yield client


@pytest.fixture(scope="module")
def both(databases: Databases) -> Iterator[httpx.Client]:
    """A client over the seed and a second commentary, which was loaded later."""
    with serving(databases.shared("both")) as url, client_of(url) as client:
        yield client


def ask(client: httpx.Client, place: str, name: str, *values: str, beside: str = "") -> httpx.Response:
    """The response to some values of a filter, with other parameters."""
    asked = httpx.QueryParams(beside).set("limit", "200")
    if name == "passage":
        asked = asked.set("document", SEEDED)
    if place == "search" and name != "q":
        asked = asked.set("q", "missile")
    for value in values:
        asked = asked.add(name, value)
    return client.get(f"/v1/{place}", params=asked)


def ids(answer: httpx.Response) -> set[str]:
    """The ids in a complete response: of records, as `kind/id` if kinds are mixed, or of edges."""
    assert answer.status_code == 200, (str(answer.url), answer.text)
    page = answer.json()
    if "edges" in page:
        assert not page["truncated"]
        return {edge["id"] for edge in page["edges"]}
    assert page["next"] is None
    refs = [(item.get("record"), item) for item in page["items"]]
    found = [f"{record['kind']}/{record['id']}" if record else item["id"] for record, item in refs]
    assert len(set(found)) == len(found) == page["total"]["value"]
    return set(found)


def wanted(client: httpx.Client, place: str, answer: str) -> set[str]:
    """The ids of a cell of the table."""
    if answer != EVERYTHING:
        return set(answer.split())
    everything = ids(client.get(f"/v1/{place}", params={"limit": 200}))
    assert everything
    return everything


@pytest.mark.parametrize("place", [*PLURALS, *OF_ALL_KINDS])
def test_every_filter_of_the_contract_has_its_row(client: httpx.Client, place: str) -> None:
    parameters = {parameter["name"] for parameter in operations(client)[f"/v1/{place}"]["parameters"]}
    assert set(TABLE[place]) == parameters - NO_FILTERS
    for name, answers in TABLE[place].items():
        assert any(AND in question for question in answers), f"{place}: {name} stands beside no other filter"


@pytest.mark.parametrize(("place", "name"), ROWS)
def test_each_value_finds_the_records_that_have_it(client: httpx.Client, place: str, name: str) -> None:
    for question, answer in TABLE[place][name].items():
        value, _, beside = question.partition(AND)
        assert ids(ask(client, place, name, value, beside=beside)) == wanted(client, place, answer), question


@pytest.mark.parametrize(("place", "name"), [row for row in ROWS if row.id != "graph-modality"])  # it is long
def test_a_repeated_filter_means_either(client: httpx.Client, place: str, name: str) -> None:
    answers = {value: answer for value, answer in TABLE[place][name].items() if AND not in value}
    if name == "with_actor":  # the one filter whose values must all be there
        found = ids(ask(client, place, name, *answers))
        assert found == set.intersection(*(wanted(client, place, answer) for answer in answers.values()))
        assert ids(ask(client, place, name, *answers, "no-such-id")) == set()
        return
    if name in ONCE:
        content = problem(ask(client, place, name, *answers, *answers), 422)
        assert content["errors"] == [{"parameter": name, "detail": "takes one value, and was given more; give it once"}]
        return
    nowhere = SORT_OF[name].nowhere
    found = ids(ask(client, place, name, *answers, *([nowhere] if nowhere else [])))
    assert found == set().union(*(wanted(client, place, answer) for answer in answers.values()))


@pytest.mark.parametrize(("place", "name"), ROWS)
def test_a_value_that_cannot_be_is_refused_with_what_would_be_right(
    client: httpx.Client, place: str, name: str
) -> None:
    wrong = SORT_OF[name].wrong
    if SORT_OF[name] is TERM:
        terms = {question.partition(AND)[0] for question in TABLE[place][name]}
        wrong = {term + term[-1]: f"; did you mean '{term}'?" for term in terms} | {"qqqqqqqqq": "'qqqqqqqqq' is no"}
    for value, right in wrong.items():
        content = problem(ask(client, place, name, value), 422)
        [error] = content["errors"]
        assert error["parameter"] == name
        assert right in error["detail"]
        assert content["detail"] == f"{name}: {error['detail']}"


@pytest.mark.parametrize(("place", "name", "nowhere"), NOWHERE)
def test_a_value_that_can_be_and_that_nothing_has_is_an_empty_page(
    client: httpx.Client, place: str, name: str, nowhere: str
) -> None:
    answer = ask(client, place, name, nowhere)
    assert ids(answer) == set()
    assert answer.json().get("total", {"value": 0, "relation": "eq"}) == {"value": 0, "relation": "eq"}


@pytest.mark.parametrize(("asked", "answer"), TWO_DOCUMENTS.items())
def test_filters_tell_documents_apart(both: httpx.Client, asked: str, answer: str) -> None:
    assert ids(both.get(f"/v1/{asked}")) == set(answer.split())


@pytest.mark.parametrize(
    ("event", "earliest", "latest"),
    [
        ("kim-visits-vladivostok", "2019-03-01", "2019-05-31"),
        ("morgulov-meets-ambassador", "2022-03-22", "2022-03-22"),
        ("five-year-plan-goal", "2016-01-01", "2020-12-31"),
    ],
)
def test_dates_overlap_from_their_first_day_to_their_last(
    client: httpx.Client, event: str, earliest: str, latest: str
) -> None:
    def found(**dates: str) -> bool:
        return event in ids(client.get("/v1/events", params={"id": event, **dates}))

    before = str(date.fromisoformat(earliest) - timedelta(days=1))
    after = str(date.fromisoformat(latest) + timedelta(days=1))
    assert found(date_from=latest)
    assert not found(date_from=after)
    assert found(date_to=earliest)
    assert not found(date_to=before)
    assert found(date_from=earliest, date_to=earliest)
    assert found(date_from=latest, date_to=latest)
    assert found(date_from=before, date_to=after)
    assert not found(date_from=after, date_to="9999-12-31")
    assert not found(date_from="0001-01-01", date_to=before)


@pytest.mark.parametrize(
    ("short", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019-03", "2019-03-01", "2019-03-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2022-04", "2022-04-01", "2022-04-30"),
    ],
)
def test_a_month_or_year_is_its_first_day_or_its_last(client: httpx.Client, short: str, first: str, last: str) -> None:
    for place in ("events", "statements", "timeline", "graph"):
        for asked, meant in (
            ({"date_from": short}, {"date_from": first}),
            ({"date_to": short}, {"date_to": last}),
            ({"date_from": short, "date_to": short}, {"date_from": first, "date_to": last}),
        ):
            assert ids(client.get(f"/v1/{place}", params=asked)) == ids(client.get(f"/v1/{place}", params=meant))


def test_open_ends_go_on_for_ever_and_unresolved_dates_are_left_out(client: httpx.Client) -> None:
    def found(event: str, **dates: str) -> bool:
        return event in ids(client.get("/v1/events", params={"id": event, **dates}))

    assert found("invasion-of-ukraine", date_from="9999-12-31")  # from February 2022 on
    assert not found("invasion-of-ukraine", date_to="2022-01-31")
    assert found("missile-test", date_to="0001-01-01")  # until 2017
    assert not found("missile-test", date_from="2018-01-01")
    for unresolved in ("refusal-to-overhaul-economy", "resolutions-watered-down"):
        assert found(unresolved)
        assert not found(unresolved, date_from="0001-01-01")
        assert not found(unresolved, date_to="9999-12-31")


@pytest.mark.parametrize("place", ["events", "sanctions", "statements", "figures", "documents", "search"])
def test_a_reversed_span_is_an_empty_page_even_of_what_covers_it(client: httpx.Client, place: str) -> None:
    words = {"q": "Korea"} if place == "search" else {}
    for start, end in (("2022-12-31", "2022-01-01"), ("2017-02-01", "2017-01-31"), ("9999-12-31", "0001-01-01")):
        assert ids(client.get(f"/v1/{place}", params={**words, "date_from": start, "date_to": end})) == set()
