"""`dossier` in separate processes: services that tests start, kill and restart, and commands."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from tests.paths import ROOT
from tests.services.ports import free_port

_DOSSIER = [sys.executable, "-c", "from app.cli import app; app()"]
_SECONDS = 60
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["app.cli"])


class Service:
    """`dossier serve`, or another command that serves, on a port that it keeps across restarts."""

    def __init__(self, settings: Mapping[str, str], log: Path, *command: str) -> None:
        self._command = command or ("serve",)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._environment = os.environ | settings | {"DOSSIER_PORT": str(port)}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    def connections(self) -> int:
        """The number of open connections."""
        opened = 0
        for link in Path(f"/proc/{self.pid}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                opened += str(link.readlink()).startswith("socket:")
        return opened

    def memory_mb(self) -> float:
        """The resident memory."""
        [line] = [line for line in Path(f"/proc/{self.pid}/status").read_text().splitlines() if "VmRSS" in line]
        return int(line.split()[1]) / 1024

    def start(self) -> None:
        """Start the process without waiting for it."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*_DOSSIER, *self._command], cwd=ROOT, env=self._environment, stdout=output, stderr=output
            )

    def ready(self) -> None:
        """Wait until `/readyz` succeeds."""
        with httpx.Client(timeout=_SECONDS) as client:
            for _ in range(_SECONDS * 10):
                with suppress(httpx.TransportError):
                    if client.get(f"{self.url}/readyz").status_code == 200:
                        return
                time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def send(self, how: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self._process is not None
        self._process.send_signal(how)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process if it runs; returns its exit status."""
        if self._process is None:
            return 0
        self._process.send_signal(how)
        return self._process.wait(timeout=_SECONDS)


@contextmanager
def started(settings: Mapping[str, str], log: Path, *command: str) -> Iterator[Service]:
    """A service that is ended afterwards; it may not be ready yet."""
    service = Service(settings, log, *command)
    service.start()
    try:
        yield service
    finally:
        service.end()


def dossier(*words: str | Path, database: str) -> str:
    """The standard output of a command, which must succeed."""
    environment = os.environ | {"DOSSIER_DATABASE_URL": database}
    done = subprocess.run(
        [*_DOSSIER, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def forked(*words: str | Path, database: str, log: Path, file_size: int | None = None) -> ForkServerProcess:
    """A command that begins at once, in a fork of a process that has imported it; its output is added to the log.

    With `file_size`, it cannot write more bytes to any file, as on a full disk.
    """
    process = _FORKS.Process(target=_run, args=([*map(str, words)], database, log, file_size), daemon=True)
    process.start()
    return process


def _run(words: list[str], database: str, log: Path, file_size: int | None) -> None:
    from app.cli import app

    os.environ["DOSSIER_DATABASE_URL"] = database
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    if file_size is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    app(words)


@contextmanager
def running(*words: str | Path, database: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that runs, and is killed at the end if it still does."""
    environment = os.environ | {"DOSSIER_DATABASE_URL": database}
    with subprocess.Popen(
        [*_DOSSIER, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
