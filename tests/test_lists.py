"""Lists: every sort order yields each record exactly once across its pages."""

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from app.model.folding import fold
from app.query.sql_bytes import without_quotes
from tests.services.api import PLURALS, client_of, example_path, items, operations, pages, sort_keys
from tests.services.databases import Databases


def lists(client: httpx.Client) -> dict[str, str]:
    """Every list of the OpenAPI document: its path there, and an example path."""
    return {
        path: example_path(path, operation)
        for path, operation in operations(client).items()
        if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ()))
    }


def comparable(value: Any) -> Any:
    """A sort key that orders as the API does, with nulls last."""
    return (value is None, value if value is not None else "")


@pytest.fixture(params=["seeded_url", "generated_url"])
def api(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over the seed, then over generated records."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


def test_every_list_under_every_order_gives_each_item_once(api: httpx.Client) -> None:
    for pattern, path in lists(api).items():
        everything = sorted(map(str, items(api, path, limit=200)))
        assert len(everything) == api.get(path).json()["total"]["value"]
        for key in sort_keys(api, pattern):
            found = list(pages(api, path, limit=max(1, len(everything) // 3), sort=key))
            walked = [item for page in found for item in page["items"]]
            assert sorted(map(str, walked)) == everything, (path, key)
            assert len(found) > 1 or len(everything) <= 1


@pytest.mark.parametrize("plural", PLURALS)
def test_names_ids_and_counts_are_in_order_both_ways(api: httpx.Client, plural: str) -> None:
    for key in ("id", "evidence_count", "revision"):
        ascending = [record[key] for record in items(api, f"/v1/{plural}", sort=key, limit=20)]
        assert ascending == sorted(ascending)
        descending = [record[key] for record in items(api, f"/v1/{plural}", sort=f"-{key}", limit=20)]
        assert descending == sorted(ascending, reverse=True)
    names = [fold(record["name"]) for record in items(api, f"/v1/{plural}", sort="name", limit=20)]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("plural", "field"),
    [
        ("events", "date"),
        ("sanctions", "adopted"),
        ("statements", "date"),
        ("relationships", "period"),
        ("figures", "as_of"),
    ],
)
def test_undated_records_come_last_in_both_directions(api: httpx.Client, plural: str, field: str) -> None:
    def dates(sort: str) -> list[str | None]:
        found = [record[field] for record in items(api, f"/v1/{plural}", sort=sort, limit=4)]
        return [date and date["earliest"] for date in found]

    oldest, newest = dates("date"), dates("-date")
    dated = [date for date in oldest if date is not None]
    assert oldest == sorted(oldest, key=comparable)
    assert newest == sorted(dated, reverse=True) + [None] * (len(oldest) - len(dated))


@pytest.mark.parametrize("plural", PLURALS)
def test_the_position_is_the_order_of_the_text(api: httpx.Client, plural: str) -> None:
    def places(sort: str) -> list[tuple[str, int, str]]:
        """The document, first quote and id of each record, until the first record without quotes."""
        records = items(api, f"/v1/{plural}", sort=sort, limit=7)
        quoted = [record for record in records if record["evidence"]]
        assert records[: len(quoted)] == quoted
        return [((r["document"] or r)["id"], r["evidence"][0]["start"], r["id"]) for r in quoted]

    ascending = places("position")
    assert ascending == sorted(ascending)
    descending = sorted(ascending, key=lambda place: place[:2], reverse=True)  # ids break ties in one direction
    assert places("-position") == descending


def test_ids_break_ties(api: httpx.Client) -> None:
    found = [
        (record["evidence_count"], record["id"]) for record in items(api, "/v1/events", sort="-evidence_count", limit=6)
    ]
    assert found == sorted(found, key=lambda pair: (-pair[0], pair[1]))


def test_several_keys_sort_one_after_the_other(api: httpx.Client) -> None:
    found = [
        (record["evidence_count"], fold(record["name"]))
        for record in items(api, "/v1/actors", sort="evidence_count,-name", limit=5)
    ]
    expected = sorted(sorted(found, key=lambda pair: pair[1], reverse=True), key=lambda pair: pair[0])
    assert found == expected


@pytest.mark.parametrize("plural", PLURALS)
def test_ids_fetch_a_set(api: httpx.Client, plural: str) -> None:
    some = [record["id"] for record in items(api, f"/v1/{plural}")][:3]
    fetched = api.get(f"/v1/{plural}", params={"id": [*some, "no-such-id"]}).json()
    assert sorted(record["id"] for record in fetched["items"]) == sorted(some)


@pytest.mark.parametrize("plural", PLURALS)
def test_the_quotes_of_records_can_be_left_out_in_lists_and_alone(api: httpx.Client, plural: str) -> None:
    for record in items(api, f"/v1/{plural}", limit=200):
        bare = record | {"evidence": []}
        assert api.get(record["url"], params={"evidence": "none"}).json() == bare
        assert api.get(record["url"], params={"evidence": "own"}).json() == record
        [listed] = api.get(f"/v1/{plural}", params={"id": record["id"], "evidence": "none"}).json()["items"]
        assert listed == bare


def test_what_quotes_contain_does_not_matter_when_they_are_left_out() -> None:
    texts = [',"evidence":[', '],"evidence_count":', "\\", '\\"', '"', "],"]
    record = {"name": "".join(texts), "roles": texts, "evidence": [], "evidence_count": 7, "updated_at": "".join(texts)}
    for evidence in ([{"exact": text} for text in texts], []):
        assert without_quotes(orjson.dumps(record | {"evidence": evidence})) == orjson.dumps(record)


def test_leaving_out_quotes_does_not_change_what_a_cursor_means(api: httpx.Client) -> None:
    following = api.get("/v1/events", params={"limit": 3, "evidence": "none"}).json()["next"]
    page = api.get(following).json()
    assert all(item["evidence"] == [] for item in page["items"])
    whole = api.get(following.replace("evidence=none", "evidence=own")).json()
    assert [item | {"evidence": []} for item in whole["items"]] == page["items"]


def test_a_reversed_span_of_dates_is_an_empty_page(api: httpx.Client) -> None:
    page = api.get("/v1/events", params={"date_from": "2022-01-01", "date_to": "2010-01-01"}).json()
    assert page["items"] == [] or all(
        item["date"]["earliest"] is None or item["date"]["latest"] is None for item in page["items"]
    )
