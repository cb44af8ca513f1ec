"""Commands that only read do not wait for a load that holds the write lock. Commands that write wait, and say so."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from app.database import engine as engines
from app.database.transactions import writing
from tests.paths import COMMENTARY
from tests.services.api import get
from tests.services.commands import invoked
from tests.services.processes import started

WAITING = "another process writes to the database; waiting until it has finished, 60 minutes at most\n"


@pytest.fixture
def loading(database: Callable[[Any], Engine]) -> Iterator[str]:
    """The URL of a database with the seed, in which another connection holds the write lock."""
    engine = database("seeded")
    with writing(engine):
        yield engine.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "actor", "russia"),
        ("search", "sanctions"),
        ("export", "jsonl"),
        ("check",),
        ("openapi",),
        ("status",),
        ("migrate",),
        ("backup", "{folder}/backup.db"),
        ("bundle", "sceeus-guest-commentary-8-2022", "{folder}/bundle"),
    ],
    ids=lambda words: words[0],
)
def test_a_command_that_reads_does_not_wait(loading: str, words: tuple[str, ...], tmp_path: Path) -> None:
    filled = [word.format(folder=tmp_path) for word in words]
    result = invoked(*filled, environment={"DOSSIER_DATABASE_URL": loading})
    assert (result.exit_code, WAITING in result.stderr) == (0, False), result.stderr


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("load", str(COMMENTARY)), "24 created, 5 changed, 0 deleted; revision 2\n"),
        (("check", str(COMMENTARY)), "OK: 1 bundle, 24 records, 37 quotes, 0 problems\n"),
    ],
    ids=["load", "check"],
)
def test_a_command_that_writes_waits_and_says_so(
    database: Callable[[Any], Engine], words: tuple[str, ...], printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits longer than a reader waits for a lock."""
    monkeypatch.setattr(engines, "_BUSY_SECONDS", 1)
    engine, released = database("seeded"), threading.Event()

    def hold() -> None:
        with writing(engine):
            held.set()
            released.wait(3)

    held = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    result = invoked(*words, environment={"DOSSIER_DATABASE_URL": engine.url.render_as_string(hide_password=False)})
    holder.join()
    assert (result.exit_code, result.stdout) == (0, printed)
    assert WAITING in result.stderr


@pytest.mark.faults
def test_the_service_starts_while_somebody_writes(loading: str, tmp_path: Path) -> None:
    with started({"DOSSIER_DATABASE_URL": loading}, tmp_path / "log") as service:
        service.ready()
        assert get(f"{service.url}/v1/actors/russia").json()["name"] == "Russia"
