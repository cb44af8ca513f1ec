"""Completion for search boxes: prefixes of names and aliases, actors first."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from app.model.folding import fold
from app.model.kinds import KINDS
from app.model.tables import COMPLETION
from app.model.tokens import words
from tests.factories.bundles import loaded, unloaded
from tests.paths import COMMENTARY
from tests.services.api import client_of, get, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving
from tests.test_query_plans import RecordingService, poor_steps

MOST = 10


def suggested(client: httpx.Client, prefix: str) -> list[dict[str, Any]]:
    """The suggestions for a prefix."""
    found: list[dict[str, Any]] = client.get("/v1/suggest", params={"prefix": prefix}).json()["items"]
    return found


@pytest.mark.parametrize(
    ("prefix", "first", "alias"),
    [
        ("Kim Jong-un", "kim-jong-un", None),
        ("kim jong u", "kim-jong-un", None),
        ("KOREA", "north-korea", None),  # any word of the name
        ("dprk", "north-korea", "DPRK"),
        ("pyong", "north-korea", "Pyongyang"),
        ("rúss", "russia", None),
    ],
)
def test_an_actor_is_found_by_the_beginning_of_any_word(
    api: httpx.Client, prefix: str, first: str, alias: str | None
) -> None:
    found = suggested(api, prefix)
    assert (found[0]["kind"], found[0]["id"], found[0]["alias"]) == ("actor", first, alias)
    assert list(found[0]) == ["kind", "id", "name", "url", "alias"]
    assert api.get(found[0]["url"]).json()["name"] == found[0]["name"]


def test_other_records_follow_and_are_found_by_the_beginning_of_their_name(api: httpx.Client) -> None:
    kinds = [item["kind"] for item in suggested(api, "kim")]
    assert kinds == sorted(kinds, key=list(KINDS).index)
    assert {"actor", "event"} <= set(kinds)
    [event] = suggested(api, "kim jong-un's visit")
    assert event["id"] == "kim-visits-vladivostok"
    assert suggested(api, "visit to vladivostok") == []


def test_the_actors_with_the_most_mentions_come_first(api: httpx.Client) -> None:
    mentions = {item["id"]: item["mention_count"] for item in items(api, "/v1/actors")}
    for prefix in "nrkmu":
        counts = [mentions[item["id"]] for item in suggested(api, prefix) if item["kind"] == "actor"]
        assert counts
        assert counts == sorted(counts, reverse=True)


def test_every_name_and_alias_is_found_by_each_of_its_beginnings(generated_url: str) -> None:
    with client_of(generated_url) as client:
        actors = items(client, "/v1/actors")
        names = [(actor["id"], words(name)) for actor in actors for name in (actor["name"], *actor["aliases"])]
        for slug, tokens in names[:20]:
            for prefix in (" ".join(tokens), " ".join(tokens[2:]), " ".join(tokens)[:-1]):
                expected = {
                    other
                    for other, found in names
                    if any(" ".join(found[at:]).startswith(prefix) for at in range(len(found)))
                }
                found = suggested(client, prefix)
                assert len(found) <= MOST
                got = {item["id"] for item in found if item["kind"] == "actor"}
                assert got <= expected
                assert len(got) == min(MOST, len(expected)), prefix
                assert slug in got or len(expected) > MOST
        for event in items(client, "/v1/events")[:20]:
            start = fold(event["name"])[:-3]
            assert all(fold(item["name"]).startswith(start) for item in suggested(client, start))


@pytest.mark.parametrize("prefix", ["?", "  ", "%", "_", "\x00", "zzzz", "' OR 1=1 --", "\U0010ffff"])
def test_what_begins_no_name_suggests_nothing(api: httpx.Client, prefix: str) -> None:
    assert suggested(api, prefix) == []


def test_a_prefix_has_a_length(api: httpx.Client) -> None:
    problem(api.get("/v1/suggest"), 422)
    problem(api.get("/v1/suggest?prefix="), 422)
    problem(api.get("/v1/suggest", params={"prefix": "k" * 101}), 422)


@pytest.mark.sqlite
@pytest.mark.parametrize("prefix", ["k", "kim jong", "the", "zzz"])
def test_names_are_found_by_index(databases: Databases, prefix: str) -> None:
    service = RecordingService(databases.seeded)
    service.get(f"/v1/suggest?prefix={prefix}")
    with closing(sqlite3.connect(service.engine.url.database or "")) as connection:
        for statement in (said for said in service.statements if said.startswith("SELECT")):
            assert [step for step in poor_steps(connection, statement) if step.startswith("SCAN")] == []
    service.engine.dispose()


def test_names_appear_and_disappear_with_their_document(database: Callable[[Any], Engine]) -> None:
    engine = database("seeded")
    before = completions(engine)
    loaded(engine, COMMENTARY)
    with serving(engine.url.render_as_string(hide_password=False)) as url:
        assert get(f"{url}/v1/suggest?prefix=ostrova").json()["items"][0]["id"] == "mira-ostrova"
    unloaded(engine, COMMENTARY.name)
    assert completions(engine) == before


def completions(engine: Engine) -> set[tuple[int, str]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(select(COMPLETION))}


@pytest.mark.parametrize(
    ("prefix", "record"),
    [
        ("Q423", "/v1/actors/north-korea"),
        ("q423", "/v1/actors/north-korea"),
        ("S/RES/2371", "/v1/sanctions/resolution-2371"),
        ("S/RES/2371 (2017)", "/v1/sanctions/resolution-2371"),
        ("kim-visits-vladivostok", "/v1/events/kim-visits-vladivostok"),
    ],
)
def test_a_record_is_found_by_its_id_and_by_its_identifiers(api: httpx.Client, prefix: str, record: str) -> None:
    assert [item["url"] for item in suggested(api, prefix)] == [record]
    hits = api.get("/v1/search", params={"q": prefix}).json()["items"]
    assert [hit["record"]["url"] for hit in hits] == [record]
    assert "<mark>" in hits[0]["snippets"][0]["html"]


def test_part_of_an_identifier_suggests_nothing(api: httpx.Client) -> None:
    assert suggested(api, "Q42") == suggested(api, "S/RE") == []
