"""Contender processes: one worker on a free port, polled until ready, and stopped after use."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.bench.client import Client
from tests.bench.databases import CACHE, DOSSIER, ROOT, Database

_DATASETTE = ROOT / ".venv" / "bench" / "bin" / "datasette"
_UVICORN = (
    "--loop",
    "uvloop",
    "--http",
    "httptools",
    "--no-access-log",
    "--no-server-header",
    "--log-level",
    "warning",
)
_TIMEOUT = 60.0
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Environment without PYTHONDONTWRITEBYTECODE, so that restarts reuse compiled bytecode."""


@dataclass(frozen=True)
class Contender:
    """A server: its command, and a path that returns 200 once it is ready."""

    name: str
    command: tuple[str, ...]
    """Command line, with `{port}` as placeholder for the port."""
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/"


@dataclass(frozen=True)
class Running:
    """A running contender."""

    port: int
    process: int
    """Process id."""
    seconds: float
    """Time from launch to the first response."""
    client: Client

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"


def dossier(database: Database) -> Contender:
    """Contender (c): Dossier as deployed, including its logs."""
    environment = {"DOSSIER_DATABASE_URL": database.url, "DOSSIER_PORT": "{port}"}
    return Contender("dossier", (str(DOSSIER), "serve"), environment, "/v1/events?limit=1")


def uvicorn(name: str, app: str, environment: Mapping[str, str], ready: str) -> Contender:
    """Contender that runs an ASGI app on uvicorn."""
    command = (sys.executable, "-m", "uvicorn", app, "--port", "{port}", *_UVICORN)
    return Contender(name, command, environment, ready)


def tutorial(database: Database) -> Contender:
    """Contender (d): the tutorial app on the same database file."""
    environment = {"BENCH_DATABASE_URL": database.url}
    return uvicorn("tutorial", "tests.bench.contenders.tutorial.main:app", environment, "/events?limit=1")


def datasette(database: Database) -> Contender:
    """Contender (e): Datasette on the same database file, with time limits raised to 60 s for large sizes."""
    limits = [("sql_time_limit_ms", "60000"), ("facet_time_limit_ms", "60000")]
    settings = [part for name, value in limits for part in ("--setting", name, value)]
    command = (str(_DATASETTE), "serve", str(database.path), "--port", "{port}", *settings)
    return Contender("datasette", command, {}, "/-/versions.json")


@contextmanager
def running(contender: Contender) -> Iterator[Running]:
    """Start a contender and stop it at exit; its output goes to a file in the cache folder."""
    port = str(_free_port())
    command = [part.replace("{port}", port) for part in contender.command]
    environment = {name: value.replace("{port}", port) for name, value in contender.environment.items()}
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{contender.name}.log").open("wb") as log:
        launched = time.perf_counter()
        process = subprocess.Popen(
            command, env=_ENVIRONMENT | environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(process, int(port), contender)
            seconds = time.perf_counter() - launched
            with closing(Client(int(port))) as client:
                yield Running(int(port), process.pid, seconds, client)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def resident(process: int) -> int:
    """Resident memory of a process, in bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"process {process} has no VmRSS")


def processor_seconds(process: int) -> float:
    """The processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(process: subprocess.Popen[bytes], port: int, contender: Contender) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{contender.name} exited with {process.returncode}; its log is in the cache folder")
        connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        try:
            connection.request("GET", contender.ready)
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return
            raise RuntimeError(f"{contender.name} returned {response.status} for {contender.ready}")
        except (ConnectionError, HTTPException):
            time.sleep(0.005)
        finally:
            connection.close()
    raise RuntimeError(f"{contender.name} was not ready after {_TIMEOUT:.0f} s")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
