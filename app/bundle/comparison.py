"""The records and fields that a load changes, with their values before and after."""

from collections.abc import Iterator
from textwrap import shorten
from typing import Any

import orjson
from sqlalchemy import Connection, select, tuple_

from app.bundle.batches import BATCH
from app.model.dataset import ChangeType
from app.model.tables import CHANGE, RECORD

MOST = 500
"""Limit on the changes that are listed."""
_STAMPS = {"revision", "updated_at", "url"}

Changed = tuple[ChangeType, str, str, str, dict[str, Any]]
"""A change, the kind, id and name of its record, and the JSON of the record after it."""


def changed(connection: Connection, revision: int) -> list[Changed]:
    """The first changes of a revision: deleted and merged records first."""
    last_first = CHANGE.c.change.in_((ChangeType.CREATED, ChangeType.CHANGED))
    columns = (CHANGE.c.change, CHANGE.c.kind, CHANGE.c.slug, CHANGE.c.name)
    rows = select(*columns).where(CHANGE.c.revision == revision).order_by(last_first, CHANGE.c.id).limit(MOST)
    found = connection.execute(rows).all()
    after = bodies(connection, [(kind, slug) for _, kind, slug, _ in found])
    return [(change, kind, slug, name, after.get((kind, slug), {})) for change, kind, slug, name in found]


def bodies(connection: Connection, names: list[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The JSON of records, by kind and id."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for at in range(0, len(names), BATCH):
        named = tuple_(RECORD.c.kind, RECORD.c.slug).in_(names[at : at + BATCH])
        rows = connection.execute(select(RECORD.c.kind, RECORD.c.slug, RECORD.c.body).where(named))
        found |= {(kind, slug): orjson.loads(body) for kind, slug, body in rows}
    return found


def differences_of(before: Any, after: Any, pointer: str = "") -> Iterator[str]:
    """The fields that differ between two versions of a record: each with its old and its new value."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in (name for name in after if name not in _STAMPS):
            yield from differences_of(before.get(name), after[name], f"{pointer}/{name}")
    elif before == after:
        return
    elif isinstance(before, list) and isinstance(after, list):
        old, new = [*map(_shown, before)], [*map(_shown, after)]
        changes = [f"+ {item}" for item in new if item not in old] + [f"- {item}" for item in old if item not in new]
        yield from (f"{pointer} {change}" for change in changes or ["changed within its items"])
    else:
        yield f"{pointer} {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    """A value in a few words; for an object, those that identify it."""
    if isinstance(value, dict):
        for name in ("exact", "id", "text", "name"):
            if isinstance(value.get(name), str) and name in value:
                return shorten(repr(value[name]), 80, placeholder=" …")
    return shorten(orjson.dumps(value).decode(), 80, placeholder=" …")
