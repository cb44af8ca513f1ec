"""Bundles to load: folders of this repository, and copies of them with something changed."""

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

COMMENTARY = Path(__file__).resolve().parent / "harbour-notes-3-2023"
"""An invented second commentary, which shares actors with the seed."""


source = cache(Source)
"""A bundle read once; the folder must not change after that."""


def edited(folder: Path, into: Path, *edits: tuple[str, str], file: str = ANALYSIS_FILE) -> Path:
    """A copy of a bundle with some words of a file replaced, each of which must stand there once."""
    copy = shutil.copytree(folder, into)
    words = (copy / file).read_text("utf-8")
    for old, new in edits:
        assert words.count(old) == 1, f"{old!r} stands {words.count(old)} times in {file}"
        words = words.replace(old, new)
    (copy / file).write_text(words, "utf-8")
    return copy


def rewritten(folder: Path, into: Path, edit: Callable[[dict[str, Any]], None] = lambda analysis: None) -> Path:
    """A copy of a bundle whose analysis is parsed, changed by `edit`, and written anew as JSON, which is YAML."""
    analysis = source(folder).bundle.model_dump(mode="json", exclude_unset=True)
    edit(analysis)
    copy = shutil.copytree(folder, into)
    (copy / ANALYSIS_FILE).write_bytes(orjson.dumps(analysis, option=orjson.OPT_NON_STR_KEYS))
    return copy


def record(analysis: dict[str, Any], plural: str, slug: str) -> dict[str, Any]:
    """A record of an analysis, to be changed."""
    found: list[dict[str, Any]] = [entry for entry in analysis[plural] if entry["id"] == slug]
    assert len(found) == 1, f"there are {len(found)} {plural} '{slug}'"
    return found[0]


def loaded(engine: Engine, *folders: Path) -> Loaded:
    """Load bundles as the command does; raises BundleRejected."""
    with writing(engine) as connection:
        return load(connection, [source(folder) for folder in folders])


def unloaded(engine: Engine, document: str) -> Loaded:
    """Unload a document as the command does; raises BundleRejected."""
    with writing(engine) as connection:
        return unload(connection, document)


def dump(engine: Engine) -> dict[str, list[str]]:
    """Everything that the database holds, by table; but for its schema."""
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    columns = dict.fromkeys(tables, "*") | {"search": "rowid, *", "alembic_version": "*"}
    with engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f'SELECT {shown} FROM "{table}"'))))
            for table, shown in columns.items()
        }
