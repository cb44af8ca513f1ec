"""Contenders as processes: each started on a free port, one worker each, asked until it answers, and ended."""

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
_PATIENCE = 60.0
_AS_USUAL = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Python keeps what it compiled, as it does where nobody forbids it: who starts again does not compile again."""


@dataclass(frozen=True)
class Contender:
    """Something that answers: how it is started, and a path that it answers once it can."""

    name: str
    command: tuple[str, ...]
    """`{port}` stands for the port."""
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/"


@dataclass(frozen=True)
class Running:
    """A contender that runs."""

    port: int
    process: int
    """Its id."""
    seconds: float
    """From its launch to its first answer."""
    client: Client

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def dossier(database: Database) -> Contender:
    """(c) Dossier itself, as users get it, its log included."""
    environment = {"DOSSIER_DATABASE_URL": database.url, "DOSSIER_PORT": "{port}"}
    return Contender("dossier", (str(DOSSIER), "serve"), environment, "/v1/events?limit=1")


def uvicorn(name: str, app: str, environment: Mapping[str, str], ready: str) -> Contender:
    """An ASGI app on uvicorn."""
    command = (sys.executable, "-m", "uvicorn", app, "--port", "{port}", *_UVICORN)
    return Contender(name, command, environment, ready)


def tutorial(database: Database) -> Contender:
    """(d) The lists by the tutorial, on the same file."""
    environment = {"BENCH_DATABASE_URL": database.url}
    return uvicorn("tutorial", "tests.bench.contenders.tutorial.main:app", environment, "/events?limit=1")


def datasette(database: Database) -> Contender:
    """(e) Datasette on the same file; its time limits are lifted, so that it answers at all sizes."""
    limits = [("sql_time_limit_ms", "60000"), ("facet_time_limit_ms", "60000")]
    settings = [part for name, value in limits for part in ("--setting", name, value)]
    command = (str(_DATASETTE), "serve", str(database.path), "--port", "{port}", *settings)
    return Contender("datasette", command, {}, "/-/versions.json")


@contextmanager
def running(contender: Contender) -> Iterator[Running]:
    """Start a contender, and end it; what it prints goes to a file of the cache folder."""
    port = str(_free_port())
    command = [part.replace("{port}", port) for part in contender.command]
    environment = {name: value.replace("{port}", port) for name, value in contender.environment.items()}
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{contender.name}.log").open("wb") as log:
        launched = time.perf_counter()
        process = subprocess.Popen(command, env=_AS_USUAL | environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
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
    """The resident memory of a process, in bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"process {process} has no VmRSS")


def processor_seconds(process: int) -> float:
    """The processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(process: subprocess.Popen[bytes], port: int, contender: Contender) -> None:
    patience = time.monotonic() + _PATIENCE
    while time.monotonic() < patience:
        if process.poll() is not None:
            raise RuntimeError(f"{contender.name} ended with {process.returncode}; its log is in the cache folder")
        connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("GET", contender.ready)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return
            raise RuntimeError(f"{contender.name} answers {answer.status} to {contender.ready}")
        except (ConnectionError, HTTPException):
            time.sleep(0.005)
        finally:
            connection.close()
    raise RuntimeError(f"{contender.name} did not answer in {_PATIENCE:.0f} s")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
