"""Upgrades keep all data: from the first schema on, of databases and of backups, on SQLite and PostgreSQL."""

import lzma
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, inspect, text

from app.database import migration
from app.database.engine import connect, place
from app.database.transactions import migrating, writing
from app.model.kinds import KINDS
from app.model.search_index import vectors
from tests.factories.bundles import dump, loaded
from tests.paths import COMMENTARY, ROOT, SEED
from tests.services.api import client_of, items
from tests.services.commands import invoked, said
from tests.services.serving import serving

FIRST = ROOT / "tests" / "schemas" / "0001.db.xz"
"""A backup of a database with the first schema: `dossier backup`, compressed with xz."""
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("record") as batch:
        batch.add_column(sa.Column("remark", sa.String, nullable=False, server_default="none"))
        batch.create_index("ix_record_remark", ["remark"])
"""
Make = Callable[[Any], Engine]


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def dossier(engine: Engine, *words: str | Path) -> tuple[int, str, str]:
    """The exit code and the output of a command over a database."""
    result = invoked(*words, environment={"DOSSIER_DATABASE_URL": url_of(engine)})
    return result.exit_code, result.stdout, said(result)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The backup of the first schema."""
    path = tmp_path / "first.db"
    path.write_bytes(lzma.decompress(FIRST.read_bytes()))
    return path


@pytest.fixture
def original(first: Path) -> dict[str, str]:
    """The name of each record of the first schema, by its path."""
    with closing(sqlite3.connect(first)) as connection:
        rows = connection.execute("SELECT kind, slug, name FROM record").fetchall()
    return {f"/v1/{KINDS[kind].plural}/{slug}": name for kind, slug, name in rows}


def is_whole(engine: Engine, original: dict[str, str]) -> None:
    """All records of the first schema are served, and agree with their rows."""
    assert len(original) == 43
    assert dossier(engine, "check") == (0, "OK: 0 differences\n", "")
    with serving(url_of(engine)) as service, client_of(service) as client:
        served = [item for kind in KINDS.values() for item in items(client, f"/v1/{kind.plural}", limit=200)]
        assert {item["url"]: item["name"] for item in served} == original
        assert all(item["evidence"] for item in served if item["kind"] != "document")
        word = served[0]["name"].split()[0]
        assert client.get("/v1/search", params={"q": word}).json()["total"]["value"] > 0
    assert loaded(engine, SEED).revision > 1


def test_a_backup_of_the_first_schema_is_restored(database: Make, first: Path, original: dict[str, str]) -> None:
    engine = database("nothing")
    assert dossier(engine, "restore", first)[0] == 0
    is_whole(engine, original)


@pytest.mark.sqlite
def test_a_file_of_the_first_schema_is_upgraded(first: Path, original: dict[str, str]) -> None:
    engine = connect(f"sqlite:///{first}")
    assert dossier(engine, "migrate")[0] == 0
    is_whole(engine, original)
    engine.dispose()


@pytest.mark.postgresql
def test_a_server_with_the_first_schema_is_upgraded(database: Make, first: Path, original: dict[str, str]) -> None:
    engine = database("nothing")
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    copied, target = MetaData(), MetaData()
    source = connect(f"sqlite:///{first}")
    copied.reflect(source)
    target.reflect(engine)
    with source.connect() as reader, writing(engine) as writer:
        for name, table in target.tables.items():
            query = text("SELECT rowid, * FROM search") if name == "search" else copied.tables[name].select()
            rows = [dict(row) for row in reader.execute(query).mappings()]
            if name == "search":
                rows = [row | vectors(row) for row in rows]
            if name == "change":  # the server numbers its rows
                rows = [{column: value for column, value in row.items() if column != "id"} for row in rows]
            if rows and name != "alembic_version":
                writer.execute(table.insert(), rows)
    source.dispose()
    assert dossier(engine, "migrate")[0] == 0
    is_whole(engine, original)


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], None]]:
    """Turns the code into that of a newer version, whose schema is 0002, and back."""
    folder = tmp_path / "newer"
    shutil.copytree(ROOT / "migrations", folder)
    (folder / "versions" / "0002_remarks.py").write_text(NEXT)
    schemas = list(migration.SCHEMAS)

    def become(newer: bool) -> None:
        monkeypatch.setattr(migration, "MIGRATIONS", folder if newer else ROOT / "migrations")
        migration.SCHEMAS[:] = [*schemas, "0002"] if newer else schemas

    yield become
    migration.SCHEMAS[:] = schemas


def test_a_version_is_upgraded_and_taken_back(database: Make, tmp_path: Path, newer: Callable[[bool], None]) -> None:
    """As docs/operations.md says: back up, start the new version, and if it is no good, restore."""
    engine, backup, again = database("seeded"), tmp_path / "backup.db", tmp_path / "again.db"
    before = dump(engine)
    where = place(engine.url)
    assert dossier(engine, "backup", backup)[0] == 0

    newer(True)
    needs = f"{where}: has the schema 0001, and this version needs 0002: make a backup with the version that wrote it"
    assert dossier(engine, "show", "actor", "russia") == (2, "", f"{needs}, then run `dossier migrate`\n")
    code, printed, _ = dossier(engine, "status")
    assert (code, printed.splitlines()[1]) == (1, "schema     0001, and this version needs 0002: run `dossier migrate`")
    assert dossier(engine, "migrate")[1].startswith(f"{where}: schema 0002, revision 1 of ")
    assert dossier(engine, "check")[0] == 0
    assert "ix_record_remark" in {index["name"] for index in inspect(engine).get_indexes("record")}
    with engine.connect() as connection:
        assert connection.execute(text("SELECT DISTINCT remark FROM record")).scalars().all() == ["none"]
    assert {name: rows for name, rows in dump(engine).items() if name not in ("record", "alembic_version")} == {
        name: rows for name, rows in before.items() if name not in ("record", "alembic_version")
    }

    newer(False)
    unknown = f"{where}: has the schema 0002, which this version does not know (it has 0001): use the version that"
    for words in (("show", "actor", "russia"), ("status",), ("load", str(COMMENTARY)), ("migrate",)):
        assert dossier(engine, *words) == (2, "", f"{unknown} wrote it, or restore a backup\n")
    if engine.dialect.name == "postgresql":
        assert dossier(engine, "restore", backup, "--yes")[0] == 2, "a server needs a new database"
        engine = database("nothing")
    assert dossier(engine, "restore", backup, "--yes")[0] == 0
    assert dump(engine) == before

    newer(True)
    upgraded = database("nothing")
    assert dossier(upgraded, "restore", backup)[0] == 0, "a backup of an older version is upgraded"
    assert dossier(upgraded, "check")[0] == 0
    assert dossier(upgraded, "backup", again)[0] == 0
    newer(False)
    assert dossier(engine, "restore", again, "--yes")[0] == 2
    assert dump(engine) == before
