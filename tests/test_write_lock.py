"""Commands that only read do not wait for a load that holds the write lock. One that waits fails after 30 seconds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from app.database.transactions import writing
from tests.services.api import get
from tests.services.processes import dossier, started

pytestmark = pytest.mark.faults


@pytest.fixture
def loading(database: Callable[[Any], Engine]) -> Iterator[str]:
    """The URL of a database with the seed, in which another connection holds the write lock."""
    engine = database("seeded")
    with writing(engine):
        yield engine.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    "words",
    [("show", "actor", "russia"), ("search", "sanctions"), ("export", "jsonl"), ("check",), ("openapi",)],
    ids=lambda words: words[0],
)
def test_a_command_that_reads_works_while_somebody_writes(loading: str, words: tuple[str, ...]) -> None:
    assert dossier(*words, database=loading)


def test_the_service_starts_while_somebody_writes(loading: str, tmp_path: Path) -> None:
    with started({"DOSSIER_DATABASE_URL": loading}, tmp_path / "log") as service:
        service.ready()
        assert get(f"{service.url}/v1/actors/russia").json()["name"] == "Russia"
