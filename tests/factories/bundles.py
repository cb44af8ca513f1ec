"""Bundles to load: folders of this repository, and edited copies of them."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from app.bundle.load import load, unload
from app.bundle.publish import Loaded
from app.bundle.source import ANALYSIS_FILE, Source
from app.database.transactions import writing

source = cache(Source)
"""A parsed bundle, cached by folder; the folder must not change afterwards."""


def edited(folder: Path, into: Path, *edits: tuple[str, str], file: str = ANALYSIS_FILE) -> Path:
    """A copy of a bundle with pieces of a file replaced; the file must contain each piece exactly once."""
    copy = shutil.copytree(folder, into)
    content = (copy / file).read_text("utf-8")
    for old, new in edits:
        assert content.count(old) == 1, f"{file} contains {old!r} {content.count(old)} times"
        content = content.replace(old, new)
    (copy / file).write_text(content, "utf-8")
    return copy


def rewritten(folder: Path, into: Path, edit: Callable[[dict[str, Any]], None] = lambda analysis: None) -> Path:
    """A copy of a bundle whose analysis is parsed, changed by `edit`, and written as JSON, which is YAML."""
    analysis = source(folder).bundle.model_dump(mode="json", exclude_unset=True)
    edit(analysis)
    copy = shutil.copytree(folder, into)
    (copy / ANALYSIS_FILE).write_bytes(orjson.dumps(analysis, option=orjson.OPT_NON_STR_KEYS))
    return copy


def record(analysis: dict[str, Any], plural: str, slug: str) -> dict[str, Any]:
    """A record of a parsed analysis, for a test to change."""
    found: list[dict[str, Any]] = [entry for entry in analysis[plural] if entry["id"] == slug]
    assert len(found) == 1, f"there are {len(found)} {plural} '{slug}'"
    return found[0]


def loaded(engine: Engine, *folders: Path) -> Loaded:
    """Load bundles in one transaction, as the command does; raises BundleRejected."""
    with writing(engine) as connection:
        return load(connection, [source(folder) for folder in folders])


def unloaded(engine: Engine, document: str) -> Loaded:
    """Unload a document, as the command does; raises BundleRejected."""
    with writing(engine) as connection:
        return unload(connection, document)


def dump(engine: Engine) -> dict[str, list[str]]:
    """Every row of the database, by table."""
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    columns = dict.fromkeys(tables, "*") | {"search": "rowid, *", "alembic_version": "*"}
    with engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f'SELECT {shown} FROM "{table}"'))))
            for table, shown in columns.items()
        }
