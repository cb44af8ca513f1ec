"""Search and suggestions find names however they are written, in the scripts of the world."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from tests.services.api import client_of, with_query
from tests.services.databases import Databases
from tests.services.serving import serving

NAMES = Path(__file__).parent / "names"
SEARCHES = YAML(typ="safe", pure=True).load((NAMES / "searches.yaml").read_text("utf-8"))
DOCUMENT = {
    "summary": "A text with names.",
    "published": {"text": "Invented", "edtf": "2020"},
    "language": "en",
    "rights": "Made for tests; nobody's.",
    "analysis": {"by": "The tests", "method": "human", "date": "2026-01-01"},
}


def written(folder: Path, name: str, lines: Mapping[str, str], actors: list[dict[str, Any]]) -> Path:
    """A bundle whose text has these lines after its title."""
    bundle = folder / name.lower()
    bundle.mkdir()
    analysis = {"document": {**DOCUMENT, "id": name.lower(), "name": name}, "passages": {1: "heading"}}
    (bundle / "document.txt").write_text("\n".join([name, "", *lines.values(), ""]), "utf-8")
    (bundle / "analysis.yaml").write_text(json.dumps({**analysis, "actors": actors}, ensure_ascii=False), "utf-8")
    return bundle


@pytest.fixture(scope="module")
def texts(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client over the texts of `searches.yaml`, each quoted by a record of its own."""
    lines = SEARCHES["texts"]
    actors = [
        {"id": f"record-{number}", "name": "Record", "type": "company", "summary": "A record.", "evidence": [line]}
        for number, line in enumerate(lines.values())
    ]
    folder = tmp_path_factory.mktemp("names")
    with serving(databases.loaded("empty", written(folder, "Texts", lines, actors))) as url, client_of(url) as client:
        yield client


@pytest.mark.parametrize("query", SEARCHES["queries"])
def test_a_query_finds_these_texts_and_no_others(texts: httpx.Client, query: str) -> None:
    ids = list(SEARCHES["texts"])
    page = texts.get(with_query("/v1/search", q=query, kind="actor", limit=200)).json()
    found = [ids[int(hit["record"]["id"].removeprefix("record-"))] for hit in page["items"]]
    assert sorted(found) == sorted(SEARCHES["queries"][query])
    assert all("<mark>" in snippet["html"] for hit in page["items"] for snippet in hit["snippets"])
    assert all(hit["snippets"] for hit in page["items"])


def test_the_table_has_at_least_150_queries() -> None:
    assert len(SEARCHES["queries"]) >= 150


SUGGESTIONS: dict[str, list[str]] = YAML(typ="safe", pure=True).load((NAMES / "suggestions.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def actors(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client over the seed and the actors of `suggestions.yaml`. None has an alias."""
    some = [
        {
            "id": f"actor-{number}",
            "name": name,
            "type": "person",
            "summary": "An actor.",
            "evidence": [f"actor {number}."],
        }
        for number, name in enumerate(SUGGESTIONS)
    ]
    lines = {name: f"This is actor {number}." for number, name in enumerate(SUGGESTIONS)}
    folder = tmp_path_factory.mktemp("actors")
    with serving(databases.loaded("seeded", written(folder, "Actors", lines, some))) as url, client_of(url) as client:
        yield client


def test_the_right_actor_is_suggested_first(actors: httpx.Client) -> None:
    ranks = {
        (spelling, name): next((rank for rank, item in enumerate(found, 1) if item["name"] == name), None)
        for name, spellings in SUGGESTIONS.items()
        for spelling in spellings
        for found in [actors.get(with_query("/v1/suggest", prefix=spelling)).json()["items"]]
    }
    assert len(ranks) >= 200
    assert {key: rank for key, rank in ranks.items() if rank is None or rank > 5} == {}
    later = {key: rank for key, rank in ranks.items() if rank != 1}
    assert len(later) <= 0.05 * len(ranks), later
