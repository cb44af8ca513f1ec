"""Loads that are killed at a random point: each is whole or absent, and readers see one state or the other."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text

from app.bundle.check import differences
from app.database.engine import connect
from app.database.transactions import reading, writing
from app.model.kinds import KINDS
from tests.factories.bundles import dump
from tests.factories.generated import Commentary
from tests.services.api import client_of
from tests.services.clients import Client, Digest, digest, wrong
from tests.services.databases import Databases
from tests.services.processes import forked, started
from tests.services.serving import serving
from tests.test_bundle_round_trip import state

pytestmark = pytest.mark.faults

KEPT, LOADED = "kept", "killed"
READERS, LIMIT = 3, 20_000
PATHS = [
    *(f"/v1/{kind.plural}?limit=20" for kind in KINDS.values()),
    f"/v1/actors/actor-0-of-{KEPT}",
    "/v1/events?facets=type&sort=-date",
    "/v1/search?q=stands",
    "/v1/timeline?limit=20",
    "/v1/graph",
    "/v1/changes?limit=20",
    "/v1/events.csv",
    "/v1/export?format=jsonl",
    "/v1",
]


class Loads:
    """Loads and unloads of one document, each by a process of its own."""

    def __init__(self, url: str, bundle: Path) -> None:
        self.url, self.bundle = url, bundle
        self.engine = connect(url)
        self.log = bundle.parent / "log"
        self.present = False
        """True if the document is loaded."""
        self.states = {}
        """The served records and texts without and with the document."""
        for present in (False, True):
            self.states[present] = state(self.engine)
            self.change()
        self.seconds = {present: self.change() for present in (False, True)}
        """The duration of a load and of an unload."""

    def change(self, seconds: float | None = None) -> float:
        """Load the document, or unload it if it is loaded. Kill the process after some seconds; return its duration."""
        words = ("unload", self.bundle.name) if self.present else ("load", self.bundle)
        began = time.monotonic()
        process = forked(*words, database=self.url, log=self.log)
        process.join(seconds)
        process.kill()
        process.join()
        self.killed = process.exitcode == -9
        assert self.killed or process.exitcode == 0, self.log.read_text()
        if seconds is None:
            self.present = not self.present
        return time.monotonic() - began


@pytest.fixture
def loads(databases: Databases, tmp_path: Path) -> Loads:
    others = Commentary(KEPT, Random(2), 21).write(tmp_path)
    return Loads(databases.loaded("empty", others), Commentary(LOADED, Random(1), 70).write(tmp_path))


def settle(engine: Engine) -> None:
    """Wait until nobody writes. PostgreSQL may notice the end of a process later, and commit what it had sent."""
    with writing(engine):
        pass


def sound(engine: Engine) -> None:
    """Check the file, and the records against their rows."""
    with reading(engine) as connection:
        if engine.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert list(differences(connection)) == []


def test_a_killed_load_is_whole_or_absent(
    loads: Loads, scaled: Callable[[int, int], int], figure: Callable[[str, str], None]
) -> None:
    kills = scaled(45, 200) if loads.engine.name == "sqlite" else scaled(15, 50)
    random, outcomes = Random(13), Counter[str]()
    after = dump(loads.engine)
    while outcomes.total() < kills:
        before = after
        loads.change(random.uniform(0, 1.1 * loads.seconds[loads.present]))
        settle(loads.engine)
        after = dump(loads.engine)
        if loads.killed and after == before:
            outcomes["absent"] += 1
        else:
            loads.present = not loads.present
            assert state(loads.engine) == loads.states[loads.present]
            if loads.killed:
                outcomes["whole"] += 1
        sound(loads.engine)
    assert outcomes["absent"] > kills // 4, "the kills come too late"
    loads.engine.dispose()
    figure(
        "loads killed at a random point", f"{kills}: {outcomes['absent']} absent, {outcomes['whole']} whole, 0 other"
    )


def test_readers_see_one_revision_or_the_next_while_loads_are_killed(
    loads: Loads, tmp_path: Path, scaled: Callable[[int, int], int], figure: Callable[[str, str], None]
) -> None:
    random, expected, kills = Random(13), dict[int, dict[str, Digest]](), 0
    with ExitStack() as stack:
        service = stack.enter_context(started({"DOSSIER_DATABASE_URL": loads.url}, tmp_path / "service"))
        reference = stack.enter_context(client_of(stack.enter_context(serving(loads.url, cache_mb=0))))

        def expect() -> None:
            """Record the correct responses of the newest revision."""
            settle(loads.engine)
            revision = int(reference.get("/v1").json()["revision"])
            expected.setdefault(revision, {path: digest(reference.get(path)) for path in PATHS})

        service.ready()
        expect()
        clients = [Client([service.url], PATHS, seed, LIMIT) for seed in range(READERS)]
        for client in clients:
            client.start()
        for _ in range(scaled(6, 40)):
            loads.change(random.uniform(0, loads.seconds[loads.present]))
            kills += loads.killed
            settle(loads.engine)
            loads.present = LOADED in {document["id"] for document in reference.get("/v1/documents").json()["items"]}
            expect()
            loads.change()
            expect()
        for client in clients:
            client.stop.set()
        for client in clients:
            client.join(timeout=60)
    loads.engine.dispose()
    exchanges = [each for client in clients for each in client.exchanges]
    assert [each for each in exchanges if each.failure] == []
    assert {each.digest[0] for each in exchanges if each.digest} == {200}
    assert wrong(exchanges, expected) == []
    seen = {each.revision() for each in exchanges} - {None}
    assert len(seen) > len(expected) // 2
    figure("reads during loads", f"{len(exchanges):,} of {len(seen)} revisions, with {kills} kills: 0 mixed, 0 failed")
