"""CONTRIBUTING's instructions to add a term, a field and a kind, applied under a loaded database."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import SQLModel

from tests.factories.bundles import rewritten
from tests.paths import COMMENTARY, ROOT

pytestmark = pytest.mark.packaging

SECONDS = 120
BLOCK = re.compile(r"^```(python|diff) (app/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RENDERED = {
    "record": {"body", "revision", "updated_at"},
    "dataset": {"revision", "updated_at", "render_version", "token"},
}
"""Columns that a changed shape changes."""


@dataclass(frozen=True)
class Checkout:
    """A copy of the code, and the database that its commands work on."""

    folder: Path
    database: str

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ | {"DOSSIER_DATABASE_URL": self.database, "PYTHONPATH": str(self.folder)}

    def run(self, *words: str | Path) -> str:
        """Run a Python module or the command, which must succeed."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def dossier(self, *words: str | Path) -> str:
        return self.run("-c", "from app.cli import app; app()", *words)

    @contextmanager
    def serving(self) -> Iterator[httpx.Client]:
        """A client of its service."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = self.folder / "log"
        with log.open("wb") as output:
            service = subprocess.Popen(
                [sys.executable, "-c", "from app.cli import app; app()", "serve"],
                cwd=self.folder,
                env={**self.environment, "DOSSIER_PORT": str(port)},
                stdout=output,
                stderr=output,
            )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client:
                for _ in range(SECONDS * 10):
                    with suppress(httpx.TransportError):
                        if client.get("/readyz").status_code == 200:
                            break
                    assert service.poll() is None, log.read_text()
                    time.sleep(0.1)
                yield client
        finally:
            service.terminate()
            service.wait(timeout=SECONDS)


def apply(folder: Path) -> None:
    """Make the changes that CONTRIBUTING shows: whole files, and lines added after or before others."""
    for language, name, shown in BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text()):
        file = folder / name
        if language == "python":
            assert not file.exists()
            file.write_text(shown)
            continue
        lines = shown.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines)
        assert file.read_text().count(before) == 1, f"CONTRIBUTING shows other lines than {name} has: {before}"
        file.write_text(file.read_text().replace(before, after))
    dataset = folder / "app" / "model" / "dataset.py"
    raised, count = re.subn(
        r"\b(RENDER_VERSION) = (\d+)", lambda was: f"{was[1]} = {int(was[2]) + 1}", dataset.read_text()
    )
    assert count == 1
    dataset.write_text(raised)


def rows(engine: Engine) -> dict[str, list[str]]:
    """The rows of each table before the change, without what is rendered."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                map(
                    repr,
                    connection.execute(select(*(c for c in table.c if c.name not in RENDERED.get(table.name, ())))),
                )
            )
            for table in SQLModel.metadata.sorted_tables
        }


@pytest.fixture
def engine(database: Callable[[Any], Engine]) -> Engine:
    """A database with the seed, made by the code before the change."""
    return database("seeded")


@pytest.fixture
def checkout(engine: Engine, tmp_path: Path) -> Checkout:
    """The code after the change."""
    folder = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("app", "migrations", "seed"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    apply(folder)
    return Checkout(folder, engine.url.render_as_string(hide_password=False))


def extended(tmp_path: Path) -> Path:
    """A bundle that uses the new term, field and kind."""

    def edit(analysis: dict[str, Any]) -> None:
        statement = analysis["statements"][0]
        statement |= {"type": "speech", "language": "French"}
        event = next(event for event in analysis["events"] if event.get("date") and event.get("participants"))
        quotes = [quote if isinstance(quote, dict) else {"exact": quote} for quote in event["evidence"]]
        analysis["treaties"] = [
            {
                "id": "a-treaty",
                "name": "A treaty",
                "summary": "It was signed.",
                "parties": [participant["actor"] for participant in event["participants"]],
                "signed": event["date"],
                "evidence": [{key: value for key, value in quote.items() if key != "supports"} for quote in quotes],
            }
        ]

    return rewritten(COMMENTARY, tmp_path / "bundle", edit)


def test_a_term_a_field_and_a_kind_are_added_under_a_loaded_database(
    engine: Engine, checkout: Checkout, tmp_path: Path
) -> None:
    before = rows(engine)
    checkout.run("-m", "alembic", "revision", "--autogenerate", "--rev-id", "0002", "-m", "treaties")
    assert "schema 0002" in checkout.dossier("migrate")
    assert checkout.dossier("check")
    assert checkout.run("-m", "alembic", "check") == "No new upgrade operations detected.\n"
    after = rows(engine)
    for log in ("change", "load"):  # statements were rendered again
        after[log] = [row for row in after[log] if row in before[log]]
    assert after == before
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    checkout.dossier("load", extended(tmp_path))
    assert checkout.dossier("check")
    with checkout.serving() as client:

        def get(path: str) -> Any:
            answer = client.get(path)
            assert answer.status_code == 200, answer.text
            return answer.json()

        assert get("/v1")["counts"]["treaties"] == 1
        treaty = get("/v1/treaties/a-treaty")
        party = treaty["parties"][0]["id"]
        assert treaty["signed"]["earliest"]
        assert get("/v1/treaties")["items"] == get(f"/v1/treaties?party={party}")["items"] == [treaty]
        assert get("/v1/treaties?party=china")["items"] == []
        quotes = get("/v1/treaties/a-treaty/evidence")["items"]
        assert [quote["id"] for quote in quotes] == [quote["id"] for quote in treaty["evidence"]]
        [reference] = get(f"/v1/actors/{party}/references?kind=treaty")["items"]
        assert (reference["record"]["id"], reference["pointer"]) == ("a-treaty", "/parties/0")
        assert get("/v1/evidence?kind=treaty")["items"] == quotes
        assert [hit["record"]["id"] for hit in get("/v1/search?q=treaty&kind=treaty")["items"]] == ["a-treaty"]
        assert [entry["record"]["id"] for entry in get("/v1/timeline?kind=treaty")["items"]] == ["a-treaty"]
        [speech] = get("/v1/statements?type=speech")["items"]
        assert (speech["type"], speech["language"]) == ("speech", "French")
        assert {item["language"] for item in get("/v1/statements?limit=200")["items"]} == {None, "French"}
        terms = [term["term"] for term in get("/v1/vocabularies/statement_type")["terms"]]
        assert "speech" in terms
        assert {"/v1/treaties", "/v1/treaties/{id}"} <= get("/openapi.json")["paths"].keys()
        assert get("/v1/actors/russia")["name"] == "Russia"
    for name in ("jsonl", "jsonld", "turtle", "ftm"):
        assert checkout.dossier("export", name)
