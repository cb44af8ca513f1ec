"""Crowds of clients that ask for nothing, or do not read: others are served, and memory stays bounded."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.services.api import client_of
from tests.services.databases import Databases
from tests.services.processes import Service, started

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

CROWD = 500
CLIENT_SECONDS = 6
MAX_GROWTH_MB = 150
PATHS = ["/v1/actors/russia", "/v1/events?limit=20", "/v1/search?q=russia", "/v1/timeline", "/actors/russia", "/healthz"]
ROUNDS = 8
HEAD = b"GET /v1 HTTP/1.1\r\nHost: dossier.example\r\n"
UNREAD = b"".join(
    b"GET %b HTTP/1.1\r\nHost: dossier.example\r\n\r\n" % path
    for path in (b"/v1/events?limit=200", b"/v1/export", b"/v1/graph", b"/v1/actors.csv", b"/v1/export?format=jsonld")
)
"""Pipelined requests for the longest responses."""
SENT = {"that send nothing": b"", "that send half a request": HEAD, "that do not read": UNREAD}


@contextmanager
def crowd(service: Service, sent: bytes) -> Iterator[None]:
    """Open connections that have sent something, and read nothing."""
    address = urlsplit(service.url)
    with ExitStack() as stack:
        for _ in range(CROWD):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.connect((address.hostname, address.port))
            client.sendall(sent)
        yield


@pytest.mark.parametrize("name", SENT)
def test_others_are_served_among_many_clients(
    databases: Databases, tmp_path: Path, name: str, figure: Callable[[str, str], None]
) -> None:
    settings = {"DOSSIER_DATABASE_URL": databases.seeded, "DOSSIER_CLIENT_SECONDS": str(CLIENT_SECONDS)}
    with started(settings, tmp_path / "log") as service:
        service.ready()
        with client_of(service.url, headers={"Connection": "close"}) as others:
            right = [others.get(path).status_code for path in PATHS]
            assert set(right) == {200}
            before, connections = service.memory_mb(), service.connections()
            with crowd(service, SENT[name]):
                for _ in range(ROUNDS):
                    assert [others.get(path).status_code for path in PATHS] == right
                grown = service.memory_mb() - before
                assert grown < MAX_GROWTH_MB
                deadline = time.monotonic() + 5 * CLIENT_SECONDS
                while service.connections() > connections:
                    assert time.monotonic() < deadline, "the service keeps their connections"
                    time.sleep(0.1)
            assert [others.get(path).status_code for path in PATHS] == right
    assert "Traceback" not in (tmp_path / "log").read_text()
    figure(f"{CROWD} clients {name}", f"{ROUNDS * len(PATHS)} requests of others: all 200, memory {grown:+.0f} MB")
