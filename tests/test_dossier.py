"""The dossier of an actor: parts and counts, compared with plain Python over all records."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from app.api.dossier import Dossier, DossierCounts
from tests.factories.bundles import unloaded
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import slow_examples
from tests.oracles.plain import Record, Records
from tests.paths import COMMENTARY
from tests.services.api import PLURALS, client_of, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving, serving_generated
from tests.test_event_loop import Reads

PARTS = {
    "ties": ("relationships", "party"),
    "events": ("events", "actor"),
    "statements_by": ("statements", "speaker"),
    "statements_about": ("statements", "about"),
    "sanctions_imposed": ("sanctions", "authority"),
    "sanctions_suffered": ("sanctions", "target"),
    "sanctions_kept": ("sanctions", "keeper"),
    "figures": ("figures", "actor"),
    "assessments": ("assessments", "actor"),
    "documents": ("documents", "involves"),
}
"""The list and the filter of each part."""
ROLES = {
    "actors": "part_of organisation",
    "events": "initiator recipient host affected voter",
    "sanctions": "authority target binds enforcer",
    "statements": "speaker medium",
    "relationships": "subject object",
    "figures": "source",
    "assessments": "holder",
    "documents": "publisher author",
}
MOST = 20
STEPS = 100
"""Steps of SQLite's virtual machine between two calls of the counter."""


def expected(records: Records, actor: Record) -> tuple[dict[str, Any], dict[str, list[Record]]]:
    """The dossier of an actor, and the whole list of each part."""

    def having(plural: str, name: str) -> list[Record]:
        value = f"actor/{actor['id']}" if name == "about" else actor["id"]
        return [record for record in records.of[plural] if value in records.values(record, name)]

    lists, parts = {}, {}
    for part, (plural, name) in PARTS.items():
        key = {"documents": "-date", "assessments": "name"}.get(plural, "date")
        found = lists[part] = records.ordered(having(plural, name), [key])
        value = f"actor%2F{actor['id']}" if name == "about" else actor["id"]
        parts[part] = {
            "items": found[:MOST],
            "total": {"value": len(found), "relation": "eq"},
            "more": f"/v1/{plural}?{name}={value}" if len(found) > MOST else None,
        }
    counts = {plural: len(having(plural, "actor")) for plural in PLURALS}
    counts["documents"] = len(lists["documents"])
    counts |= {role: len(having(plural, role)) for plural, roles in ROLES.items() for role in roles.split()}
    return {"actor": actor, "counts": counts, "roles": actor["roles"], **parts}, lists


def compare(client: httpx.Client) -> int:
    """Compare the dossier of every actor with the oracle, follow `more`, and count the parts that have it."""
    records, followed = Records(client, PLURALS), 0
    for actor in records.of["actors"]:
        dossier = client.get(f"{actor['url']}/dossier").json()
        wanted, lists = expected(records, actor)
        assert dossier == wanted, actor["url"]
        assert list(dossier) == list(Dossier.model_fields) == ["actor", "counts", "roles", *PARTS]
        assert list(dossier["counts"]) == list(DossierCounts.model_fields)
        for part, whole in lists.items():
            if dossier[part]["more"]:
                assert items(client, dossier[part]["more"], limit=7) == whole
                followed += 1
    return followed


@pytest.fixture(scope="module")
def both(databases: Databases) -> Iterator[httpx.Client]:
    """A client over the seed and a second commentary."""
    with serving(databases.shared("both")) as url, client_of(url) as client:
        yield client


@slow_examples(thorough=4)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(7, 63), min_size=1, max_size=3))
@example(seed=4, sizes=[63, 35, 14])
def test_dossiers_are_those_of_plain_python(databases: Databases, seed: int, sizes: list[int]) -> None:
    with serving_generated(databases, seed, sizes) as client:
        compare(client)


def test_dossiers_hold_the_records_of_two_documents(both: httpx.Client) -> None:
    assert compare(both) >= 4
    documents = both.get("/v1/actors/china/dossier").json()["documents"]["items"]
    assert [document["id"] for document in documents] == ["harbour-notes-3-2023", "sceeus-guest-commentary-8-2022"]


def ids(api: httpx.Client, actor: str, *parts: str) -> list[str]:
    """The ids of the records in some parts of a dossier of the seed."""
    dossier = api.get(f"/v1/actors/{actor}/dossier").json()
    return [" ".join(record["id"] for record in dossier[part]["items"]) for part in parts]


def test_known_answers_of_the_seed(api: httpx.Client) -> None:
    assert ids(api, "kazbek-taysaev", "ties", "statements_by") == [
        "taysaev-in-communist-party taysaev-in-state-duma",
        "taysaev-on-integration-and-sanctions",
    ]
    sanctions = ("sanctions_imposed", "sanctions_suffered", "sanctions_kept")
    assert ids(api, "un-security-council", *sanctions) == ["resolution-2371", "", ""]
    assert ids(api, "un-member-states", *sanctions) == ["", "", "ban-on-north-korean-labour"]
    assert ids(api, "soviet-union", "ties", "documents") == [
        "soviet-north-korean-trade soviet-subsidies-to-north-korea",
        "sceeus-guest-commentary-8-2022",
    ]
    russia = api.get("/v1/actors/russia/dossier").json()
    assert {part: russia[part]["more"] for part in PARTS if russia[part]["more"]} == {
        "events": "/v1/events?actor=russia",
        "assessments": "/v1/assessments?actor=russia",
    }
    assert russia["counts"]["voter"] == 1
    [role] = api.get("/v1/actors/kazbek-taysaev/dossier").json()["roles"]
    assert role["organisation"]["id"] == "state-duma"


class Famous(Tangled):
    """A commentary with one actor in nearly all of its records."""

    def _some(self, pool: list[str], most: int) -> list[str]:
        if pool is not self.actors:
            return super()._some(pool, most)
        return [*pool[:1], *super()._some(pool[1:], most - 1)]

    def _maybe_actor(self) -> str | None:
        return self.actors[0] if self.actors else None

    def _any(self) -> list[str]:
        return [f"actor/{self.actors[0]}"]

    def _relationship(self, number: int) -> dict[str, Any]:
        return super()._relationship(number) | {"subject": self.actors[0]}


@pytest.fixture(scope="module")
def famous(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with an actor that has a thousand records."""
    folder = tmp_path_factory.mktemp("famous")
    return databases.loaded("empty", Famous("famous", Random(0), 1_050).write(folder))


def test_a_dossier_of_a_thousand_records_is_bounded_and_says_where_the_rest_is(famous: str) -> None:
    with serving(famous) as url, client_of(url) as client:
        dossier = client.get("/v1/actors/actor-0-of-famous/dossier").json()
        counts = dossier["counts"]
        assert sum(counts[plural] for plural in PLURALS) >= 1_000
        for part, (plural, _) in PARTS.items():
            most = min(MOST, dossier[part]["total"]["value"])
            assert len(dossier[part]["items"]) == most
            assert (dossier[part]["more"] is None) is (plural == "documents")
        assert len(items(client, dossier["ties"]["more"], limit=200)) == counts["relationships"] == 150


@pytest.mark.sqlite
@pytest.mark.parametrize(("actor", "most"), [("actor-0-of-famous", 250_000), ("actor-149-of-famous", 5_000)])
def test_the_cost_of_a_dossier_depends_on_the_records_of_its_actor_alone(famous: str, actor: str, most: int) -> None:
    """The first actor has all records of the database, the last has some ten."""
    steps, statements = [0], list[str]()

    def count() -> int:
        steps[0] += STEPS
        return 0

    def watch(driver: Any, _: Any) -> None:
        driver.set_progress_handler(count, STEPS)
        driver.set_trace_callback(statements.append)

    reads = Reads(famous)
    event.listen(reads.engine, "connect", watch)
    assert reads.of(f"/v1/actors/{actor}/dossier") == (200, [False])
    reads.engine.dispose()
    assert len(statements) < 50
    assert steps[0] < most


def test_a_dossier_has_an_entity_tag_and_says_when_its_actor_is_not_there(database: Callable[[str], Engine]) -> None:
    engine = database("both")
    path = "/v1/actors/channel-u/dossier"
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        known = {"If-None-Match": client.get(path).headers["etag"]}
        assert client.get(path, headers=known).status_code == 304
        unloaded(engine, COMMENTARY.name)
        problem(client.get(path, headers=known), 410)
        assert "did you mean 'russia'?" in problem(client.get("/v1/actors/rusia/dossier"), 404)["detail"]
        problem(client.get("/v1/actors/Russia/dossier"), 422)
        problem(client.get("/v1/actors/russia/dossier?limit=5"), 422)
