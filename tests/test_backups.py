"""`dossier backup` and `dossier restore`: consistent copies of a database in use, restored whole or not at all."""

import signal
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.bundle.check import differences
from app.database.engine import connect, place
from app.database.transactions import reading
from app.model.tables import LOAD
from tests.factories.bundles import dump, loaded, unloaded
from tests.factories.generated import Commentary
from tests.paths import COMMENTARY
from tests.services.api import client_of
from tests.services.commands import invoked, said
from tests.services.processes import running
from tests.services.serving import serving

Make = Callable[[Any], Engine]


def dossier(engine: Engine, *words: str | Path, typed: str = "") -> tuple[int, str, str]:
    """The exit code and the output of a command over a database."""
    environment = {"DOSSIER_DATABASE_URL": engine.url.render_as_string(hide_password=False)}
    result = invoked(*words, environment=environment, typed=typed)
    return result.exit_code, result.stdout, said(result)


def states(engine: Engine) -> set[tuple[int, str]]:
    """Every revision of a database, with the token of its load."""
    with reading(engine) as connection:
        return {(revision, token) for revision, token in connection.execute(select(LOAD.c.revision, LOAD.c.token))}


@contextmanager
def opened(file: Path) -> Iterator[Engine]:
    """A backup as a database of SQLite."""
    engine = connect(f"sqlite:///{file}?mode=ro")
    yield engine
    engine.dispose()


def test_a_backup_becomes_the_same_database_again(database: Make, tmp_path: Path) -> None:
    """From SQLite and from PostgreSQL, to SQLite and to PostgreSQL."""
    file, engine = tmp_path / "backup.db", database("both")
    before = dump(engine)
    code, printed, errors = dossier(engine, "backup", file)
    assert (code, errors) == (0, "")
    assert printed.startswith(f"{file}: revision 2 of ")
    assert printed.endswith(", 193 records\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "it has the secret that signs cursors"
    assert [path.name for path in tmp_path.iterdir()] == ["backup.db"]
    with opened(file) as copy, reading(copy) as connection:
        assert list(differences(connection)) == []
    for template in ("nothing", "empty"):
        restored = database(template)
        code, printed, errors = dossier(restored, "restore", file)
        assert (code, errors) == (0, "")
        assert printed.startswith(f"{place(restored.url)}: revision 2 of ")
        assert dump(restored) == before
        assert str(loaded(restored, COMMENTARY)) == "nothing changed; revision 2"
        assert unloaded(restored, COMMENTARY.name).revision == 3, "the numbers of changes go on"


def test_a_backup_overwrites_nothing_and_leaves_nothing_behind(database: Make, tmp_path: Path) -> None:
    file, engine = tmp_path / "backup.db", database("seeded")
    file.write_text("something older")
    assert dossier(engine, "backup", file) == (2, "", f"{file}: exists already; a backup overwrites nothing\n")
    assert file.read_text() == "something older"
    assert [path.name for path in tmp_path.iterdir()] == ["backup.db"]


def test_a_restore_asks_before_it_replaces_other_records(database: Make, tmp_path: Path) -> None:
    file, engine = tmp_path / "backup.db", database("seeded")
    older = dump(engine)
    assert dossier(engine, "backup", file)[0] == 0
    assert dossier(engine, "restore", file)[0] == 0, "the same state needs no question"
    loaded(engine, COMMENTARY)
    newer = dump(engine)
    code, printed, _ = dossier(engine, "restore", file, typed="n\n")
    assert code == 1
    assert f"{place(engine.url)} has revision 2 of " in printed
    assert "Replace it by revision 1 of " in printed
    assert dossier(engine, "restore", file)[0] == 1, "nobody answers"
    assert dump(engine) == newer
    assert dossier(engine, "restore", file, typed="y\n")[0] == 0
    assert dump(engine) == older
    loaded(engine, COMMENTARY)
    assert dossier(engine, "restore", file, "--yes")[0] == 0
    assert dossier(engine, "status")[1].splitlines()[3].split() == ["revision", "1"]


def test_a_damaged_backup_is_refused(database: Make, tmp_path: Path) -> None:
    file, engine = tmp_path / "backup.db", database("seeded")
    assert dossier(engine, "backup", file)[0] == 0
    whole = file.read_bytes()
    loaded(engine, COMMENTARY)
    before = dump(engine)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("""UPDATE record SET body = replace(body, '"named":true', '"named":false')""")
        connection.commit()
    code, _, errors = dossier(engine, "restore", file, "--yes")
    assert code == 2
    assert errors.startswith(f"{file} is damaged: /v1/actors/")
    assert errors.endswith(" differences); nothing was changed; use an older backup\n")
    file.write_bytes(whole[:-4096] + b"\xff" * 4096)
    code, _, errors = dossier(engine, "restore", file, "--yes")
    assert (code, errors.startswith(f"{file}"), errors.endswith("use an older backup\n")) == (2, True, True), errors
    file.write_bytes(whole[: len(whole) // 2])
    code, _, errors = dossier(engine, "restore", file, "--yes")
    assert (code, errors) == (2, f"{file}: database disk image is malformed; use an older backup\n")
    assert dump(engine) == before


def test_clients_notice_a_restore_under_a_running_service(database: Make, tmp_path: Path) -> None:
    file, engine = tmp_path / "backup.db", database("seeded")
    url = engine.url.render_as_string(hide_password=False)
    with serving(url) as service, client_of(service) as client:
        assert dossier(engine, "backup", file)[0] == 0
        backed_up = client.get("/v1/actors/russia").headers["etag"]
        loaded(engine, COMMENTARY)
        until = time.monotonic() + 10
        while client.get("/v1").json()["revision"] != 2 and time.monotonic() < until:
            time.sleep(0.01)
        lost, since = client.get("/v1/actors/russia").headers["etag"], client.get("/v1/changes").json()["until"]
        assert dossier(engine, "restore", file, "--yes")[0] == 0
        while client.get("/v1").json()["revision"] != 1 and time.monotonic() < until:
            time.sleep(0.01)
        assert client.get("/v1/actors/russia", headers={"If-None-Match": lost}).status_code == 200
        assert client.get("/v1/actors/russia", headers={"If-None-Match": backed_up}).status_code == 304
        assert client.get("/v1/changes", params={"since": since}).status_code == 409
        assert client.get("/readyz").status_code == 200


@pytest.mark.sqlite
def test_a_backup_is_restored_in_place_of_a_file_that_was_moved_away(database: Make, tmp_path: Path) -> None:
    file, engine = tmp_path / "backup.db", database("seeded")
    assert dossier(engine, "backup", file)[0] == 0
    broken = Path(str(engine.url.database))
    engine.dispose()
    with broken.open("r+b") as opened_file:
        opened_file.write(b"\xff" * 8192)
    code, _, errors = dossier(engine, "restore", file, "--yes")
    assert (code, "move the file away" in errors) == (2, True)
    broken.rename(tmp_path / "broken.db")
    assert dossier(engine, "restore", file)[0] == 0
    assert stat.S_IMODE(broken.stat().st_mode) == 0o600, "it has the secret that signs cursors"
    broken.chmod(0o640)
    assert dossier(engine, "restore", file, "--yes")[0] == 0
    assert stat.S_IMODE(broken.stat().st_mode) == 0o640
    assert dossier(engine, "check")[1] == "OK: 0 differences\n"


@pytest.mark.faults
def test_backups_under_load_are_states_that_were_shown(
    database: Make, tmp_path: Path, scaled: Callable[[int, int], int], figure: Callable[[str, str], None]
) -> None:
    engine = database("seeded")
    number = 20 if engine.name == "sqlite" else scaled(5, 20)
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            loaded(engine, COMMENTARY)
            unloaded(engine, COMMENTARY.name)

    loading = threading.Thread(target=load)
    loading.start()
    try:
        backups = [tmp_path / f"{index}.db" for index in range(number)]
        printed = [dossier(engine, "backup", file) for file in backups]
    finally:
        stop.set()
        loading.join()
    assert [(code, errors) for code, _, errors in printed] == [(0, "")] * number, printed
    shown, revisions = states(engine), set()
    restored = database("nothing")
    for file in backups:
        with opened(file) as copy, reading(copy) as connection:
            state = connection.execute(select(LOAD.c.revision, LOAD.c.token).order_by(LOAD.c.revision.desc())).first()
            assert state is not None
            assert tuple(state) in shown
            assert list(differences(connection)) == []
            revisions.add(state.revision)
        assert dossier(restored, "restore", file, "--yes")[0] == 0
        with opened(file) as copy:
            assert states(restored) == states(copy)
    assert len(revisions) > 1, "nothing was loaded meanwhile"
    figure("backups under load", f"{len(backups)}: all restored, to {len(revisions)} revisions that were shown")


@pytest.mark.faults
def test_a_restore_that_is_killed_changes_all_or_nothing(
    database: Make, tmp_path: Path, scaled: Callable[[int, int], int]
) -> None:
    engine, other, file = database("seeded"), database("empty"), tmp_path / "backup.db"
    loaded(other, *(Commentary(f"number-{number}", Random(number), 140).write(tmp_path) for number in range(3)))
    assert dossier(other, "backup", file)[0] == 0
    before, after = dump(engine), dump(other)
    url, random = engine.url.render_as_string(hide_password=False), Random(13)
    started = time.monotonic()
    with running("restore", file, "--yes", database=url) as process:
        assert process.wait(timeout=60) == 0
    seconds = time.monotonic() - started
    original = tmp_path / "original.db"
    assert dossier(database("seeded"), "backup", original)[0] == 0
    for _ in range(scaled(3, 20)):
        assert dossier(engine, "restore", original, "--yes")[0] == 0
        with running("restore", file, "--yes", database=url) as process:
            time.sleep(seconds * random.uniform(0.4, 1.0))
            process.send_signal(signal.SIGKILL)
        left = dump(engine)
        assert left in (before, after)
        assert dossier(engine, "check")[1] == "OK: 0 differences\n"
