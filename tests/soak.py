"""A service under mixed reads and loads for some minutes: its errors, memory and latency, as a table.

Usage: python -m tests.soak [--minutes 10] [--database postgresql]. Exits with 1 if a request or a load failed, or if
memory or latency grew.
"""

import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Annotated

import httpx
import typer

from tests.factories.generated import Commentary
from tests.factories.tangled import Tangled
from tests.paths import COMMENTARY
from tests.services.api import PLURALS, client_of, items
from tests.services.databases import databases
from tests.services.processes import Service, forked, started

INTERVALS = 10
CLIENTS = 6
PAUSE_SECONDS = 0.02
"""The pause of a client after each response, which leaves processor time to the loads."""
LOAD_PAUSE_SECONDS = 2.0
MAX_GROWTH = 1.15
"""Limit on the memory of the last interval, compared with the third: the caches are full by then."""
MAX_SLOWDOWN = 1.5
"""Limit on the latency of the last three intervals, compared with the second to the fourth."""
EXPECTED = {200, 304, 404, 410, 422}
WORDS = ("russia", "sanctions", "stands", "Zürich", "-matter", "sta*", '"here stands"', "made-up", "zzzz")


@dataclass
class Interval:
    """What happened in a tenth of the time."""

    seconds: list[float] = field(default_factory=list)
    """The duration of each request."""
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    loads: int = 0
    memory_mb: float = 0

    def milliseconds(self) -> tuple[float, float]:
        """The median and the 99th percentile of the latency."""
        return 1000 * median(self.seconds), 1000 * quantiles(self.seconds, n=100)[98]


class Soak:
    """Clients and a loader, which work until a time."""

    def __init__(self, service: Service, database: str, bundles: list[Path], seconds: float, log: Path) -> None:
        self.service, self.database, self.bundles, self.length = service, database, bundles, seconds
        self.log = log
        self.intervals = [Interval() for _ in range(INTERVALS)]
        with client_of(service.url) as client:
            self.records = [record["url"] for plural in PLURALS for record in items(client, f"/v1/{plural}", limit=200)]
        self.begun = time.monotonic()

    @property
    def now(self) -> Interval | None:
        """The current interval; None at the end."""
        at = int((time.monotonic() - self.begun) / self.length * INTERVALS)
        return self.intervals[at] if at < INTERVALS else None

    def run(self) -> None:
        """Read and load until the end, and note the memory of each interval."""
        work = [threading.Thread(target=self._read, args=(Random(number),)) for number in range(CLIENTS)]
        work.append(threading.Thread(target=self._load))
        for thread in work:
            thread.start()
        while interval := self.now:
            interval.memory_mb = max(interval.memory_mb, self.service.memory_mb())
            time.sleep(0.5)
        for thread in work:
            thread.join()

    def _read(self, random: Random) -> None:
        tags: dict[str, str] = {}
        with client_of(self.service.url) as client:
            while interval := self.now:
                path = self._path(random)
                headers = {"If-None-Match": tags[path]} if path in tags and random.random() < 0.3 else {}
                begun = time.perf_counter()
                try:
                    response = client.get(path, headers=headers)
                except httpx.HTTPError as error:
                    interval.failures.append(f"{path}: {error!r}")
                    continue
                interval.seconds.append(time.perf_counter() - begun)
                interval.statuses[response.status_code] += 1
                if response.status_code not in EXPECTED:
                    interval.failures.append(f"{path}: {response.status_code} {response.text[:200]}")
                if "etag" in response.headers and len(tags) < 1_000:
                    tags[path] = response.headers["etag"]
                time.sleep(PAUSE_SECONDS)

    def _path(self, random: Random) -> str:
        """A random path; most are of records and lists."""
        record: str = random.choice(self.records)
        plural = random.choice(PLURALS)
        word = random.choice([*WORDS, str(random.random())])
        some = random.choice([1, 5, 20, 50, 200])
        return random.choice(
            [
                *[record] * 4,
                record.removeprefix("/v1"),
                f"{record}/evidence",
                f"{record}/references",
                f"{record}-{random.randint(0, 99)}",  # most are 404
                *[f"/v1/{plural}?limit={some}&sort={random.choice(['', '-'])}name"] * 3,
                f"/v1/{plural}?q={word}&limit={some}",
                f"/v1/{plural}.csv?limit={some}",
                f"/v1/search?q={word}&facets=kind",
                f"/v1/suggest?prefix={word[:3]}",
                f"/v1/timeline?limit={some}",
                f"/v1/timeline/buckets?bucket={random.choice(['year', 'month'])}",
                "/v1/graph",
                f"/v1/changes?limit={some}",
                f"/v1/evidence?limit={some}",
                f"/v1/export?format={random.choice(['jsonl', 'ftm', 'jsonld', 'turtle'])}",
                "/v1/actors?page=2",  # a 422
                f"/search?q={word}",
                "/v1",
                "/readyz",
            ]
        )

    def _load(self) -> None:
        """Load and unload each bundle in turn."""
        commands = cycle(words for bundle in self.bundles for words in (("load", bundle), ("unload", bundle.name)))
        while interval := self.now:
            process = forked(*next(commands), database=self.database, log=self.log)
            process.join()
            interval.loads += 1
            if process.exitcode:
                interval.failures.append(self.log.read_text()[-500:])
            time.sleep(LOAD_PAUSE_SECONDS)

    def report(self) -> list[str]:
        """Print the table; return what is wrong."""
        typer.echo("| interval | requests | loads | errors | p50 ms | p99 ms | memory MB |")
        typer.echo("|---:|---:|---:|---:|---:|---:|---:|")
        for number, each in enumerate(self.intervals, start=1):
            middle, worst = each.milliseconds()
            counts = f"{len(each.seconds):,} | {each.loads} | {len(each.failures)}"
            typer.echo(f"| {number} | {counts} | {middle:.1f} | {worst:.0f} | {each.memory_mb:.0f} |")
        total = sum((each.statuses for each in self.intervals), Counter[int]())
        typer.echo(f"{total.total():,} requests in {self.length / 60:g} minutes: {dict(sorted(total.items()))}")
        wrong = [failure for each in self.intervals for failure in each.failures][:20]
        growth = self.intervals[-1].memory_mb / self.intervals[2].memory_mb
        if growth > MAX_GROWTH:
            wrong.append(f"the memory grew by {growth - 1:.0%}")
        early, late = (
            median(each.milliseconds()[1] for each in part) for part in (self.intervals[1:4], self.intervals[-3:])
        )
        if late > MAX_SLOWDOWN * early:
            wrong.append(f"the 99th percentile of the latency went from {early:.0f} to {late:.0f} ms")
        return wrong


def main(
    minutes: Annotated[float, typer.Option(help="How long it takes.")] = 10,
    database: Annotated[str, typer.Option(help="sqlite or postgresql.")] = "sqlite",
) -> None:
    """Read and load for some minutes, and print errors, memory and latency."""
    with tempfile.TemporaryDirectory() as name, databases(database, Path(name)) as made:
        folder, random = Path(name), Random(1)
        kept = [Commentary(f"kept-{number}", random, 140).write(folder) for number in range(4)]
        changing = [Tangled(f"changing-{number}", random, 70).write(folder) for number in range(3)]
        url = made.loaded("seeded", *kept)
        with started({"DOSSIER_DATABASE_URL": url, "DOSSIER_LOG_LEVEL": "warning"}, folder / "log") as service:
            service.ready()
            soak = Soak(service, url, [COMMENTARY, *changing], minutes * 60, folder / "loads.log")
            soak.run()
            wrong = soak.report()
            log = (folder / "log").read_text()
        wrong += [line for line in log.splitlines() if "Traceback" in line or '"level":"error"' in line][:20]
    typer.echo("\n".join(wrong) or "OK: 0 errors, memory flat, latency steady")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    typer.run(main)
