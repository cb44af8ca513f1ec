"""Databases of generated commentaries, loaded with `dossier load` and cached in a folder between runs."""

import hashlib
import math
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import orjson

from app.bundle.progress import Track
from app.model.dataset import RENDER_VERSION
from tests.bench.corpus.commentary import SIZE, commentary
from tests.bench.corpus.language import Language
from tests.bench.corpus.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".bench"
DOSSIER = Path(sys.executable).with_name("dossier")
_SEED = 4
_STAGES = (1_000, 10_000, 100_000, 1_000_000)
"""Sizes of the cached databases; each is built from the previous one."""
GROUP = 64
"""Maximum number of bundles per `dossier load`: some 10,000 records, to bound its memory."""


@dataclass(frozen=True)
class Load:
    """One run of `dossier load`."""

    before: int
    """Number of records in the database before."""
    records: int
    """Number of records loaded."""
    seconds: float
    """Processor time, including process start; other load on the machine affects it less than elapsed time."""
    elapsed: float = 0.0
    """Elapsed time in seconds; 0 if not recorded."""
    peak: int = 0
    """Peak resident memory in bytes; 0 if not recorded."""


@dataclass(frozen=True)
class Database:
    """A database file with at least `size` records."""

    size: int
    path: Path
    bundles: int
    loads: list[Load]
    """All runs of the loader, starting from an empty database."""

    @property
    def url(self) -> str:
        """The database URL for the settings."""
        return f"sqlite:///{self.path}"

    @property
    def records(self) -> int:
        """Total number of records loaded."""
        return sum(one.records for one in self.loads)


def database(size: int, track: Track) -> Database:
    """Return the database of a size from the cache, or build it.

    The size is 1,000, 10,000, 100,000 or 1,000,000 records.
    """
    folder = CACHE / _key()
    folder.mkdir(parents=True, exist_ok=True)
    cached = _cached(folder, size)
    if cached is not None:
        return cached
    at = _STAGES.index(size)
    before = database(_STAGES[at - 1], track) if at else Database(0, folder / "none.db", 0, [])
    return _grow(before, size, folder, track)


def _key() -> str:
    """The cache key: a hash of the seed, the corpus generator, the migrations and the render version."""
    digest = hashlib.sha256(f"{_SEED} {RENDER_VERSION}".encode())
    for folder in (Path(__file__).parent / "corpus", ROOT / "migrations" / "versions"):
        for file in sorted(folder.iterdir()):
            if file.is_file():
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _cached(folder: Path, size: int) -> Database | None:
    path, log = folder / f"{size}.db", folder / f"{size}.json"
    if not log.exists():
        return None
    log_content = orjson.loads(log.read_bytes())
    return Database(size, path, log_content["bundles"], [Load(**one) for one in log_content["loads"]])


def _grow(before: Database, size: int, folder: Path, track: Track) -> Database:
    """Copy a smaller database, and load the missing bundles into the copy."""
    path, part = folder / f"{size}.db", folder / f"{size}.part.db"
    for leftover in folder.glob(f"{part.name}*"):
        leftover.unlink()
    if before.bundles:
        shutil.copy(before.path, part)
    loads, bundles = list(before.loads), before.bundles
    contents = contents_after(before.bundles)
    for group in track(_groups(math.ceil(size / SIZE) - before.bundles), description=f"Loading {size:,} records"):
        loads.append(load(part, bundles, list(islice(contents, group))))
        bundles += group
    _checkpoint(part)
    part.replace(path)
    log_content = {"bundles": bundles, "loads": [vars(one) for one in loads]}
    path.with_suffix(".json").write_bytes(orjson.dumps(log_content))
    return Database(size, path, bundles, loads)


def _groups(bundles: int) -> list[int]:
    """Number of bundles for each run of the loader."""
    return [min(GROUP, bundles - at) for at in range(0, bundles, GROUP)]


def contents_after(skipped: int) -> Iterator[bytes]:
    """Generate an endless sequence of bundles, without the first `skipped`."""
    random = Random(_SEED)
    world, language = World(random), Language(random)
    bundles = (commentary(world, language, random, number) for number in count())
    return islice(bundles, skipped, None)


def load(path: Path, before: int, contents: list[bytes]) -> Load:
    """Load bundles with `dossier load`, from temporary files. Its output goes to a file in the cache folder."""
    with TemporaryDirectory(dir=CACHE) as folder, (CACHE / "load.log").open("wb") as log:
        files = [Path(folder) / f"{number}.json" for number in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        started, processor_time = time.perf_counter(), _processor_time()
        environment = os.environ | {"DOSSIER_DATABASE_URL": f"sqlite:///{path}"}
        process = subprocess.Popen([DOSSIER, "load", *files], env=environment, stdout=log, stderr=log)
        peak = _peak(process)
        elapsed = time.perf_counter() - started
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)
        return Load(before * SIZE, len(contents) * SIZE, _processor_time() - processor_time, elapsed, peak)


def _peak(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process; return its peak resident memory in bytes. `ru_maxrss` would include that of this process."""
    peak = 0
    while process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1]) * 1024
        time.sleep(0.02)
    return peak


def _processor_time() -> float:
    """Processor time of all finished child processes, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _checkpoint(path: Path) -> None:
    """Checkpoint the write-ahead log, so that the database file alone can be copied."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
