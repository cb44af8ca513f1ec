"""Publishing: renders and indexes records, raises the revision, and writes the change feed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from app.bundle.indexing import index_records, unindex_records
from app.bundle.progress import Track, untracked
from app.bundle.render import render_each
from app.bundle.source import BundleProblem
from app.database.revision import raise_revision
from app.database.transactions import now
from app.model.dataset import RENDER_VERSION, ChangeType
from app.model.record import position_of
from app.model.tables import CHANGE, DATASET, RECORD


@dataclass
class Loaded:
    """The result of a load: the revision after it, and the number of records created, changed, deleted and merged."""

    revision: int
    changes: Counter[ChangeType] = field(default_factory=Counter)
    raised: bool = False
    """True if the revision was raised; without changes if only comments or types of passages differ."""
    totals: Mapping[str, int] = field(default_factory=dict)
    """The numbers of bundles, records and quotes that were read."""
    warnings: Sequence[BundleProblem] = ()
    warned: int = 0
    """The number of all warnings, of which `warnings` has the first."""

    def __str__(self) -> str:
        if not self.changes:
            return f"{'no record' if self.raised else 'nothing'} changed; revision {self.revision}"
        shown = [change for change in ChangeType if change != ChangeType.MERGED or self.changes[change]]
        counts = ", ".join(f"{self.changes[change]} {change}" for change in shown)
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
    """Render records, raise the revision if any of them changed (or `force`), and write the change feed.

    `gone` has the Refs of deleted and merged records, each with its `change` and the id of its document. `added` is
    that of `index_records`.
    """
    previous = connection.execute(select(DATASET.c.revision)).scalar_one()
    revision, at = previous + 1, now()
    loaded = Loaded(previous)
    lines: list[dict[str, Any]] = []

    def feed(change: ChangeType, kind: str, slug: str, name: str, document: str, left: str | None = None) -> None:
        loaded.changes[change] += 1
        line = {"kind": kind, "slug": slug, "name": name, "document": document, "left": left}
        lines.append(line | {"change": change, "revision": revision, "at": at})

    unindex_records(connection, gone)
    for batch in render_each(connection, ids, (revision, at), track):
        bodies = []
        for record in batch:
            body = record.public.model_dump_json()
            before = _content(record.stored) if record.stored else None
            if before and before == _content(body):
                continue
            stamped = {"key": record.key, "revision": revision, "updated_at": at}
            bodies.append(stamped | {"position": position_of(record.public), "body": body})
            change = ChangeType.CHANGED if record.stored else ChangeType.CREATED
            document = (getattr(record.public, "document", None) or record.public).id
            earlier = (before["document"] or before)["id"] if before else document
            left = earlier if earlier != document else None
            feed(change, record.public.kind, record.public.id, record.public.name, document, left)
        if bodies:
            values: dict[str, Any] = {name: bindparam(name) for name in ("revision", "updated_at", "position", "body")}
            connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(values), bodies)
            connection.execute(insert(CHANGE), lines)
            lines.clear()
        index_records(connection, {record.key: record.public for record in batch}, added)
    for _, ref in sorted(gone.items()):
        feed(ref["change"], ref["kind"], ref["id"], ref["name"], ref["document"])
    if lines:
        connection.execute(insert(CHANGE), lines)
    if loaded.changes or force:
        loaded.revision, loaded.raised = raise_revision(connection, at), True
    return loaded


def _content(body: str) -> dict[str, Any]:
    """The JSON of a record, without the revision and time of its last change."""
    return {name: value for name, value in orjson.loads(body).items() if name not in ("revision", "updated_at")}


def rerender(connection: Connection, track: Track = untracked) -> Loaded:
    """Render every record again, for a new `RENDER_VERSION`."""
    ids = list(connection.execute(select(RECORD.c.id)).scalars())
    loaded = publish(connection, ids, {}, force=False, track=track)
    connection.execute(update(DATASET).values(render_version=RENDER_VERSION))
    return loaded
