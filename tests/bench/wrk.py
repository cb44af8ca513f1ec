"""A round of wrk: requests a second over 16 connections, for a list of paths."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_suffix(".lua")


class Failed(Exception):
    """A round in which something else was answered than what was asked for, or nothing at all."""


@dataclass(frozen=True)
class Round:
    """What a round told."""

    requests: int
    seconds: float
    bytes: int
    exhausted: bool
    """Whether the list of paths came to its end before the time did."""
    failures: int
    median: float
    """The median latency, in seconds."""
    p99: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def ask(url: str, paths: Path, seconds: float, *, again: bool, etag: str | None = None) -> Round:
    """Ask the paths in a file, over and `again` or each once at most, for so many seconds (whole ones).

    With an `etag`, each request says that it knows it. Raises Failed where an answer was no 2xx or 3xx.
    """
    command = [
        *(wrk_command(), "--connections", str(CONNECTIONS), "--threads", "1", "--timeout", "60s"),
        *("--duration", f"{max(1, round(seconds))}s", "--script", str(_SCRIPT), url, "--"),
        *(str(paths), "again" if again else "once", *([etag] if etag else [])),
    ]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    output = ended.stdout + ended.stderr
    if ended.returncode:
        raise Failed(f"{url}, {paths.name}: wrk ended with {ended.returncode}\n{output}")
    told = Round(**orjson.loads(ended.stdout.strip().splitlines()[-1]))
    if told.failures or not told.requests:
        raise Failed(f"{url}, {paths.name}: {told.failures} failures in {told.requests} answers\n{output}")
    return told


def wrk_command() -> str:
    """The path of wrk. Raises Failed, saying where it comes from, where it is missing."""
    found = shutil.which("wrk")
    if found is None:
        raise Failed("there is no `wrk`; on Debian: apt-get install wrk")
    return found
