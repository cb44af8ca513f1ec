"""An outage is a 503, a bug is a 500, and the log has the cause of both."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.database.engine import connect
from app.database.transactions import unavailable, writing
from tests.services.api import get
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

READS = ["/v1/actors/russia", "/v1/actors?facets=type", "/v1/actors.csv"]
"""Paths that are read in the event loop, in a thread, and as a stream."""


def logged(capture: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    """The lines of the log."""
    return [json.loads(line) for line in capture.readouterr().err.splitlines()]


@pytest.mark.parametrize("path", READS)
def test_the_cause_of_a_503_is_logged(
    databases: Databases, capfdbinary: pytest.CaptureFixture[bytes], path: str
) -> None:
    with serving(databases.new("nothing")) as url:
        answer = get(url + path, headers={"X-Request-ID": "mine"})
        problem(answer, 503)
    [line] = logged(capfdbinary)
    assert (line["event"], line["level"], line["request_id"]) == ("unavailable", "error", "mine")
    assert line["path"] == path.partition("?")[0]
    assert "dataset" in line["cause"], "the table that is missing"


def test_the_log_has_no_empty_cause(databases: Databases, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with serving(databases.seeded, query_seconds=1e-9) as url:
        detail = problem(get(f"{url}/v1/search?q=russia"), 503)["detail"]
    [line] = [line for line in logged(capfdbinary) if line["event"] == "busy"]
    assert (line["detail"], "cause" in line) == (detail, False)


@pytest.mark.parametrize("path", READS)
def test_a_mistake_in_a_statement_is_a_500_whose_cause_is_logged(
    database: Callable[[str], Engine], capfdbinary: pytest.CaptureFixture[bytes], path: str
) -> None:
    engine = database("seeded")
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE record RENAME COLUMN body TO elsewhere"))
    with serving(engine.url.render_as_string(hide_password=False)) as url:
        answer = get(url + path, headers={"X-Request-ID": "mine"})
        assert "body" not in problem(answer, 500)["detail"]
    [line] = logged(capfdbinary)
    assert (line["event"], line["level"], line["request_id"]) == ("failed", "error", "mine")
    assert "body" in line["exception"]
    assert "Traceback" in line["exception"]


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Callable[[str], Exception]]:
    """The error of a statement on an SQLite database with one table."""
    engine = connect(f"sqlite:///{tmp_path}/file.db")

    def error_of(statement: str) -> DBAPIError:
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS there (x INTEGER UNIQUE)"))
            with pytest.raises(DBAPIError) as caught:
                connection.execute(text(statement))
        return caught.value

    yield error_of
    engine.dispose()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement", ["SELECT y FROM there", "SELEC x", "SELECT nothing(x) FROM there", "SELECT 1 FROM there WHERE (1, 2)"]
)
def test_a_wrong_statement_is_no_outage(sqlite: Callable[[str], DBAPIError], statement: str) -> None:
    assert not unavailable(sqlite(statement))


@pytest.mark.sqlite
def test_a_missing_table_is_an_outage(sqlite: Callable[[str], DBAPIError]) -> None:
    assert unavailable(sqlite("SELECT x FROM elsewhere"))


@pytest.mark.sqlite
def test_a_database_that_is_locked_broken_or_out_of_reach_is_an_outage(tmp_path: Path) -> None:
    def broken() -> None:
        (tmp_path / "broken.db").write_bytes(b"no database" * 1000)
        sqlite3.connect(tmp_path / "broken.db").execute("SELECT * FROM sqlite_master")

    def out_of_reach() -> None:
        sqlite3.connect(tmp_path / "no" / "such.db")

    def locked() -> None:
        first, second = (sqlite3.connect(tmp_path / "file.db", timeout=0) for _ in range(2))
        first.execute("BEGIN IMMEDIATE")
        second.execute("BEGIN IMMEDIATE")

    for provoke in (broken, out_of_reach, locked):
        with pytest.raises(sqlite3.Error) as caught:
            provoke()
        assert unavailable(DBAPIError(None, None, caught.value)), provoke
