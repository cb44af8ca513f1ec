"""`actors` of records: those that the fields refer to and the quotes mention, and the filters over them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select

from app.bundle.check import differences
from app.database.transactions import reading, writing
from app.model.tables import RECORD, RECORD_ACTOR
from tests.factories.bundles import edited, loaded, record, rewritten, unloaded
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import DATED, actors_of
from tests.oracles.timeline import Dated
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, client_of, facet_counts, items, operations
from tests.services.databases import Databases
from tests.services.serving import serving, serving_generated

Json = dict[str, Any]
Database = Callable[[str], Engine]


@pytest.fixture(scope="module")
def both(databases: Databases) -> Iterator[httpx.Client]:
    """A client over the seed and a second commentary."""
    with serving(databases.shared("both")) as url, client_of(url) as client:
        yield client


def everything(client: httpx.Client) -> list[Json]:
    """Every record."""
    return [found for plural in PLURALS for found in items(client, f"/v1/{plural}", limit=200)]


def require_derived(client: httpx.Client) -> None:
    """Require that each record has the actors that plain Python derives."""
    records = everything(client)
    mentions = [
        (actor["id"], mention)
        for actor in records
        if actor["kind"] == "actor"
        for mention in items(client, f"{actor['url']}/mentions", limit=200)
    ]
    for found in records:
        document = found["document"] or found
        there = [(actor, mention) for actor, mention in mentions if mention["document"]["id"] == document["id"]]
        assert [actor["id"] for actor in found["actors"]] == actors_of(found, there), found["url"]
        assert all(actor == {"kind": "actor", "url": f"/v1/actors/{actor['id']}"} | actor for actor in found["actors"])


def found_by(client: httpx.Client, path: str, *asked: tuple[str, str]) -> list[Json]:
    """The items of a list, by repeated parameters."""
    return items(client, f"{path}?{urlencode(asked)}", limit=200)


def actors(client: httpx.Client, path: str) -> list[str]:
    """The ids of the actors of a record."""
    return [actor["id"] for actor in client.get(f"/v1/{path}").json()["actors"]]


def served_actors(engine: Engine, *paths: str) -> list[list[str]]:
    """The ids of the actors of some records, after a check of the whole database."""
    with reading(engine) as connection:
        assert list(differences(connection)) == []
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        require_derived(client)
        return [actors(client, path) for path in paths]


def test_records_have_the_actors_of_their_fields_and_quotes(both: httpx.Client) -> None:
    require_derived(both)
    assert actors(both, "actors/china") == ["north-korea", "russia"]  # named by its quotes alone, as China itself is
    assert actors(both, "documents/harbour-notes-3-2023") == []  # although it has a publisher and quotes


@slow_examples(thorough=4)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 40), min_size=1, max_size=3))
@example(seed=1, sizes=[40, 28])
def test_generated_records_have_them_and_the_timeline_finds_them(
    databases: Databases, seed: int, sizes: list[int]
) -> None:
    random = Random(seed)
    with serving_generated(databases, seed, sizes) as client:
        require_derived(client)
        records = Dated(client, PLURALS)
        dated = [found for plural in DATED for found in records.of[plural] if records.source(found)]
        named = sorted({actor["id"] for found in dated for actor in found["actors"]})
        for _ in range(6 if named else 0):
            some, needed = random.choices(named, k=2), random.choices(named, k=random.randint(0, 2))
            asked = [("kind", kind[:-1]) for kind in DATED] + [("actor", actor) for actor in some]
            listed = found_by(client, "/v1/timeline", *asked, *(("with_actor", actor) for actor in needed))
            wanted = {
                found["url"]
                for found in dated
                if (ids := {actor["id"] for actor in found["actors"]}) & {*some} and ids >= {*needed}
            }
            assert {item["record"]["url"] for item in listed} == wanted
            assert all(item["actors"] == client.get(item["record"]["url"]).json()["actors"] for item in listed[:3])


def test_forecasts_on_russia_are_those_that_the_records_say(both: httpx.Client) -> None:
    assessments = items(both, "/v1/assessments", limit=200)

    def about(*needed: str) -> list[str]:
        return [
            found["id"]
            for found in assessments
            if found["type"] == "forecast" and {actor["id"] for actor in found["actors"]} >= {*needed}
        ]

    found = items(both, "/v1/assessments", actor="russia", type="forecast")
    assert [item["id"] for item in found] == about("russia") != []
    either = (("actor", "russia"), ("actor", "china"))
    found = found_by(both, "/v1/assessments", *either, ("with_actor", "north-korea"), ("type", "forecast"))
    wanted = {*about("russia", "north-korea"), *about("china", "north-korea")}
    assert {item["id"] for item in found} == wanted != set()


@pytest.mark.parametrize("plural", [plural for plural in PLURALS if plural != "documents"])
def test_the_facet_counts_the_records_of_each_actor(both: httpx.Client, plural: str) -> None:
    records = items(both, f"/v1/{plural}", limit=200)
    page = both.get(f"/v1/{plural}", params={"facets": "actor", "limit": 1}).json()
    counts = facet_counts(page["facets"])
    assert counts is not None
    assert set(counts["actor"]) == {actor["id"] for found in records for actor in found["actors"]}
    for actor, count in counts["actor"].items():
        assert count == sum(actor in [each["id"] for each in found["actors"]] for found in records)


def test_an_actor_that_must_be_there_narrows_lists_timeline_and_graph(both: httpx.Client) -> None:
    needed = (("with_actor", "north-korea"), ("with_actor", "russia"))
    edges = both.get(f"/v1/graph?{urlencode(needed)}").json()["edges"]
    assert edges
    for record_url in {edge["record"]["url"] for edge in edges}:
        assert {"north-korea", "russia"} <= {*actors(both, record_url.removeprefix("/v1/")), record_url[11:]}
    for item in found_by(both, "/v1/timeline", *needed):
        assert {"north-korea", "russia"} <= {actor["id"] for actor in item["actors"]}
    assert found_by(both, "/v1/timeline", *needed)
    assert found_by(both, "/v1/events", *needed[:1], ("with_actor", "no-such-actor")) == []
    too_many = both.get("/v1/events", params={"with_actor": [f"actor-{number}" for number in range(11)]})
    assert too_many.status_code == 422
    for path in [*(f"/v1/{plural}" for plural in PLURALS), "/v1/timeline", "/v1/graph"]:
        names = [parameter["name"] for parameter in operations(both)[path]["parameters"]]
        assert {"actor", "with_actor"} <= {*names}, path


def test_a_renamed_actor_has_its_new_name_in_all_records_that_have_it_and_no_other_changes(
    database: Database, tmp_path: Path
) -> None:
    engine = database("both")

    def rename(analysis: Json) -> None:
        record(analysis, "actors", "russia")["name"] = "Rossiya"
        record(analysis, "actors", "russia").setdefault("aliases", []).append("Russia")

    with engine.connect() as connection:
        russia = select(RECORD.c.id).where(RECORD.c.kind == "actor", RECORD.c.slug == "russia").scalar_subquery()
        query = select(RECORD_ACTOR.c.record_id).where(RECORD_ACTOR.c.actor_id == russia)
        named = {*connection.execute(query).scalars(), connection.execute(select(russia)).scalar_one()}
    revision = loaded(engine, rewritten(SEED, tmp_path / "renamed", rename)).revision
    with engine.connect() as connection:
        changed = set(connection.execute(select(RECORD.c.id).where(RECORD.c.revision == revision)).scalars())
    assert changed == named
    served_actors(engine)


def test_aliases_and_exceptions_that_change_are_followed_and_a_document_can_be_unloaded(
    database: Database, tmp_path: Path
) -> None:
    engine = database("both")
    with reading(engine) as connection:
        before = {*map(tuple, connection.execute(select(RECORD_ACTOR)))}
    exception = ("- {text: The broadcaster, actor: channel-u}", "- {text: The broadcaster, actor: china}")
    loaded(engine, edited(COMMENTARY, tmp_path / "exception", exception))
    with reading(engine) as connection:
        after = {*map(tuple, connection.execute(select(RECORD_ACTOR)))}
    assert after - before
    served_actors(engine)
    alias = ("aliases: [Russia, Moscow]", "aliases: [Russia, Moscow, trains, alliance]")
    loaded(engine, edited(COMMENTARY, tmp_path / "alias", alias))
    with reading(engine) as connection:
        after = {*map(tuple, connection.execute(select(RECORD_ACTOR)))}
    assert after > before
    served_actors(engine)
    loaded(engine, COMMENTARY)
    with reading(engine) as connection:
        assert {*map(tuple, connection.execute(select(RECORD_ACTOR)))} == before
    unloaded(engine, COMMENTARY.name)
    served_actors(engine)


def test_quotes_that_a_later_document_adds_add_no_actor(database: Database, tmp_path: Path) -> None:
    first = Tangled("first", Random(0), 14)
    second = Tangled("second", Random(1), 14, [first])
    name = second.analysis["actors"][0]["name"]
    second.lines.append(f"And {name} stood by.")
    second.analysis["also"] = [{"record": first.others[0], "evidence": [second.lines[-1]]}]
    engine = database("empty")
    loaded(engine, first.write(tmp_path), second.write(tmp_path))
    kind, slug = first.others[0].split("/")
    [found] = served_actors(engine, f"{kind}s/{slug}")
    assert second.analysis["actors"][0]["id"] not in found


def test_a_check_reports_actors_that_differ_from_the_rows(database: Database) -> None:
    engine = database("seeded")
    with writing(engine) as connection:
        kept = connection.execute(select(RECORD_ACTOR).limit(1)).one()
        connection.execute(delete(RECORD_ACTOR).where(RECORD_ACTOR.c.record_id == kept.record_id))
        slug = connection.execute(select(RECORD.c.slug).where(RECORD.c.id == kept.record_id)).scalar_one()
    with reading(engine) as connection:
        found = list(differences(connection))
    assert found
    assert all(slug in line for line in found)
    assert any("record_actor" in line for line in found)
    with writing(engine) as connection:
        connection.execute(insert(RECORD_ACTOR).values(record_id=kept.record_id, actor_id=kept.actor_id))
