"""Several processes over one database: one writes at a time, and those that start together found one dataset."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import Engine, select

from app.bundle.publish import DATASET
from app.database import reading, writing
from tests.bundles import COMMENTARY, loaded
from tests.conftest import ROOT
from tests.databases import Databases


@contextmanager
def started(database: str, log: Path) -> Iterator[str]:
    """`dossier serve` in a process of its own; gives its base URL at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DOSSIER_DATABASE_URL": database, "DOSSIER_PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from app.cli import app; app()", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def ready(url: str, log: Path) -> None:
    """Wait until a service answers."""
    for _ in range(600):
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def test_services_that_start_together_on_nothing_seed_it_once(databases: Databases, tmp_path: Path) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(databases.lent("nothing"))
        logs = [tmp_path / str(number) for number in range(3)]
        urls = [stack.enter_context(started(database, log)) for log in logs]
        for url, log in zip(urls, logs, strict=True):
            ready(url, log)
        [first, *others] = [httpx.get(f"{url}/v1").json() for url in urls]
        assert (first["revision"], first["counts"]["documents"]) == (1, 1)
        assert others == [first, first]
        changes = httpx.get(f"{urls[0]}/v1/changes", params={"limit": 1}).json()
        assert changes["total"]["value"] == sum(first["counts"].values())
        assert sum("seeded" in log.read_text() for log in logs) == 1


def test_one_writes_at_a_time_and_readers_need_not_wait(database: Callable[[str], Engine]) -> None:
    engine, revisions = database("seeded"), list[int]()
    waiting = threading.Thread(target=lambda: revisions.append(loaded(engine, COMMENTARY).revision))
    with writing(engine) as connection:
        waiting.start()
        connection.execute(DATASET.update().values(revision=7))
        waiting.join(timeout=1)
        assert waiting.is_alive()
        with reading(engine) as reader:
            assert reader.execute(select(DATASET.c.revision)).scalar_one() == 1
    waiting.join()
    assert revisions == [8], "it has read what was written before"


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    with reading(engine) as reader:
        revision = select(DATASET.c.revision)
        assert reader.execute(revision).scalar_one() == 1
        loaded(engine, COMMENTARY)
        assert reader.execute(revision).scalar_one() == 1
    with reading(engine) as reader:
        assert reader.execute(revision).scalar_one() == 2
