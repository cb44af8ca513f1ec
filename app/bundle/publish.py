"""Rows made public: records rendered and indexed, the revision raised, the change feed written."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.bundle.insert import insert_rows
from app.bundle.progress import Track, untracked
from app.bundle.references import among, batches
from app.bundle.render import render_each
from app.database.transactions import now
from app.model.dataset import RENDER_VERSION, ChangeType
from app.model.record import Identity
from app.model.search_index import INDEXES, PLAIN, VECTORS, entry, vectors
from app.model.shape import KindName
from app.model.tables import CHANGE, DATASET, EVIDENCE, RECORD


@dataclass
class Loaded:
    """What a load did: the revision after it, and how many records it created, changed and deleted."""

    revision: int
    changes: Counter[ChangeType] = field(default_factory=Counter)
    raised: bool = False
    """Whether the revision is a new one: even where no record shows what changed, as of the type of a passage."""

    def __str__(self) -> str:
        if not self.changes:
            return f"{'no record' if self.raised else 'nothing'} changed; revision {self.revision}"
        counts = ", ".join(f"{self.changes[change]} {change}" for change in ChangeType)
        return f"{counts}; revision {self.revision}"


def publish(
    connection: Connection,
    ids: Collection[int],
    gone: dict[int, dict[str, Any]],
    *,
    force: bool,
    added: Mapping[int, Sequence[str]] = MappingProxyType({}),
    track: Track = untracked,
) -> Loaded:
    """Render records, raise the revision if any answer changed (or `force`), and write the change feed.

    `added` names records that lost no quote, and gives those that are new; all quotes of others are read.
    """
    previous = connection.execute(select(DATASET.c.revision)).scalar_one()
    revision, at = previous + 1, now()
    loaded = Loaded(previous)
    _index(connection, {}, gone, {})
    for batch in render_each(connection, ids, (revision, at), track):
        lines, bodies = [], []
        for record in batch:
            body = record.public.model_dump_json()
            if record.stored and _content(record.stored) == _content(body):
                continue
            change = ChangeType.CHANGED if record.stored else ChangeType.CREATED
            bodies.append({"key": record.key, "revision": revision, "updated_at": at, "body": body})
            lines.append(_line(record.public.kind, record.public.id, record.public.name, change, revision, at))
        if bodies:
            values: dict[str, Any] = {name: bindparam(name) for name in ("revision", "updated_at", "body")}
            connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(values), bodies)
            insert_rows(connection, CHANGE, lines)
        _index(connection, {record.key: _searched(record.public) for record in batch}, (), added)
        loaded.changes.update(line["change"] for line in lines)
    if gone:
        lines = [
            _line(ref["kind"], ref["id"], ref["name"], ChangeType.DELETED, revision, at)
            for _, ref in sorted(gone.items())
        ]
        insert_rows(connection, CHANGE, lines)
        loaded.changes[ChangeType.DELETED] += len(lines)
    if loaded.changes or force:
        connection.execute(update(DATASET).values(revision=revision, updated_at=at))
        loaded.revision, loaded.raised = revision, True
    return loaded


def _line(kind: KindName, slug: str, name: str, change: ChangeType, revision: int, at: str) -> dict[str, Any]:
    return {"kind": kind, "slug": slug, "name": name, "change": change, "revision": revision, "at": at}


def _searched(public: Identity) -> dict[str, Any]:
    return {"name": public.name, "aliases": getattr(public, "aliases", ()), "summary": public.summary}


def _index(
    connection: Connection,
    rendered: dict[int, dict[str, Any]],
    gone: Collection[int],
    added: Mapping[int, Sequence[str]],
) -> None:
    """Make records searchable by what is rendered of them and by every quote behind them."""
    index = INDEXES[connection.dialect.name]
    # What thousands of documents say of an actor is not read and taken apart again for one more.
    columns = (index.c.rowid, index.c.quotes, index.c[PLAIN])
    earlier = {
        row["rowid"]: row
        for batch in batches(rendered.keys() & added.keys())
        for row in connection.execute(select(*columns).where(among(index.c.rowid, batch))).mappings()
    }
    for batch in batches([*rendered, *gone]):
        connection.execute(delete(index).where(among(index.c.rowid, batch)))
    quotes: dict[int, list[str]] = {key: [*added[key]] if key in earlier else [] for key in rendered}
    for batch in batches(rendered.keys() - earlier.keys()):
        query = select(EVIDENCE.c.record_id, EVIDENCE.c.exact).where(among(EVIDENCE.c.record_id, batch))
        for key, exact in connection.execute(query.order_by(EVIDENCE.c.record_id, EVIDENCE.c.id)):
            quotes[key].append(exact)
    for batch in batches(rendered):
        rows = [entry(key, **rendered[key], quotes=quotes[key], earlier=earlier.get(key)) for key in batch]
        if index is VECTORS:
            rows = [row | vectors(row) for row in rows]
        connection.execute(insert(index), rows)


def _content(body: str) -> dict[str, Any]:
    """What a record's JSON says, but for when it last changed."""
    return {name: value for name, value in orjson.loads(body).items() if name not in ("revision", "updated_at")}


def rerender(connection: Connection, track: Track = untracked) -> Loaded:
    """Render every record anew, as is due when the code renders otherwise than the database says."""
    ids = list(connection.execute(select(RECORD.c.id)).scalars())
    loaded = publish(connection, ids, {}, force=False, track=track)
    connection.execute(update(DATASET).values(render_version=RENDER_VERSION))
    return loaded
