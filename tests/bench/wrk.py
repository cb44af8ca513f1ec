"""Runs wrk over 16 connections for a list of paths, and parses its result."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.client import ACCEPT

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_suffix(".lua")


class Failed(Exception):
    """A round had no responses or unexpected ones, or wrk is missing."""


@dataclass(frozen=True)
class Round:
    """Result of a round."""

    requests: int
    seconds: float
    bytes: int
    exhausted: bool
    """True if the paths ran out before the time."""
    failures: int
    median: float
    """Median latency in seconds."""
    p99: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def run_wrk(url: str, paths: Path, seconds: float, *, again: bool, etag: str | None = None) -> Round:
    """Request the paths in a file for some seconds, rounded to whole ones.

    With `again`, paths repeat; otherwise each is requested at most once. With an `etag`, requests carry
    `If-None-Match`. Raise Failed if a response is not 2xx or 3xx, or if there is none.
    """
    command = [
        *(wrk_command(), "--connections", str(CONNECTIONS), "--threads", "1", "--timeout", "60s"),
        *("--duration", f"{max(1, round(seconds))}s", "--script", str(_SCRIPT), url, "--"),
        *(str(paths), "again" if again else "once", ACCEPT, *([etag] if etag else [])),
    ]
    process = subprocess.run(command, check=False, capture_output=True, text=True)
    output = process.stdout + process.stderr
    if process.returncode:
        raise Failed(f"{url}, {paths.name}: wrk exited with {process.returncode}\n{output}")
    result = Round(**orjson.loads(process.stdout.strip().splitlines()[-1]))
    if result.failures or not result.requests:
        raise Failed(f"{url}, {paths.name}: {result.failures} failures in {result.requests} responses\n{output}")
    return result


def wrk_command() -> str:
    """Path of wrk. Raise Failed with an installation hint if it is missing."""
    found = shutil.which("wrk")
    if found is None:
        raise Failed("`wrk` is not installed; on Debian: apt-get install wrk")
    return found
