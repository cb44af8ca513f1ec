"""`dossier` in separate processes: services that tests start, kill and restart, and commands."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.paths import ROOT

_DOSSIER = [sys.executable, "-c", "from app.cli import app; app()"]
_SECONDS = 60


class Service:
    """`dossier serve` on a port that it keeps across restarts."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._environment = os.environ | settings | {"DOSSIER_PORT": str(port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process without waiting for it."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*_DOSSIER, "serve"], cwd=ROOT, env=self._environment, stdout=output, stderr=output
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
def started(settings: Mapping[str, str], log: Path) -> Iterator[Service]:
    """A service that is ended afterwards; it may not be ready yet."""
    service = Service(settings, log)
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
