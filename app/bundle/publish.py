"""Rows made public: records rendered and indexed, the revision raised, the change feed written."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.bundle.progress import Track, untracked
from app.bundle.references import RECORD, batches
from app.bundle.render import EVIDENCE, render
from app.database import now
from app.model.dataset import RENDER_VERSION, Change, ChangeType, Dataset
from app.model.layout import table_of
from app.model.search import INDEXES, VECTORS, entry, vectors

DATASET, CHANGE = table_of(Dataset), table_of(Change)


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
    track: Track = untracked,
) -> Loaded:
    """Render records, raise the revision if any answer changed (or `force`), and write the change feed."""
    columns = (RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.body)
    previous = connection.execute(select(DATASET.c.revision)).scalar_one()
    revision, at = previous + 1, now()
    loaded, lines, bodies = Loaded(previous), [], []
    rendered = render(connection, ids, track)
    before = {
        row.id: row
        for batch in batches(rendered)
        for row in connection.execute(select(*columns).where(RECORD.c.id.in_(batch)))
    }
    for key, fields in sorted(rendered.items()):
        old = orjson.loads(before[key].body) if before[key].body else None
        changed = old is None or _content(old) != _content(fields)
        if not changed:
            continue
        change = ChangeType.CREATED if old is None else ChangeType.CHANGED
        fields |= {"revision": revision, "updated_at": at}
        bodies.append(
            {
                "key": key,
                "revision": revision,
                "updated_at": at,
                "body": orjson.dumps(fields).decode(),
                "evidence_count": fields["evidence_count"],
            }
        )
        lines.append({"kind": fields["kind"], "slug": fields["id"], "name": fields["name"], "change": change})
    lines += [
        {"kind": ref["kind"], "slug": ref["id"], "name": ref["name"], "change": ChangeType.DELETED}
        for _, ref in sorted(gone.items())
    ]
    if not lines and not force:
        return loaded
    _index(connection, rendered, gone)
    if bodies:
        values: dict[str, Any] = {
            name: bindparam(name) for name in ("revision", "updated_at", "body", "evidence_count")
        }
        connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(values), bodies)
    if lines:
        connection.execute(insert(CHANGE), [line | {"revision": revision, "at": at} for line in lines])
    connection.execute(update(DATASET).values(revision=revision, updated_at=at))
    loaded.revision, loaded.raised = revision, True
    loaded.changes.update(line["change"] for line in lines)
    return loaded


def _index(connection: Connection, rendered: dict[int, dict[str, Any]], gone: Collection[int]) -> None:
    """Make records searchable by what is rendered of them and by every quote behind them."""
    index = INDEXES[connection.dialect.name]
    for batch in batches([*rendered, *gone]):
        connection.execute(delete(index).where(index.c.rowid.in_(batch)))
    for batch in batches(rendered):
        quotes: dict[int, list[str]] = {key: [] for key in batch}
        query = select(EVIDENCE.c.record_id, EVIDENCE.c.exact).where(EVIDENCE.c.record_id.in_(batch))
        for key, exact in connection.execute(query.order_by(EVIDENCE.c.record_id, EVIDENCE.c.id)):
            quotes[key].append(exact)
        rows = [
            entry(key, rendered[key]["name"], rendered[key].get("aliases", ()), rendered[key]["summary"], quotes[key])
            for key in batch
        ]
        if index is VECTORS:
            rows = [row | vectors(row) for row in rows]
        connection.execute(insert(index), rows)


def _content(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in ("revision", "updated_at")}


def rerender(connection: Connection, track: Track = untracked) -> Loaded:
    """Render every record anew, as is due when the code renders otherwise than the database says."""
    ids = list(connection.execute(select(RECORD.c.id)).scalars())
    loaded = publish(connection, ids, {}, force=False, track=track)
    connection.execute(update(DATASET).values(render_version=RENDER_VERSION))
    return loaded
