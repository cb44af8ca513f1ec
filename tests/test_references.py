"""References: every record that refers to a record, compared with plain Python over the JSON of all records."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import Record
from tests.services.api import PLURALS, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving_generated


def pointers(part: Any, url: str, pointer: str = "") -> Iterator[str]:
    """The JSON Pointers in a record to Refs of another, without those of derived fields."""
    if isinstance(part, dict):
        if pointer and part.get("url") == url:
            yield pointer
        for name, inner in part.items():
            if pointer or name not in ("actors", "document"):
                yield from pointers(inner, url, f"{pointer}/{name}")
    elif isinstance(part, list):
        for at, inner in enumerate(part):
            yield from pointers(inner, url, f"{pointer}/{at}")


def expected(records: list[Record], url: str, *kinds: str) -> list[dict[str, Any]]:
    """The references to a record, by kind, id and pointer."""
    found = [
        {"record": {name: record[name] for name in ("kind", "id", "name", "url")}, "pointer": pointer}
        for record in records
        if not kinds or record["kind"] in kinds
        for pointer in pointers(record, url)
    ]
    return sorted(found, key=lambda item: (item["record"]["kind"], item["record"]["id"], item["pointer"]))


def compare(client: httpx.Client, limit: int) -> None:
    """Compare the references to each record with the oracle, and to some with a filter."""
    records = [record for plural in PLURALS for record in items(client, f"/v1/{plural}", limit=200)]
    for number, record in enumerate(records):
        path = f"{record['url']}/references"
        wanted = expected(records, record["url"])
        assert items(client, path, limit=limit) == wanted, path
        if number % 5 == 0:
            kinds = ["event", "assessment"]
            page = client.get(path, params={"kind": kinds, "limit": 1}).json()
            wanted = expected(records, record["url"], *kinds)
            assert page["items"] == wanted[:1]
            assert page["total"] == {"value": len(wanted), "relation": "eq"}


@slow_examples(thorough=4)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 42), min_size=1, max_size=2))
@example(seed=3, sizes=[42, 35])
def test_references_are_those_of_plain_python(databases: Databases, seed: int, sizes: list[int]) -> None:
    with serving_generated(databases, seed, sizes) as client:
        compare(client, limit=3)


def test_an_actor_is_referred_to_from_offices_parts_and_lists(api: httpx.Client) -> None:
    found = {(f"{item['record']['kind']}/{item['record']['id']}", item["pointer"])
             for item in items(api, "/v1/actors/north-korea/references", limit=200)}  # fmt: skip
    assert ("actor/rodong-sinmun", "/part_of") in found
    assert any(pointer.startswith("/participants/") and pointer.endswith("/actor") for _, pointer in found)
    assert not any(pointer.startswith(("/actors", "/document")) for _, pointer in found)
    office = items(api, "/v1/actors/state-duma/references", kind="actor")
    assert [(item["record"]["id"], item["pointer"]) for item in office] == [("kazbek-taysaev", "/roles/0/organisation")]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/actors/north-kora/references", 404, "did you mean 'north-korea'?"),
        ("/v1/actors/china/references?kind=events", 422, "'event'"),
        ("/v1/actors/china/references?sort=kind", 422, "sort"),
    ],
)
def test_what_is_asked_wrongly_is_told(api: httpx.Client, path: str, status: int, said: str) -> None:
    assert said in problem(api.get(path), status)["detail"]
