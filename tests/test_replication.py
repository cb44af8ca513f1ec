"""Several API processes over a primary and a replica: whatever ends and comes back, nobody is told what is not so.

Clients ask for records, pages, searches and exports all the time, while a bundle is loaded, the replica crashes, the
bundle is unloaded, the replica comes back, and a process is killed and started again.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from app.model.kinds import KINDS
from tests.paths import COMMENTARY
from tests.services.api import client_of
from tests.services.clients import Client, Heard, Said, by_process, said, wrong
from tests.services.postgresql import FAST_UNSAFE, SUPERUSER, Server, folder, replica, running, server
from tests.services.processes import Service, dossier, started
from tests.services.serving import serving

pytestmark = [pytest.mark.postgresql, pytest.mark.faults]

CLIENTS, MOST = 4, 2_000
DOCUMENT = COMMENTARY.name
STREAMED = ["/v1/export?format=jsonl", "/v1/events?format=csv"]
PATHS = [
    "/v1",
    *(f"/v1/{kind.plural}?limit=20" for kind in KINDS.values()),
    "/v1/actors/north-korea",
    "/v1/actors/north-korea/mentions?limit=10",
    "/v1/actors/nobody-at-all",
    f"/v1/documents/{DOCUMENT}",
    f"/v1/documents/{DOCUMENT}/text",
    "/v1/events?facets=type&date_from=2015",
    "/v1/search?q=port",
    "/v1/search?q=nothing-like-it",
    "/v1/timeline?limit=20",
    "/v1/changes?limit=20",
    "/v1/actors?limit=0",
    *STREAMED,
]


@dataclass
class House:
    """What runs."""

    primary: Server
    database: str
    services: list[Service]
    quiet: httpx.Client
    """A service of its own, which is asked what each revision has to say."""
    paths: list[str] = field(default_factory=list)
    expected: dict[int, dict[str, Said]] = field(default_factory=dict)

    def expect(self) -> int:
        """Ask what the revision that is the newest has to say."""
        revision = int(self.quiet.get("/v1").json()["revision"])
        self.expected[revision] = {path: said(self.quiet.get(path)) for path in self.paths}
        return revision

    def shown(self, revision: int) -> None:
        """Wait until each service shows a revision."""
        until(lambda: all(self.quiet.get(f"{each.url}/v1").json()["revision"] == revision for each in self.services))


def until(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("it has not come")


def readers(of: Server) -> int:
    """How many connections of services a server has."""
    with psycopg.connect(f"host={of.folder} user={SUPERUSER} dbname={SUPERUSER}") as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dossier'").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def house(primary: Server, following: Path, logs: Path) -> Iterator[House]:
    """Two services that read from a replica where they can, and one that reads from the primary."""
    database = primary.url("dossier")
    read = f"postgresql://{SUPERUSER}@/dossier?host={following},{primary.folder}&target_session_attrs=prefer-standby"
    settings = {"DOSSIER_DATABASE_URL": database, "DOSSIER_READ_DATABASE_URL": read}
    with ExitStack() as stack:
        services = [stack.enter_context(started(settings, logs / f"service-{number}")) for number in range(2)]
        for service in services:
            service.ready()
        quiet = stack.enter_context(client_of(stack.enter_context(serving(database))))
        yield House(primary, database, services, quiet)


@contextmanager
def asking(house: House) -> Iterator[list[Client]]:
    """Clients that ask all the time, and have each gone on for some answers before this comes back."""
    urls = [service.url for service in house.services]
    clients = [Client(urls, house.paths, seed, MOST) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.stop.set()
        for client in clients:
            client.join(timeout=60)


def more(clients: list[Client], answers: int = 40) -> None:
    """Wait until each client has heard some more."""
    before = [len(client.heard) for client in clients]
    until(lambda: all(len(c.heard) >= min(MOST, n + answers) for c, n in zip(clients, before, strict=True)))


def overlap(heard: Heard, span: tuple[float, float]) -> bool:
    return heard.sent <= span[1] and span[0] <= heard.came


def test_nobody_is_told_what_is_not_so_whatever_ends_and_comes_back(tmp_path: Path) -> None:
    with ExitStack() as stack:
        primary = stack.enter_context(server())
        primary.execute("CREATE DATABASE dossier TEMPLATE template0")
        at = stack.enter_context(folder())
        following = stack.enter_context(replica(primary, at))
        built = stack.enter_context(house(primary, at, tmp_path))
        pages = (built.quiet.get(path).json().get("next") for path in PATHS if "limit=20" in path)
        built.paths = [*PATHS, *(page for page in pages if page)]
        killed, other = built.services
        assert built.expect() == 1
        with asking(built) as clients:
            more(clients)
            assert readers(following) > 0, "the replica is read from"
            assert "revision 2" in dossier("load", COMMENTARY, database=built.database)
            assert built.expect() == 2
            built.shown(2)
            more(clients)

            crashed = time.monotonic()
            following.crash()
            more(clients)
            assert "revision 3" in dossier("unload", DOCUMENT, database=built.database)
            assert built.expect() == 3
            built.shown(3)
            stack.enter_context(running(at, FAST_UNSAFE))
            back = time.monotonic()
            more(clients)

            ended = time.monotonic()
            killed.end(signal.SIGKILL)
            killed.start()
            killed.ready()
            again = time.monotonic()
            more(clients)
            assert readers(following) > 0, "it is read from again"
        heard = by_process(clients)

    assert {each.revision() for answers in heard.values() for each in answers} == {None, 1, 2, 3}
    assert {each.said[0] for answers in heard.values() for each in answers if each.said} == {200, 404, 410, 422}
    failures = [each for answers in heard.values() for each in answers if each.failure]
    for failure in failures:
        of_the_killed = failure.process == killed.url and overlap(failure, (ended, again))
        of_the_replica = failure.path in STREAMED and overlap(failure, (crashed, back))
        assert of_the_killed or of_the_replica, failure
    before = [each for each in heard[killed.url] if each.sent < ended]
    after = [each for each in heard[killed.url] if each.sent >= ended]
    for one in (before, after, heard[other.url]):
        assert wrong(one, built.expected) == []
