"""The change feed: a mirror that follows it has the same records as the lists."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.bundle.source import BundleRejected
from tests.factories.bundles import loaded, rewritten, unloaded
from tests.factories.generated import Commentary
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import slow_examples
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, client_of, get, items
from tests.services.problems import problem
from tests.services.serving import serving

Json = dict[str, Any]
Database = Callable[[str], Engine]


class Mirror:
    """A copy of the records, kept up to date by the feed alone."""

    def __init__(self, client: httpx.Client, **only: str) -> None:
        self.client = client
        self.only = only
        self.records: dict[str, Json] = {}
        self.known: dict[str, str] = {}

    def follow(self, after_a_page: Callable[[], object] = lambda: None) -> None:
        """Read the feed to its end; calls `after_a_page` after each page."""
        path: str | None = str(
            httpx.URL("/v1/changes", params={"body": "true", "limit": 40, **self.only, **self.known})
        )
        while path:
            answer = self.client.get(path)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for item in page["items"]:
                if item["change"] in ("deleted", "merged"):
                    self.records.pop(item["record"]["url"], None)
                elif item["body"] is not None:
                    self.records[item["record"]["url"]] = item["body"]
            path = page["next"]
            self.known = {"since": page["until"]}
            after_a_page()


def state(client: httpx.Client) -> str:
    """The state of the dataset, as `since` takes it."""
    until: str = client.get("/v1/changes", params={"limit": 1}).json()["until"]
    return until


def listed(client: httpx.Client) -> dict[str, Json]:
    """Every record by its path, as the lists show it."""
    return {record["url"]: record for plural in PLURALS for record in items(client, f"/v1/{plural}", limit=200)}


@pytest.fixture
def seeded(database: Database) -> Iterator[tuple[Engine, httpx.Client]]:
    """A database with the seed, and a client of the service over it."""
    engine = database("seeded")
    with serving(str(engine.url)) as url, client_of(url) as client:
        yield engine, client


def test_a_new_dataset_has_one_line_for_each_record(api: httpx.Client) -> None:
    lines = items(api, "/v1/changes", limit=100)
    records = listed(api)
    assert [line["record"]["url"] for line in lines] == list(dict.fromkeys(line["record"]["url"] for line in lines))
    assert {line["record"]["url"] for line in lines} == records.keys()
    for line in lines:
        record = records[line["record"]["url"]]
        assert line["record"] == {name: record[name] for name in ("kind", "id", "name", "url")}
        assert (line["change"], line["body"]) == ("created", None)
        assert (line["revision"], line["at"]) == (record["revision"], record["updated_at"])
    until = state(api)
    page = api.get("/v1/changes", params={"since": until}).json()
    assert (page["items"], page["until"]) == ([], until)


def test_an_edit_a_removal_and_a_return_are_told_in_order(seeded: tuple[Engine, httpx.Client], tmp_path: Path) -> None:
    engine, client = seeded
    states = {1: state(client)}

    def told(since: int) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in items(client, "/v1/changes", since=states[since], body="true"):
            found.setdefault(line["record"]["url"], []).append(line["change"])
        return found

    loaded(engine, COMMENTARY)
    states[2] = state(client)
    second = [record["url"] for record in listed(client).values() if record["revision"] == 2]
    assert told(1).keys() == set(second)
    assert sorted(change for [change] in told(1).values()) == ["changed"] * 5 + ["created"] * 24
    unloaded(engine, COMMENTARY.name)
    states[3] = state(client)
    harbour, shared = f"/v1/documents/{COMMENTARY.name}", "/v1/actors/china"
    assert (told(1)[harbour], told(2)[harbour], told(1)[shared]) == (
        ["created", "deleted"],
        ["deleted"],
        ["changed"] * 2,
    )
    gone = [
        line for line in items(client, "/v1/changes", since=states[1], body="true") if line["record"]["url"] == harbour
    ]
    assert [line["body"] for line in gone] == [None, None]
    loaded(engine, COMMENTARY)
    assert told(2)[harbour] == ["deleted", "created"]
    assert all(line["body"] for line in items(client, "/v1/changes", since=states[3], body="true"))


def test_a_mirror_follows_what_documents_do_to_each_other(seeded: tuple[Engine, httpx.Client], tmp_path: Path) -> None:
    """Covers new evidence, changed aliases, a new name that other records show, and deleted records."""

    def rename(analysis: Json) -> None:
        for actor in analysis["actors"]:
            if actor["id"] == "china":
                actor["name"] = "People’s Republic of China"
                actor["aliases"] = [*actor.get("aliases", ()), "China"]

    engine, client = seeded
    mirror = Mirror(client)
    steps: list[Callable[[], Any]] = [
        lambda: None,
        lambda: loaded(engine, COMMENTARY),
        lambda: loaded(engine, rewritten(SEED, tmp_path / "renamed", rename)),
        lambda: unloaded(engine, COMMENTARY.name),
        lambda: loaded(engine, SEED),
        lambda: unloaded(engine, SEED.name),
        lambda: loaded(engine, SEED, COMMENTARY),
    ]
    for step in steps:
        step()
        mirror.follow()
        assert mirror.records == listed(client)
        begun_now = Mirror(client)
        begun_now.follow()
        assert begun_now.records == mirror.records


steps = st.lists(
    st.tuples(st.sampled_from(["one", "two"]), st.none() | st.integers(0, 3), st.integers(1, 30), st.booleans()),
    min_size=1,
    max_size=6,
)
"""Steps: the document, its random seed (None unloads it), its number of records, whether the mirror then reads."""


@slow_examples(thorough=8)
@given(steps)
@example(
    [("one", 0, 14, True), ("one", 1, 14, False), ("two", 0, 7, False), ("one", 2, 7, True), ("one", None, 1, True)]
)
def test_a_mirror_follows_whatever_is_loaded_and_unloaded(
    database: Database, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int | None, int, bool]]
) -> None:
    engine, present = database("empty"), dict[str, Tangled]()
    with serving(str(engine.url)) as url, client_of(url) as client:
        mirror = Mirror(client)
        for name, seed, records, looks in steps:
            earlier = [present["one"]] if name == "two" and "one" in present else []
            try:
                if seed is not None:
                    commentary = Tangled(name, Random(seed), records, earlier)
                    loaded(engine, commentary.write(tmp_path_factory.mktemp("bundle")))
                    present[name] = commentary
                elif name in present:
                    unloaded(engine, name)
                    del present[name]
            except BundleRejected:
                assert name == "one", "only the first is protected, by references of the second"
                assert "two" in present
            if looks:
                mirror.follow()
                assert mirror.records == listed(client)
        mirror.follow()
        assert mirror.records == listed(client)


def test_a_mirror_is_right_though_documents_are_loaded_while_it_reads(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = database("empty")

    def bundle(name: str, seed: int) -> Path:
        return Commentary(name, Random(seed), 70).write(tmp_path_factory.mktemp("bundle"))

    meanwhile: list[Callable[[], object]] = [
        lambda: unloaded(engine, "one"),
        lambda: loaded(engine, bundle("two", 2), bundle("three", 3)),
        lambda: unloaded(engine, "two"),
        lambda: loaded(engine, bundle("one", 1)),
    ]
    with serving(str(engine.url)) as url, client_of(url) as client:
        loaded(engine, bundle("one", 0), bundle("two", 0))
        mirror = Mirror(client)
        mirror.follow(lambda: meanwhile.pop()() if meanwhile else None)
        assert not meanwhile
        assert mirror.records == listed(client)


def test_a_mirror_can_begin_with_the_export(seeded: tuple[Engine, httpx.Client]) -> None:
    engine, client = seeded
    mirror = Mirror(client)
    mirror.known = {"since": state(client)}
    loaded(engine, COMMENTARY)
    mirror.records = {record["url"]: record for record in map(orjson.loads, client.get("/v1/export").iter_lines())}
    unloaded(engine, COMMENTARY.name)
    mirror.follow()
    assert mirror.records == listed(client)


def test_a_mirror_of_one_document_sees_its_deletions(database: Database, tmp_path: Path) -> None:
    """Also when the document gets another id, so that its records are those of another document."""
    engine = database("seeded")

    def rename(analysis: Json) -> None:
        analysis["document"] |= {"id": "harbour-renamed", "formerly": [COMMENTARY.name]}

    def fewer(analysis: Json) -> None:
        named = str(analysis).count
        free = next(each for each in analysis["relationships"] if named(each["id"]) == 1)
        analysis["relationships"].remove(free)

    with serving(str(engine.url)) as url, client_of(url) as client:
        mirrors = {name: Mirror(client, document=name) for name in (SEED.name, COMMENTARY.name)}

        def is_mirrored(*documents: str) -> None:
            records = listed(client).values()
            for name, mirror in mirrors.items():
                mirror.follow()
                kept = {key: each for key, each in mirror.records.items() if (each["document"] or each)["id"] == name}
                assert kept == {each["url"]: each for each in records if (each["document"] or each)["id"] == name}
                assert bool(kept) == (name in documents)

        loaded(engine, COMMENTARY)
        is_mirrored(SEED.name, COMMENTARY.name)
        before = dict(mirrors[COMMENTARY.name].records)
        loaded(engine, rewritten(COMMENTARY, tmp_path / "fewer", fewer))
        is_mirrored(SEED.name, COMMENTARY.name)
        assert len(before) - len(mirrors[COMMENTARY.name].records) == 1
        loaded(engine, rewritten(COMMENTARY, tmp_path / "harbour-renamed", rename))
        is_mirrored(SEED.name)
        unloaded(engine, "harbour-renamed")
        is_mirrored(SEED.name)
        deleted = items(client, "/v1/changes", document="harbour-renamed", kind="document", body="true")
        assert [line["change"] for line in deleted][-1] == "deleted"


# Parameters


def test_changes_can_be_asked_for_by_kind_and_turned_round(api: httpx.Client) -> None:
    everything = items(api, "/v1/changes")
    of_two = [line for line in everything if line["record"]["kind"] in ("event", "figure")]
    page = api.get("/v1/changes", params={"kind": ["event", "figure"], "limit": 200}).json()
    assert page["items"] == of_two
    revisions = [line["revision"] for line in items(api, "/v1/changes", sort="-revision", limit=30)]
    assert revisions == sorted(revisions, reverse=True)
    twice = [line["record"] for line in items(api, "/v1/changes", sort="-revision,revision", limit=30)]
    assert twice == [line["record"] for line in items(api, "/v1/changes", sort="-revision", limit=30)]


# States that the dataset never had


def test_a_since_of_another_dataset_says_to_start_again(database: Database) -> None:
    ours, other = database("seeded"), database("empty")
    with serving(str(ours.url)) as url, client_of(url) as client:
        mirror = Mirror(client)
        mirror.follow()
    loaded(other, SEED)
    with serving(str(other.url)) as url, client_of(url) as client:
        content = problem(client.get("/v1/changes", params=mirror.known), 409)
        assert "start again" in content["detail"].lower()
        assert "Conflict" in get(f"{url}{content['type']}").text


def test_a_since_of_a_copy_that_was_loaded_differently_says_to_start_again(database: Database) -> None:
    """Both copies are at revision 2 of the same dataset."""
    one, other = database("seeded"), database("seeded")
    loaded(one, COMMENTARY)
    unloaded(other, SEED.name)
    with serving(str(one.url)) as url, client_of(url) as client:
        mirror = Mirror(client)
        mirror.follow()
        tag = client.get("/v1/actors").headers["etag"]
    with serving(str(other.url)) as url, client_of(url) as client:
        problem(client.get("/v1/changes", params=mirror.known), 409)
        assert client.get("/v1/actors", headers={"If-None-Match": tag}).status_code == 200


def test_a_restore_between_two_pages_says_to_start_again(database: Database) -> None:
    one, backup = database("seeded"), database("seeded")
    loaded(one, COMMENTARY)
    with serving(str(one.url)) as url, client_of(url) as client:
        following = client.get("/v1/changes", params={"sort": "-revision", "limit": 3}).json()["next"]
    with serving(str(backup.url)) as url, client_of(url) as client:
        assert "start again" in problem(client.get(following), 409)["detail"].lower()


@pytest.mark.parametrize(
    ("name", "value"), [("since", "1"), ("since", "1.5"), ("since", "yesterday"), ("body", "1"), ("kind", "actors")]
)
def test_misuse_is_refused(api: httpx.Client, name: str, value: str) -> None:
    content = problem(api.get("/v1/changes", params={name: value}), 422)
    assert [error["parameter"] for error in content["errors"]] == [name]
