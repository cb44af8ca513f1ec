"""Slips in requests: each gets a message that leads to the right request, or a warning of an id that no record has."""

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from app.model.kinds import KINDS
from app.model.shape import SLUG
from tests.services.api import client_of, example_path, items, operations, with_query
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.test_query_plans import RecordingService, poor_steps

SLIPS: list[dict[str, str]] = YAML(typ="safe").load(Path(__file__).parent / "oracles" / "slips.yaml")
WORDS_OF_LIBRARIES = re.compile(r"[Ii]nput|String|pattern|regex|[Vv]alidat|parse|instance|\^|\$|\\|\[a-z|\(\?")
FILTERS_OF_ALL_KINDS = {
    "related",
    "about",
    "attribution",
    "toward",
    "rests_on",
    "depends_on",
    "contrasts_with",
    "restates",
}


def message(answer: httpx.Response) -> str:
    """The only message in a response: the detail of a problem or of a warning."""
    if answer.status_code == 200:
        [warning] = answer.json()["warnings"]
        assert answer.json().get("total", {"value": 0})["value"] == 0
        return str(warning["detail"])
    content = problem(answer, answer.status_code)
    details = [error["detail"] for error in content["errors"]] or [content["detail"]]
    assert len(details) == 1
    return str(details[0])


def size(answer: httpx.Response) -> int:
    """The number of items, nodes, terms, rows or lines in a response; 1 for a record."""
    assert answer.status_code == 200, (str(answer.url), answer.text)
    if answer.headers["content-type"].startswith("text/csv"):
        return len(list(csv.DictReader(io.StringIO(answer.text))))
    if answer.headers["content-type"] != "application/json":
        return len(answer.text.splitlines())
    content = answer.json()
    return next((len(content[name]) for name in ("items", "nodes", "terms") if name in content), 1)


@pytest.mark.parametrize("slip", SLIPS, ids=[slip["slip"] for slip in SLIPS])
def test_a_slip_gets_the_message_that_leads_right(api: httpx.Client, slip: dict[str, str]) -> None:
    said = message(api.get(slip["slip"]))
    assert said == slip["says"]
    assert not WORDS_OF_LIBRARIES.search(said.partition(" (given: ")[0])
    right = slip["right"]
    if right == "next":
        right = api.get(slip["slip"].partition("?")[0], params={"limit": 2}).json()["next"]
    assert size(api.get(right)) > 0


def test_the_table_has_slips_of_every_sort() -> None:
    assert len({slip["slip"] for slip in SLIPS}) == len(SLIPS) >= 80


# Warnings


def takes_ids(schema: dict[str, Any]) -> bool:
    """True if the values of a parameter are ids, or kinds and ids."""
    return bool(schema.get("items", {}).get("pattern", "").endswith(SLUG.strip("^")))


def test_every_list_warns_of_the_ids_that_no_record_has(api: httpx.Client) -> None:
    tried = set()
    for path, operation in operations(api).items():
        schema = operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        if not schema.get("$ref", "").endswith(("Page", "/Graph")):
            continue
        asked = example_path(path, operation)
        assert api.get(asked).json()["warnings"] == [], path
        for parameter in operation["parameters"]:
            name = parameter["name"]
            if parameter["in"] == "query" and takes_ids(parameter["schema"]):
                value = "actor/kim-jung-un" if name in FILTERS_OF_ALL_KINDS else "kim-jung-un"
                answer = api.get(with_query(asked, **{name: value}))
                assert answer.status_code == 200, answer.text
                [warning] = answer.json()["warnings"]
                assert list(warning) == ["parameter", "value", "detail", "nearest"]
                assert (warning["parameter"], warning["value"]) == (name, value)
                assert warning["detail"].startswith("There is no ")
                assert "'kim-jung-un'" in warning["detail"]
                tried.add((path, name))
    assert len(tried) > 90
    assert {("/v1/graph", "actor"), ("/v1/search", "document"), ("/v1/actors/{id}/evidence", "document")} <= tried
    assert {("/v1/timeline/buckets", "with_actor"), ("/v1/mentions", "actor"), ("/v1/events", "id")} <= tried


def test_a_warning_has_the_nearest_record_as_a_ref(api: httpx.Client) -> None:
    [first, second] = api.get("/v1/events?actor=russia,north-corea&topic=economic&document=xyzzy").json()["warnings"]
    russia = api.get("/v1/events?actor=russia&topic=economic").json()
    assert first == {
        "parameter": "actor",
        "value": "north-corea",
        "detail": "There is no actor 'north-corea'; did you mean 'north-korea'? /v1/actors lists them.",
        "nearest": {"kind": "actor", "id": "north-korea", "name": "North Korea", "url": "/v1/actors/north-korea"},
    }
    assert second == {
        "parameter": "document",
        "value": "xyzzy",
        "detail": "There is no document 'xyzzy'. /v1/documents lists them.",
        "nearest": None,
    }
    either = api.get("/v1/events?actor=russia,north-corea&topic=economic").json()
    assert either["items"] == russia["items"] != []
    assert russia["warnings"] == []


def test_at_most_five_ids_are_warned_of_in_the_order_given(api: httpx.Client) -> None:
    unknown = ["x5", "x4", "x4", "x3", "russia", "x2", "x1", "x0"]
    found = api.get("/v1/events", params={"actor": unknown, "document": "x9"}).json()["warnings"]
    assert [warning["value"] for warning in found] == ["x5", "x4", "x3", "x2", "x1"]


def test_files_have_no_warnings(api: httpx.Client) -> None:
    assert list(csv.DictReader(io.StringIO(api.get("/v1/events.csv?actor=north-corea").text))) == []


# The nearest record


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("north-corea", "north-korea"),
        ("morth-korea", "north-korea"),
        ("korea-north", "north-korea"),
        ("kim-jung-un", "kim-jong-un"),
        ("kim", "kim-jong-un"),  # of those with that name, the one with the most mentions
        ("dprk", "north-korea"),  # an alias
        ("pyonyang", "north-korea"),
        ("rossia", "russia"),
        ("hcina", "china"),
        ("putin-vladimr", "vladimir-putin"),
        ("kim-jung-un-of-north-corea", "kim-jong-un"),
        ("alexander-galushkax", "alexander-galushka"),
        ("united-states", None),
        ("x", None),
        ("zzzzz", None),
    ],
)
def test_the_nearest_actor_is_found_by_id_name_or_alias(api: httpx.Client, typed: str, nearest: str | None) -> None:
    [warning] = api.get("/v1/events", params={"actor": typed}).json()["warnings"]
    assert (warning["nearest"] or {"id": None})["id"] == nearest


@pytest.mark.parametrize("ask", ["/v1/search?q={}", "/v1/suggest?prefix={}"])
def test_a_misspelt_name_is_suggested_by_search_and_completion(api: httpx.Client, ask: str) -> None:
    content = api.get(ask.format("Kim Jung-un")).json()
    assert (content.get("suggestions") or content["items"])[0]["id"] == "kim-jong-un"


def test_a_record_of_any_kind_is_found_if_an_id_lacks_its_last_letter(generated_url: str) -> None:
    with client_of(generated_url) as client:
        for kind in KINDS.values():
            known = [item["id"] for item in items(client, f"/v1/{kind.plural}", limit=200)]
            for slug in known[:: len(known) // 5 or 1]:
                asked = slug[:-1].rstrip("-") if slug[:-1].rstrip("-") not in known else f"{slug}x"
                [warning] = client.get(f"/v1/{kind.plural}", params={"id": asked}).json()["warnings"]
                assert warning["nearest"]["kind"] == kind.name
                assert warning["nearest"]["id"].startswith(slug[:-3])


@pytest.fixture(scope="module")
def recording(databases: Databases) -> Iterator[RecordingService]:
    service = RecordingService(databases.seeded)
    yield service
    service.engine.dispose()


@pytest.mark.sqlite
def test_the_nearest_is_found_by_index(recording: RecordingService) -> None:
    for path in ("/v1/events?actor=kim-jung-un", "/v1/statements?about=sanction/x", "/v1/events?id=x"):
        assert recording.get(path)["warnings"]
        with closing(sqlite3.connect(recording.engine.url.database or "")) as connection:
            lookups = [said for said in recording.statements if "mention_count" in said]
            assert len(lookups) >= 4
            assert {said: steps for said in lookups if (steps := poor_steps(connection, said))} == {}


@pytest.mark.sqlite
def test_known_ids_are_looked_up_once(recording: RecordingService) -> None:
    page = recording.get("/v1/events?actor=russia,north-korea&with_actor=china&facets=type,topic,actor")
    assert page["warnings"] == []
    lookups = [
        said
        for said in recording.statements
        if "record.slug IN" in said and said.startswith("SELECT record.slug, record.id")
    ]
    assert len(lookups) == 2  # for `actor` and for `with_actor`
    recording.get("/v1/events?limit=2")
    assert not [said for said in recording.statements if "record.slug IN" in said]


# Bounds


def test_only_the_first_mistakes_are_described(api: httpx.Client) -> None:
    content = problem(api.get("/v1/events", params={f"parameter{number}": 1 for number in range(500)}), 422)
    assert [error["parameter"] for error in content["errors"]] == [f"parameter{number}" for number in range(10)]
    content = problem(api.get("/v1/events", params={"type": [f"Type {number}" for number in range(17)]}), 422)
    assert len(content["errors"]) == 10
    content = problem(api.get("/v1/events", params={"actor": [f"Actor {number}" for number in range(50)]}), 422)
    assert len(content["errors"]) == 5
    content = problem(api.get("/v1/events?actor=North Korea&topic=Diplomacy&date_from=2019"), 422)
    assert [error["parameter"] for error in content["errors"]] == ["actor", "topic"]
