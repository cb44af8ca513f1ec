"""Several API processes over a primary and a replica: crashes and restarts cause no wrong or stale response.

Clients request records, pages, searches and exports throughout, while a bundle is loaded, the replica crashes, the
bundle is unloaded, the replica recovers, and a process is killed and restarted.
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
from tests.services.clients import Client, Digest, Exchange, by_process, digest, wrong
from tests.services.postgresql import FAST_UNSAFE, SUPERUSER, Server, folder, replica, running, server
from tests.services.processes import Service, dossier, started
from tests.services.serving import serving

pytestmark = [pytest.mark.postgresql, pytest.mark.faults]

CLIENTS, LIMIT = 4, 2_000
DOCUMENT = COMMENTARY.name
STREAMED = ["/v1/export?format=jsonl", "/v1/events.csv"]
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
class Cluster:
    """The processes under test, and the correct responses of each revision."""

    primary: Server
    database: str
    services: list[Service]
    reference: httpx.Client
    """A client of a service on the primary, without load, which gives the correct responses."""
    paths: list[str] = field(default_factory=list)
    expected: dict[int, dict[str, Digest]] = field(default_factory=dict)

    def expect(self) -> int:
        """Record the correct responses of the newest revision; returns its number."""
        revision = int(self.reference.get("/v1").json()["revision"])
        self.expected[revision] = {path: digest(self.reference.get(path)) for path in self.paths}
        return revision

    def await_revision(self, revision: int) -> None:
        """Wait until each service is at a revision."""
        until(lambda: all(self.reference.get(f"{s.url}/v1").json()["revision"] == revision for s in self.services))


def until(done: Callable[[], bool]) -> None:
    """Wait up to 30 seconds."""
    for _ in range(600):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("timed out")


def connections(server: Server) -> int:
    """The number of connections that services have to a server."""
    with psycopg.connect(f"host={server.folder} user={SUPERUSER} dbname={SUPERUSER}") as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dossier'").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def cluster(primary: Server, replica_folder: Path, logs: Path) -> Iterator[Cluster]:
    """Two services that prefer the replica for reads, and one that reads from the primary."""
    database = primary.url("dossier")
    hosts = f"{replica_folder},{primary.folder}"
    read = f"postgresql://{SUPERUSER}@/dossier?host={hosts}&target_session_attrs=prefer-standby"
    settings = {"DOSSIER_DATABASE_URL": database, "DOSSIER_READ_DATABASE_URL": read}
    with ExitStack() as stack:
        services = [stack.enter_context(started(settings, logs / f"service-{number}")) for number in range(2)]
        for service in services:
            service.ready()
        reference = stack.enter_context(client_of(stack.enter_context(serving(database))))
        yield Cluster(primary, database, services, reference)


@contextmanager
def load_on(cluster: Cluster) -> Iterator[list[Client]]:
    """Clients that send requests until the block ends."""
    urls = [service.url for service in cluster.services]
    clients = [Client(urls, cluster.paths, seed, LIMIT) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.stop.set()
        for client in clients:
            client.join(timeout=60)


def await_responses(clients: list[Client], count: int = 40) -> None:
    """Wait until each client has completed some more requests."""
    before = [len(client.exchanges) for client in clients]
    until(lambda: all(len(c.exchanges) >= min(LIMIT, n + count) for c, n in zip(clients, before, strict=True)))


def overlaps(exchange: Exchange, span: tuple[float, float]) -> bool:
    return exchange.sent <= span[1] and span[0] <= exchange.received


def test_no_crash_or_restart_causes_a_wrong_or_stale_response(tmp_path: Path) -> None:
    with ExitStack() as stack:
        primary = stack.enter_context(server())
        primary.execute("CREATE DATABASE dossier TEMPLATE template0")
        replica_folder = stack.enter_context(folder())
        standby = stack.enter_context(replica(primary, replica_folder))
        built = stack.enter_context(cluster(primary, replica_folder, tmp_path))
        pages = (built.reference.get(path).json().get("next") for path in PATHS if "limit=20" in path)
        built.paths = [*PATHS, *(page for page in pages if page)]
        killed, other = built.services
        assert built.expect() == 1
        with load_on(built) as clients:
            await_responses(clients)
            assert connections(standby) > 0, "reads go to the replica"
            assert "revision 2" in dossier("load", COMMENTARY, database=built.database)
            assert built.expect() == 2
            built.await_revision(2)
            await_responses(clients)

            crash = time.monotonic()
            standby.crash()
            await_responses(clients)
            assert "revision 3" in dossier("unload", DOCUMENT, database=built.database)
            assert built.expect() == 3
            built.await_revision(3)
            stack.enter_context(running(replica_folder, FAST_UNSAFE))
            recovery = time.monotonic()
            await_responses(clients)

            kill = time.monotonic()
            killed.end(signal.SIGKILL)
            killed.start()
            killed.ready()
            restart = time.monotonic()
            await_responses(clients)
            assert connections(standby) > 0, "reads go to the replica again"
        exchanges = by_process(clients)

    every = [each for of_process in exchanges.values() for each in of_process]
    assert {each.revision() for each in every} == {None, 1, 2, 3}
    assert {each.digest[0] for each in every if each.digest} == {200, 404, 410, 422}
    for failure in (each for each in every if each.failure):
        process_was_down = failure.process == killed.url and overlaps(failure, (kill, restart))
        stream_was_cut = failure.path in STREAMED and overlaps(failure, (crash, recovery))
        assert process_was_down or stream_was_cut, failure
    before = [each for each in exchanges[killed.url] if each.sent < kill]
    after = [each for each in exchanges[killed.url] if each.sent >= kill]
    for one in (before, after, exchanges[other.url]):
        assert wrong(one, built.expected) == []
