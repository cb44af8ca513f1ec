"""Full disks, damaged files and locks: a load is whole or absent, and a response is right or a 503."""

import resource
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from app.database.engine import file_of
from app.model.kinds import KINDS
from tests.factories.bundles import dump, loaded
from tests.paths import COMMENTARY
from tests.services.api import client_of
from tests.services.clients import Digest, digest
from tests.services.databases import Databases
from tests.services.processes import forked, started
from tests.services.serving import serving
from tests.test_kills import sound

pytestmark = pytest.mark.faults

Scaled = Callable[[int, int], int]
Record = Callable[[str, str], None]
Make = Callable[[str], Engine]
PATHS = [
    *(f"/v1/{kind.plural}?limit=50" for kind in KINDS.values()),
    "/v1/actors/russia",
    "/v1/events?facets=type",
    "/v1/search?q=russia",
    "/v1/timeline",
    "/v1/graph",
    "/v1/changes",
    "/v1/vocabularies",
    "/v1/events.csv",
    "/v1/export?format=jsonl",
    "/actors/russia",
    "/readyz",
]
UNAVAILABLE: Digest = (503, "")


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def answers(client: httpx.Client) -> dict[str, Digest]:
    """The status and the content of each path; of a 503, and of a stream that breaks off, only the status."""
    found = {}
    for path in PATHS:
        try:
            response = client.get(path)
            found[path] = UNAVAILABLE if response.status_code == 503 else digest(response)
        except httpx.RemoteProtocolError:
            found[path] = UNAVAILABLE
    return found


# A full disk


@pytest.mark.sqlite
def test_a_load_that_fills_the_disk_changes_nothing(
    database: Make, tmp_path: Path, scaled: Scaled, figure: Record
) -> None:
    """SQLite may use a few pages more each time, until the load succeeds."""
    engine = database("seeded")
    before, failures = dump(engine), 0
    with closing(engine.raw_connection()) as connection:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
    for more in range(0, 400, scaled(5, 1)):
        full = engine.execution_options()

        @event.listens_for(full, "begin")
        def _limit(connection: object, most: int = pages + more) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")  # type: ignore[attr-defined]

        try:
            loaded(full, COMMENTARY)
        except OperationalError as error:
            failure = str(error)
        else:
            break
        finally:
            event.remove(full, "begin", _limit)
        assert "database or disk is full" in failure
        assert dump(engine) == before
        failures += 1
    assert failures > 2
    assert loaded(engine, COMMENTARY).revision == 2
    sound(engine)
    figure("disk full while loading", f"{failures} loads at {failures} points: all absent")


@pytest.mark.sqlite
def test_a_write_that_fails_ends_the_load_with_a_line_and_no_read(
    database: Make, tmp_path: Path, scaled: Scaled, figure: Record
) -> None:
    """No file may grow beyond a size. The service may write nothing at all, not even its log."""
    engine, log = database("seeded"), tmp_path / "log"
    file = file_of(engine.url)
    assert file is not None
    before, sizes = dump(engine), range(5_000, 105_000, scaled(50_000, 2_500))
    with started({"DOSSIER_DATABASE_URL": address(engine)}, tmp_path / "service") as service, client_of("") as client:
        service.ready()
        client.base_url = httpx.URL(service.url)
        right = answers(client)
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for size in sizes:
            process = forked("load", COMMENTARY, database=address(engine), log=log, file_size=size)
            process.join()
            assert (process.exitcode, dump(engine) == before) == (2, True), (size, log.read_text())
            assert answers(client) == right
        resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        said = [line for line in log.read_text().splitlines() if not line.startswith("reading ")]
        assert len(said) == len(sizes)
        assert all(line.startswith(f"{file}: ") for line in said), said
        assert loaded(engine, COMMENTARY).revision == 2
        assert client.get("/v1").json()["revision"] == 2
    assert "Traceback" not in (tmp_path / "service").read_text()
    sound(engine)
    figure(
        "writes that fail while loading and serving",
        f"{len(sizes)} loads absent, {len(sizes) * len(PATHS)} reads right",
    )


# A damaged file


def truncate(file: Path, random: Random) -> None:
    with file.open("r+b") as opened:
        opened.truncate(random.randint(0, file.stat().st_size // 2))


def scribble(file: Path, random: Random) -> None:
    """Overwrite half of the pages in the middle."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(size // 4 // 4096 * 4096)
        opened.write(random.randbytes(size // 2))


def clear(file: Path, random: Random) -> None:
    """Overwrite some pages with zeros."""
    with file.open("r+b") as opened:
        for _ in range(20):
            opened.seek(4096 * random.randrange(file.stat().st_size // 4096))
            opened.write(bytes(4096))


def delete(file: Path, random: Random) -> None:
    file.unlink()


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", [truncate, scribble, clear, delete])
def test_a_damaged_file_is_a_503_and_a_line_until_it_is_replaced(
    databases: Databases, tmp_path: Path, damage: Callable[[Path, Random], None], scaled: Scaled, figure: Record
) -> None:
    log, told = tmp_path / "log", Counter[str]()
    for number in range(scaled(1, 10)):
        with databases.lent("seeded") as url:
            file, copy = Path(url.removeprefix("sqlite:///")), tmp_path / f"{number}.db"
            shutil.copy(file, copy)
            with serving(url, cache_mb=0) as service, client_of(service) as client:
                right = answers(client)
            with serving(url, cache_mb=0) as service, client_of(service) as client:
                assert client.get("/readyz").status_code == 200
                damage(file, Random(number))
                time.sleep(0.05)
                for _ in range(2):
                    found = answers(client)
                    assert {status for status, _ in found.values()} <= {200, 404, 503}
                    told["right"] += sum(answer == right[path] for path, answer in found.items())
                    told["503"] += sum(answer == UNAVAILABLE for answer in found.values())
                assert client.get("/healthz").status_code == 200
                for words, codes in ((("check",), (1, 2)), (("load", COMMENTARY), (0, 1, 2)), (("status",), (0, 2))):
                    process = forked(*words, database=url, log=log)
                    process.join()
                    assert process.exitcode in codes, log.read_text()
                for beside in ("-wal", "-shm"):
                    file.with_name(file.name + beside).unlink(missing_ok=True)
                shutil.move(copy, file)
                deadline = time.monotonic() + 1
                while answers(client) != right:
                    assert time.monotonic() < deadline
    assert "Traceback" not in log.read_text()
    assert told["503"] > 0
    total = scaled(1, 10) * 2 * len(PATHS)
    name = {"truncate": "truncated", "scribble": "overwritten in the middle", "clear": "with cleared pages"}
    figure(
        f"file {name.get(damage.__name__, 'deleted')} while serving",
        f"{total} reads: {told['right']} right, {told['503']} × 503, 0 × 500, "
        f"{total - told.total()} of damaged rows; right again after its replacement",
    )


# A lock


def test_a_lock_that_is_held_stops_nothing_but_loads(
    database: Make, tmp_path: Path, scaled: Scaled, figure: Record
) -> None:
    engine, log, seconds = database("seeded"), tmp_path / "log", scaled(2, 60)
    with serving(address(engine), cache_mb=0) as service, client_of(service) as client:
        right = answers(client)
        if engine.name == "sqlite":
            holder = sqlite3.connect(str(file_of(engine.url)), isolation_level=None)
            holder.execute("BEGIN EXCLUSIVE")
        else:
            lock = psycopg.connect(address(engine).replace("+psycopg", ""))
            lock.execute("LOCK TABLE record IN EXCLUSIVE MODE")
        process = forked("load", COMMENTARY, database=address(engine), log=log)
        until, reads = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            assert answers(client) == right
            reads += len(PATHS)
        assert process.is_alive()
        if engine.name == "sqlite":
            holder.rollback()
            holder.close()
        else:
            lock.close()
        process.join(60)
        assert process.exitcode == 0, log.read_text()
        deadline = time.monotonic() + 5
        while client.get("/v1").json()["revision"] != 2:
            assert time.monotonic() < deadline
    sound(engine)
    figure(f"database locked for {seconds} s", f"{reads:,} reads right; the load that waited is whole")
