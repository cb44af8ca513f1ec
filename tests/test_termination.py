"""SIGTERM: requests that run are finished within the grace period, and a load is whole or absent."""

import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
from sqlalchemy import Engine

from tests.factories.bundles import dump, unloaded
from tests.factories.generated import Commentary
from tests.services.commands import invoked
from tests.services.databases import Databases
from tests.services.processes import running, started

pytestmark = pytest.mark.faults


@pytest.fixture
def large(databases: Databases, tmp_path: Path) -> str:
    """A database whose export does not fit into the buffers of a connection."""
    bundles = (Commentary(f"number-{number}", Random(number), 700).write(tmp_path) for number in range(4))
    return databases.loaded("empty", *bundles)


def test_a_response_that_is_being_sent_is_finished(large: str, tmp_path: Path) -> None:
    with started({"DOSSIER_DATABASE_URL": large, "DOSSIER_GRACE_SECONDS": "30"}, tmp_path / "log") as service:
        service.ready()
        with httpx.stream("GET", f"{service.url}/v1/export", headers={"Accept-Encoding": "identity"}) as answer:
            chunks = answer.iter_raw(2**16)
            received = next(chunks)
            service.send(signal.SIGTERM)
            time.sleep(1)
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"{service.url}/healthz")
            received += b"".join(chunks)
        assert len(list(map(orjson.loads, received.splitlines()))) == 4 * 701
        assert service.end() in (0, -signal.SIGTERM)


def test_a_client_that_does_not_read_is_cut_off_after_the_grace_period(large: str, tmp_path: Path) -> None:
    with started({"DOSSIER_DATABASE_URL": large, "DOSSIER_GRACE_SECONDS": "1"}, tmp_path / "log") as service:
        service.ready()
        place = urlsplit(service.url)
        with closing(socket.socket()) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((place.hostname, place.port))
            connection.sendall(b"GET /v1/export HTTP/1.1\r\nHost: dossier\r\n\r\n")
            assert connection.recv(1024).startswith(b"HTTP/1.1 200")
            assert service.end() in (0, -signal.SIGTERM), "it has ended although the client has not read"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_load_that_is_ended_is_whole_or_absent(
    database: Callable[[Any], Engine], tmp_path: Path, how: signal.Signals
) -> None:
    engine, other = database("seeded"), database("seeded")
    bundles = [Commentary(f"number-{number}", Random(number), 280).write(tmp_path) for number in range(2)]
    url, random = engine.url.render_as_string(hide_password=False), Random(how)
    begun = time.monotonic()
    with running("load", *bundles, database=other.url.render_as_string(hide_password=False)) as process:
        assert process.wait(timeout=120) == 0
    seconds = time.monotonic() - begun
    absent, whole = (len(dump(each)["record"]) for each in (engine, other))
    for _ in range(4):
        with running("load", *bundles, database=url) as process:
            time.sleep(seconds * random.uniform(0.3, 1.0))
            process.send_signal(how)
        assert len(dump(engine)["record"]) in (absent, whole)
        result = invoked("check", environment={"DOSSIER_DATABASE_URL": url})
        assert (result.exit_code, result.stdout) == (0, "OK: 0 differences\n")
        if len(dump(engine)["record"]) == whole:
            unloaded(engine, "number-0")
            unloaded(engine, "number-1")
