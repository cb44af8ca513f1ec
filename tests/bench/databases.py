"""Databases of generated commentaries, loaded by the real loader and kept in a cache folder for the next run."""

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
"""The sizes that are kept, each made from the one before."""
GROUP = 64
"""How many bundles one `dossier load` gets at most: some 10,000 records, so that its memory stays bounded."""


@dataclass(frozen=True)
class Load:
    """One call of the loader."""

    before: int
    """How many records the database had."""
    records: int
    """How many it loaded."""
    seconds: float
    """The processor time that it took, start of the process included: others on the machine make it wait, not work."""
    elapsed: float = 0.0
    """How long it took by the clock; 0 where that was not noted."""


@dataclass(frozen=True)
class Database:
    """A database file with at least so many records."""

    size: int
    path: Path
    bundles: int
    loads: list[Load]
    """How it was loaded, from the empty one on."""

    @property
    def url(self) -> str:
        """Its URL, as the settings take it."""
        return f"sqlite:///{self.path}"

    @property
    def records(self) -> int:
        """How many records were loaded."""
        return sum(one.records for one in self.loads)


def database(size: int, track: Track) -> Database:
    """The database of a size, from the cache or made now: 1,000, 10,000, 100,000 or 1,000,000 records."""
    folder = CACHE / _key()
    folder.mkdir(parents=True, exist_ok=True)
    kept = _kept(folder, size)
    if kept is not None:
        return kept
    at = _STAGES.index(size)
    before = database(_STAGES[at - 1], track) if at else Database(0, folder / "none.db", 0, [])
    return _grow(before, size, folder, track)


def _key() -> str:
    """What tells databases apart: what generates the bundles, the schema, and the version of what is rendered."""
    made_by = hashlib.sha256(f"{_SEED} {RENDER_VERSION}".encode())
    for folder in (Path(__file__).parent / "corpus", ROOT / "migrations" / "versions"):
        for file in sorted(folder.iterdir()):
            if file.is_file():
                made_by.update(file.read_bytes())
    return made_by.hexdigest()[:12]


def _kept(folder: Path, size: int) -> Database | None:
    path, log = folder / f"{size}.db", folder / f"{size}.json"
    if not log.exists():
        return None
    told = orjson.loads(log.read_bytes())
    return Database(size, path, told["bundles"], [Load(**one) for one in told["loads"]])


def _grow(before: Database, size: int, folder: Path, track: Track) -> Database:
    """A copy of a smaller database, with the bundles that it lacks."""
    path, part = folder / f"{size}.db", folder / f"{size}.part.db"
    for left in folder.glob(f"{part.name}*"):
        left.unlink()
    if before.bundles:
        shutil.copy(before.path, part)
    loads, bundles = list(before.loads), before.bundles
    contents = contents_after(before.bundles)
    for group in track(_groups(math.ceil(size / SIZE) - before.bundles), description=f"Loading {size:,} records"):
        loads.append(load(part, bundles, list(islice(contents, group))))
        bundles += group
    _settle(part)
    part.replace(path)
    told = {"bundles": bundles, "loads": [vars(one) for one in loads]}
    path.with_suffix(".json").write_bytes(orjson.dumps(told))
    return Database(size, path, bundles, loads)


def _groups(bundles: int) -> list[int]:
    """How many bundles each call of the loader gets."""
    return [min(GROUP, bundles - at) for at in range(0, bundles, GROUP)]


def contents_after(skipped: int) -> Iterator[bytes]:
    """Bundles without end, after the first few."""
    random = Random(_SEED)
    world, language = World(random), Language(random)
    bundles = (commentary(world, language, random, number) for number in count())
    return islice(bundles, skipped, None)


def load(path: Path, before: int, contents: list[bytes]) -> Load:
    """Load some bundles with the command, from files that are there for as long as it takes."""
    with TemporaryDirectory(dir=CACHE) as folder:
        files = [Path(folder) / f"{number}.json" for number in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        started, worked = time.perf_counter(), _worked()
        environment = os.environ | {"DOSSIER_DATABASE_URL": f"sqlite:///{path}"}
        subprocess.run([DOSSIER, "load", *files], env=environment, check=True, stdout=subprocess.DEVNULL)
        elapsed = time.perf_counter() - started
        return Load(before * SIZE, len(contents) * SIZE, _worked() - worked, elapsed)


def _worked() -> float:
    """The processor time of the commands that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _settle(path: Path) -> None:
    """Bring what the log still holds into the file itself, so that it can be copied."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
