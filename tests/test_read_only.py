"""Databases that can only be read: a backup, an export, a folder without the right to write."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.cli.database import prepared
from app.database.engine import connect
from app.query.snapshot import Revision
from tests.factories.bundles import loaded
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of, items
from tests.services.commands import invoked
from tests.services.databases import Databases
from tests.services.serving import serving
from tests.test_disk_faults import answers

pytestmark = pytest.mark.sqlite

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can read. That of pytest is for its user alone."""
    path = Path(tempfile.mkdtemp(prefix="dossier"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@contextmanager
def user(number: int) -> Iterator[None]:
    """Let this process belong to another user, if it belongs to root."""
    before = os.getuid()
    if os.geteuid() == 0 or number == 0:
        os.setresuid(number, number, 0)
    try:
        yield
    finally:
        if os.getuid() != before:
            os.setresuid(before, before, 0)


def is_served(url: str, documents: int = 1) -> None:
    """The database is prepared as by `dossier serve`, and pages and cursors work."""
    with prepared(url), serving(url) as service, client_of(service) as client:
        assert client.get("/readyz").status_code == 200
        assert len(items(client, "/v1/documents")) == documents
        first = client.get("/v1/events", params={"limit": 30}).json()
        assert len(client.get(first["next"]).json()["items"]) == 14
        assert client.get("/v1/search", params={"q": "Russia"}).json()["total"]["value"] > 0


@pytest.fixture
def backup(databases: Databases, folder: Path) -> Path:
    """A backup of the seed."""
    environment = {"DOSSIER_DATABASE_URL": databases.seeded}
    assert invoked("backup", folder / "backup.db", environment=environment).exit_code == 0
    return folder / "backup.db"


@pytest.fixture
def export(databases: Databases, folder: Path) -> Path:
    """An export of the seed, which has no secret."""
    environment = {"DOSSIER_DATABASE_URL": databases.seeded}
    assert invoked("export", "sqlite", folder / "export.db", environment=environment).exit_code == 0
    return folder / "export.db"


@pytest.mark.parametrize(
    "url", ["sqlite:///{file}?mode=ro", "sqlite:///file:{file}?mode=ro&uri=true", "sqlite:///{file}?immutable=1"]
)
def test_a_backup_and_an_export_are_served_as_they_are(backup: Path, export: Path, url: str) -> None:
    for file in (backup, export):
        before = file.read_bytes()
        is_served(url.format(file=file))
        assert file.read_bytes() == before
    assert sorted(path.name for path in backup.parent.iterdir()) == ["backup.db", "export.db", "export.metadata.json"]


def test_an_export_gets_a_secret_when_it_is_served_for_writing(export: Path) -> None:
    url = f"sqlite:///{export}"
    is_served(url)
    with closing(sqlite3.connect(export)) as connection:
        [(secret,)] = connection.execute("SELECT secret FROM dataset").fetchall()
    assert len(secret) == 64
    engine = connect(url)
    with engine.connect() as connected:
        assert Revision.read(connected).secret == secret
    assert loaded(engine, COMMENTARY).revision == 2
    engine.dispose()


def test_commands_read_what_they_cannot_write(backup: Path, folder: Path) -> None:
    before = backup.read_bytes()
    for words in (("status",), ("show", "actor", "russia"), ("check",), ("export", "jsonl"), ("search", "headache")):
        result = invoked(*words, environment={"DOSSIER_DATABASE_URL": f"sqlite:///{backup}"})
        assert (result.exit_code, result.stderr) == (0, f"reading {backup}\n"), words
    assert backup.read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["backup.db"]


@pytest.mark.parametrize("parameters", ["", "?mode=ro"])
def test_a_database_in_a_folder_without_the_right_to_write_is_served(
    databases: Databases, folder: Path, parameters: str
) -> None:
    """The file is in WAL mode, as `dossier serve` leaves it; SQLite would make files beside it."""
    file = folder / "dossier.db"
    shutil.copy(databases.new("seeded").removeprefix("sqlite:///"), file)
    url = f"sqlite:///{file}{parameters}"
    is_served(f"sqlite:///{file}")  # imports what this process will not be allowed to import
    folder.chmod(0o555)
    file.chmod(0o444)
    with user(NOBODY):
        is_served(url)
        assert [path.name for path in folder.iterdir()] == ["dossier.db"]
        with serving(url) as service, client_of(service) as client:
            assert client.get("/v1").json()["revision"] == 1
            with user(0):  # somebody with the right to write
                folder.chmod(0o755)
                file.chmod(0o644)
                engine = connect(f"sqlite:///{file}")
                loaded(engine, COMMENTARY)
                assert client.get("/v1").json()["revision"] == 2
                engine.dispose()
            for _ in range(3):
                assert client.get("/v1").json()["counts"]["documents"] == 2


@pytest.mark.faults
def test_a_file_that_becomes_read_only_is_served_and_not_loaded(
    databases: Databases, folder: Path, figure: Callable[[str, str], None]
) -> None:
    file = folder / "dossier.db"
    shutil.copy(databases.new("seeded").removeprefix("sqlite:///"), file)
    environment = {"DOSSIER_DATABASE_URL": f"sqlite:///{file}"}
    assert invoked("load", SEED, environment=environment).exit_code == 0, "imports what nobody may not import"
    with serving(f"sqlite:///{file}", cache_mb=0) as service, client_of(service) as client:
        right = answers(client)
        folder.chmod(0o555)
        file.chmod(0o444)
        with user(NOBODY):
            result = invoked("load", COMMENTARY, environment=environment)
            assert answers(client) == right
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "let this user write to the file" in result.stderr
    figure("file made read-only", f"load refused with a line, {len(right)} reads right")
