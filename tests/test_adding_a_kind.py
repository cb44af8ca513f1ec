"""A kind of record takes one file in `model`, one in `api`, its registration, and a migration."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import orjson
import pytest

from tests.bundles import rewritten
from tests.conftest import ROOT
from tests.databases import SEED

MODEL = '''"""Treaties."""

from typing import Generic

from pydantic import Field
from sqlmodel import SQLModel

from app.model.columns import identity, to
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape


class Treaty(SQLModel, table=True):
    id: int = identity()
    depositary_id: int | None = to("actor", null=True)


class TreatyFields(Shape, Generic[R, D]):
    depositary: R | None = Field(default=None, description="The actor that keeps the treaty.")
    signed: D | None = Field(default=None, description="When it was signed.")


class TreatyDraft(TreatyFields[Reference, DateDraft], RecordDraft):
    """A treaty in a bundle."""


class TreatyPublic(Provenance, TreatyFields[Ref, Date], Identity):
    """A treaty."""


TREATY_KIND = Kind(
    name=KindName.TREATY,
    plural="treaties",
    description="What states agreed in writing.",
    table=Treaty,
    public=TreatyPublic,
    draft=TreatyDraft,
    dated_by="signed",
)
'''
API = '''"""Routes of treaties."""

from typing import Annotated

from app.api.parameters import DatedQuery, several
from app.api.records import record_router
from app.model.treaty import TREATY_KIND, Treaty
from app.query.filters import linked
from app.query.parameters import Ids


class TreatiesQuery(DatedQuery):
    """The parameters of the list of treaties."""

    depositary: Annotated[Ids, linked(Treaty.depositary_id)] = several("Treaties that this actor keeps.")


router = record_router(TREATY_KIND, TreatiesQuery, "Treaties, by date of signature.")
'''
MIGRATION = '''"""Treaties."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.create_table(
        "treaty",
        sa.Column("id", sa.Integer, sa.ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("depositary_id", sa.Integer, sa.ForeignKey("actor.id")),
    )
    op.create_index("ix_treaty_depositary_id", "treaty", ["depositary_id"])
'''
TREATY = {
    "id": "harbour-treaty",
    "name": "Treaty of the harbour",
    "summary": "It opens the harbour.",
    "depositary": "russia",
    "signed": {"text": "in 2017", "edtf": "2017"},
    "evidence": ["for UN Security Council Resolution 2371 in 2017"],
}
ASK = """
import asyncio, sys
import httpx, orjson
from app.main import create_app
from app.settings import Settings

async def main():
    transport = httpx.ASGITransport(create_app(Settings(log_level="error")))
    async with httpx.AsyncClient(transport=transport, base_url="http://dossier.example", timeout=60) as client:
        for path in sys.argv[1:]:
            answer = await client.get(path)
            is_json = answer.headers["content-type"] == "application/json"
            print(orjson.dumps([answer.status_code, is_json, answer.text]).decode())

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with one more kind."""
    folder = tmp_path_factory.mktemp("treaties")
    for name in ("app", "migrations", "seed"):
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    (folder / "app/model/treaty.py").write_text(MODEL)
    (folder / "app/api/treaties.py").write_text(API)
    names = folder / "app/model/shape.py"
    last = '    DOCUMENT = "document"\n'
    assert names.read_text().count(last) == 1
    names.write_text(names.read_text().replace(last, last + '    TREATY = "treaty"\n'))
    versions = sorted(path.stem[:4] for path in (folder / "migrations/versions").glob("0*.py"))
    (folder / "migrations/versions/9999_treaties.py").write_text(MIGRATION.format(head=versions[-1]))
    bundle = rewritten(SEED, folder / "bundle", lambda analysis: analysis.__setitem__("treaties", [TREATY]))
    run(folder, "from app.cli import app; app()", "load", str(bundle))
    return folder


def run(folder: Path, code: str, *arguments: str) -> str:
    """Run the code of a folder over a database of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DOSSIER_DATABASE_URL": f"sqlite:///{folder}/dossier.db",
    }
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def answers(folder: Path, *paths: str) -> list[Any]:
    """The responses to some paths, parsed if they are JSON."""
    found = []
    for line in run(folder, ASK, *paths).splitlines():
        status, is_json, text = orjson.loads(line)
        assert status == 200, text
        found.append(orjson.loads(text) if is_json else text)
    return found


@pytest.mark.sqlite
def test_a_new_kind_is_served_everywhere(copy: Path) -> None:
    url = "/v1/treaties/harbour-treaty"
    root, one, listed, facets, evidence, search, timeline, buckets, table, contract, export = answers(
        copy,
        "/v1",
        url,
        "/v1/treaties?depositary=russia&date_to=2017-12-31&sort=-date",
        "/v1/treaties?actor=russia&facets=depositary,actor,document",
        f"{url}/evidence",
        "/v1/search?q=harbour&kind=treaty",
        "/v1/timeline?kind=treaty&facets=kind",
        "/v1/timeline?kind=treaty&bucket=year",
        "/v1/treaties?format=csv",
        "/openapi.json",
        "/v1/export?format=jsonl",
    )
    assert root["counts"]["treaties"] == 1
    assert root["links"]["treaties"] == "/v1/treaties"
    assert (one["name"], one["depositary"]["id"]) == (TREATY["name"], "russia")
    assert listed["items"] == [one]
    assert {name: [count["value"] for count in facet] for name, facet in facets["facets"].items()} == {
        "depositary": ["russia"],
        "actor": ["russia"],
        "document": [one["document"]["id"]],
    }
    assert evidence["items"] == one["evidence"]
    assert [hit["record"]["url"] for hit in search["items"]] == [url]
    assert [entry["record"]["url"] for entry in timeline["items"]] == [url]
    assert {"value": "treaty", "label": "Treaty", "count": 1} in timeline["facets"]["kind"]
    assert [bucket["by_kind"]["treaty"] for bucket in buckets["items"]] == [1]
    assert "harbour-treaty" in table
    assert {"name": "treaties", "description": "What states agreed in writing."} in contract["tags"]
    assert {"/v1/treaties", "/v1/treaties/{id}", "/v1/treaties/{id}/evidence"} <= contract["paths"].keys()
    assert contract["paths"]["/v1/treaties/{id}"]["get"]["parameters"][0]["example"] == "harbour-treaty"
    assert url in export


@pytest.mark.sqlite
def test_a_new_kind_needs_no_other_file(copy: Path) -> None:
    added = {path.relative_to(copy) for path in copy.rglob("*.py")} - {
        path.relative_to(ROOT) for name in ("app", "migrations") for path in (ROOT / name).rglob("*.py")
    }
    assert {str(path) for path in added} == {
        "app/model/treaty.py",
        "app/api/treaties.py",
        "migrations/versions/9999_treaties.py",
    }
