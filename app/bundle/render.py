"""Rendering: the rows of records become their public JSON."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, func, select

from app.bundle.batches import BATCH, among, batches
from app.bundle.progress import Track, untracked
from app.bundle.references import own_document
from app.model.dates import Date
from app.model.evidence import Evidence
from app.model.kind import Kind
from app.model.kinds import KINDS, ref
from app.model.mapping import Layout, public_layout
from app.model.record import Identity
from app.model.shape import KindName
from app.model.tables import EVIDENCE, FORMER_ID, RECORD, RECORD_ACTOR, RECORD_DATE, RECORD_TOPIC

Row = RowMapping | dict[str, Any]
Grouped = Mapping[int, Sequence[Row]]
Stamp = tuple[int, str]
"""A revision and its time, in UTC."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A record as it is served, and its stored JSON, which is empty for a new record."""

    key: int
    public: Identity
    stored: str


def render(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The public fields of some records by key, JSON-ready, with their stored revision and time."""
    return {
        record.key: record.public.model_dump(mode="json") for batch in render_each(connection, ids) for record in batch
    }


def render_each(
    connection: Connection, ids: Iterable[int], stamp: Stamp | None = None, track: Track = untracked
) -> Iterator[list[Rendered]]:
    """Render records in batches, by key. `stamp` replaces their stored revision and time."""
    wanted = sorted(set(ids))
    for at in track(range(0, len(wanted), BATCH), description="Rendering"):
        yield _Batch(connection, wanted[at : at + BATCH], stamp).render()


class _Batch:
    """A batch of records, read with one query per table. From other documents, only aliases are read."""

    def __init__(self, connection: Connection, ids: Sequence[int], stamp: Stamp | None) -> None:
        self.connection = connection
        self.stamp = stamp
        self.records = {row["id"]: row for row in self._rows(RECORD.c.id, ids, RECORD.c.id)}
        quotes = self._introduced(EVIDENCE.c.record_id, ids, EVIDENCE.c.start, EVIDENCE.c.end)
        self.evidence = _grouped("record_id", quotes)
        self.topics = _grouped("record_id", self._rows(RECORD_TOPIC.c.record_id, ids, RECORD_TOPIC.c.ordinal))
        self.formerly = _grouped("record_id", self._rows(FORMER_ID.c.record_id, ids, FORMER_ID.c.ordinal))
        self.actors = _grouped("record_id", self._rows(RECORD_ACTOR.c.record_id, ids))
        dates = self._rows(RECORD_DATE.c.record_id, ids)
        self.dates = {(row["record_id"], row["pointer"]): row for row in dates}
        self.refs: dict[int, dict[str, Any]] = {}

    def render(self) -> list[Rendered]:
        by_kind: dict[KindName, list[int]] = defaultdict(list)
        for record_id, row in self.records.items():
            by_kind[row["kind"]].append(record_id)
        public = {key: shape for name, ids in by_kind.items() for key, shape in self._kind(KINDS[name], ids)}
        return [Rendered(key, public[key], row["body"]) for key, row in self.records.items()]

    def _kind(self, kind: Kind, ids: list[int]) -> Iterator[tuple[int, Identity]]:
        layout = public_layout(kind.name)
        rows = {row["id"]: row for row in self._rows(layout.table.c.id, ids)}
        parts = {name: self._parts(part, ids) for name, part in layout.parts.items()}
        counts = {name: self._counts(name, column, ids) for name, column in kind.counts.items()}
        self._load_refs(layout, rows.values(), parts)
        for record_id in ids:
            fields = self._common(kind, record_id) | self._fields(layout, rows[record_id], record_id, "")
            for name, part in layout.parts.items():
                items = parts[name].get(record_id, ())
                fields[name] = [self._item(part, name, row, record_id) for row in items]
            for name, count in counts.items():
                fields[name] = count.get(record_id, 0)
            yield record_id, kind.public.model_validate(fields)

    def _common(self, kind: Kind, record_id: int) -> dict[str, Any]:
        record = self.records[record_id]
        revision, updated_at = self.stamp or (record["revision"], record["updated_at"])
        return {
            **ref(kind.name, record["slug"], record["name"]),
            "summary": record["summary"],
            "topics": [row["topic"] for row in self.topics.get(record_id, ())],
            "actors": sorted(
                (self.refs[row["actor_id"]] for row in self.actors.get(record_id, ())), key=itemgetter("id")
            ),
            "document": self._ref(record["document_id"]),
            "evidence": [
                {name: row[name] for name in Evidence.model_fields} for row in self.evidence.get(record_id, ())
            ],
            "evidence_count": record["evidence_count"],
            "formerly": [row["slug"] for row in self.formerly.get(record_id, ())],
            "revision": revision,
            "updated_at": updated_at or "1970-01-01T00:00:00Z",
        }

    def _fields(self, layout: Layout, row: Row, record_id: int, pointer: str) -> dict[str, Any]:
        fields: dict[str, Any] = {name: row[name] for name in layout.scalars}
        fields |= {name: self._ref(row[f"{name}_id"]) for name in layout.references}
        for name in layout.dates:
            date = self.dates.get((record_id, f"{pointer}/{name}"))
            fields[name] = date and {key: date[key] for key in Date.model_fields}
        for name, shape in layout.nested.items():
            inner = {part: row[f"{name}_{part}"] for part in shape.model_fields}
            fields[name] = inner if any(value is not None for value in inner.values()) else None
        return fields

    def _item(self, part: Layout, name: str, row: Row, record_id: int) -> Any:
        if part.value_column:
            value = row[part.value_column]
            return self._ref(value) if part.value_target else value
        return self._fields(part, row, record_id, f"/{name}/{row['ordinal']}")

    # Reading

    def _rows(self, owner: Column[Any], ids: Sequence[int], *order: Column[Any]) -> Sequence[RowMapping]:
        """The rows of some records, which the column `owner` refers to."""
        return self.connection.execute(select(owner.table).where(among(owner, ids)).order_by(*order)).mappings().all()

    def _introduced(self, owner: Column[Any], ids: Sequence[int], *order: Column[Any]) -> Sequence[RowMapping]:
        """The rows of some records that are from the documents that introduced them."""
        of_record = (owner == RECORD.c.id) & (owner.table.c.document_id == own_document)
        query = select(owner.table).join(RECORD, of_record).where(among(RECORD.c.id, ids)).order_by(*order)
        return self.connection.execute(query).mappings().all()

    def _parts(self, part: Layout, ids: Sequence[int]) -> Grouped:
        owner, ordinal = part.table.c.owner_id, part.table.c.ordinal
        if "document_id" not in part.table.c:
            return _grouped("owner_id", self._rows(owner, ids, ordinal))
        return _grouped("owner_id", [*self._introduced(owner, ids, ordinal), *self._added(part, ids)])

    def _added(self, part: Layout, ids: Sequence[int]) -> list[dict[str, Any]]:
        """The values of a list from all documents, each once and in alphabetical order."""
        assert part.value_column, "only lists of plain values take additions"  # noqa: S101
        rows, more = part.table, part.table.alias()
        # Each step finds the next value by the index: the rows in between, one per document, are not read.
        first = select(func.min(rows.c[part.value_column])).where(rows.c.owner_id == RECORD.c.id).scalar_subquery()
        found = select(RECORD.c.id, first.label("value")).where(among(RECORD.c.id, ids)).cte("found", recursive=True)
        later = (more.c.owner_id == found.c.id) & (more.c[part.value_column] > found.c.value)
        following = select(func.min(more.c[part.value_column])).where(later).scalar_subquery()
        found = found.union_all(select(found.c.id, following).where(found.c.value.is_not(None)))
        values = self.connection.execute(select(found).where(found.c.value.is_not(None)))
        return [{"owner_id": key, part.value_column: value} for key, value in sorted(map(tuple, values))]

    def _counts(self, name: str, column: Any, ids: Sequence[int]) -> dict[int, int]:
        if name in RECORD.c:
            return {key: self.records[key][name] for key in ids}
        rows = self.connection.execute(select(column, func.count()).where(among(column, ids)).group_by(column))
        return dict(rows.all())

    def _load_refs(self, layout: Layout, rows: Iterable[Row], parts: Mapping[str, Grouped]) -> None:
        wanted = {row["document_id"] for row in self.records.values()}
        wanted |= {row["actor_id"] for named in self.actors.values() for row in named}
        wanted |= {row[f"{name}_id"] for row in rows for name in layout.references}
        for name, part in layout.parts.items():
            columns = [f"{reference}_id" for reference in part.references]
            if part.value_column and part.value_target:
                columns.append(part.value_column)
            wanted |= {row[column] for group in parts[name].values() for row in group for column in columns}
        self.refs |= read_refs(self.connection, sorted(wanted - {None} - self.refs.keys()))

    def _ref(self, record_id: int | None) -> dict[str, Any] | None:
        return None if record_id is None else self.refs[record_id]


def _grouped(column: str, rows: Iterable[Row]) -> Grouped:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped


def read_refs(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The Ref of each record, by key."""
    query = select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
    found = (connection.execute(query.where(RECORD.c.id.in_(batch))) for batch in batches({*ids}))
    return {key: ref(kind, slug, name) for rows in found for key, kind, slug, name in rows}
