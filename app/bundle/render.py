"""Rows turned into the public JSON of their records."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, select

from app.bundle.progress import Track, untracked
from app.model.evidence import EvidenceRow
from app.model.kind import Kind
from app.model.kinds import KINDS, ref
from app.model.layout import Layout, public_layout, table_of
from app.model.record import Record, RecordDate, RecordTopic
from app.model.shape import KindName

RECORD, EVIDENCE, DATE, TOPIC = (table_of(model) for model in (Record, EvidenceRow, RecordDate, RecordTopic))
_BATCH = 500

Grouped = dict[int, list[RowMapping]]


def render(connection: Connection, ids: Iterable[int], track: Track = untracked) -> dict[int, dict[str, Any]]:
    """The public fields of records by key: JSON-ready but for `revision` and `updated_at`, which are as stored."""
    wanted = sorted(set(ids))
    rendered: dict[int, dict[str, Any]] = {}
    for at in track(range(0, len(wanted), _BATCH), description="Rendering"):
        rendered |= _Batch(connection, wanted[at : at + _BATCH]).render()
    return rendered


class _Batch:
    """Some records, read with one query a table."""

    def __init__(self, connection: Connection, ids: Sequence[int]) -> None:
        self.connection = connection
        self.records = self._by_key(RECORD, RECORD.c.id, ids)
        self.evidence = self._grouped(EVIDENCE, EVIDENCE.c.record_id, ids, EVIDENCE.c.start, EVIDENCE.c.end)
        self.topics = self._grouped(TOPIC, TOPIC.c.record_id, ids, TOPIC.c.ordinal)
        self.dates = {(row["record_id"], row["pointer"]): row for row in self._rows(DATE, DATE.c.record_id, ids)}
        self.refs: dict[int, dict[str, Any]] = {}

    def render(self) -> dict[int, dict[str, Any]]:
        by_kind: dict[KindName, list[int]] = defaultdict(list)
        for record_id, row in self.records.items():
            by_kind[row["kind"]].append(record_id)
        return {key: fields for name, ids in by_kind.items() for key, fields in self._kind(KINDS[name], ids).items()}

    def _kind(self, kind: Kind, ids: list[int]) -> dict[int, dict[str, Any]]:
        layout = public_layout(kind.name)
        rows = self._by_key(layout.table, layout.table.c.id, ids)
        parts = {name: self._parts(part, ids) for name, part in layout.parts.items()}
        counts = {name: self._counts(column, ids) for name, column in kind.counts.items()}
        self._load_refs(layout, rows.values(), parts)
        rendered = {}
        for record_id in ids:
            fields = self._common(kind, record_id) | self._fields(layout, rows[record_id], record_id, "")
            for name, part in layout.parts.items():
                fields[name] = [
                    self._item(part, row, record_id, f"/{name}/{row['ordinal']}") for row in parts[name][record_id]
                ]
            for name, count in counts.items():
                fields[name] = count.get(record_id, 0)
            if "aliases" in fields:  # several documents may call an actor the same
                fields["aliases"] = [a for a in dict.fromkeys(fields["aliases"]) if a != fields["name"]]
            rendered[record_id] = kind.public.model_validate(fields).model_dump(mode="json")
        return rendered

    def _common(self, kind: Kind, record_id: int) -> dict[str, Any]:
        record = self.records[record_id]
        owner = record["document_id"] or record_id
        evidence = self.evidence[record_id]
        return {
            "kind": kind.name,
            "id": record["slug"],
            "url": f"/v1/{kind.plural}/{record['slug']}",
            "name": record["name"],
            "summary": record["summary"],
            "topics": [row["topic"] for row in self.topics[record_id]],
            "document": self._ref(record["document_id"]),
            "evidence": [self.quote(row) for row in evidence if row["document_id"] == owner],
            "evidence_count": len(evidence),
            "revision": record["revision"],
            "updated_at": record["updated_at"] or "1970-01-01T00:00:00Z",
        }

    def quote(self, row: RowMapping) -> dict[str, Any]:
        """A quote, as served."""
        kept = ("id", "passage", "start", "end", "exact", "prefix", "suffix", "supports")
        return {"document": self._ref(row["document_id"])} | {name: row[name] for name in kept}

    def _fields(self, layout: Layout, row: RowMapping, record_id: int, pointer: str) -> dict[str, Any]:
        fields: dict[str, Any] = {name: row[name] for name in layout.scalars}
        fields |= {name: self._ref(row[f"{name}_id"]) for name in layout.references}
        for name in layout.dates:
            date = self.dates.get((record_id, f"{pointer}/{name}"))
            fields[name] = date and {key: date[key] for key in ("text", "edtf", "earliest", "latest", "approximate")}
        for name, shape in layout.nested.items():
            inner = {part: row[f"{name}_{part}"] for part in shape.model_fields}
            fields[name] = inner if any(value is not None for value in inner.values()) else None
        return fields

    def _item(self, part: Layout, row: RowMapping, record_id: int, pointer: str) -> Any:
        if part.bare:
            return self._ref(row[part.bare]) if part.table.c[part.bare].foreign_keys else row[part.bare]
        return self._fields(part, row, record_id, pointer)

    # Reading

    def _rows(self, table: Table, column: Any, ids: Sequence[int], *order: Any) -> Sequence[RowMapping]:
        return self.connection.execute(select(table).where(column.in_(ids)).order_by(*order)).mappings().all()

    def _by_key(self, table: Table, column: Any, ids: Sequence[int]) -> dict[int, RowMapping]:
        return {row[column.name]: row for row in self._rows(table, column, ids)}

    def _grouped(self, table: Table, column: Any, ids: Sequence[int], *order: Any) -> Grouped:
        grouped: Grouped = defaultdict(list)
        for row in self._rows(table, column, ids, *order):
            grouped[row[column.name]].append(row)
        return grouped

    def _parts(self, part: Layout, ids: Sequence[int]) -> Grouped:
        table = part.table
        if "document_id" not in table.c:
            return self._grouped(table, table.c.owner_id, ids, table.c.ordinal)
        own_first = table.c.document_id != RECORD.c.document_id
        owner = select(table).join(RECORD, RECORD.c.id == table.c.owner_id)
        document = RECORD.alias("document")
        rows = self.connection.execute(
            owner.join(document, document.c.id == table.c.document_id)
            .where(table.c.owner_id.in_(ids))
            .order_by(own_first, document.c.slug, table.c.ordinal)
        ).mappings()
        grouped: Grouped = defaultdict(list)
        for row in rows:
            grouped[row["owner_id"]].append(row)
        return grouped

    def _counts(self, column: Any, ids: Sequence[int]) -> dict[int, int]:
        rows = self.connection.execute(select(column, func.count()).where(column.in_(ids)).group_by(column))
        return dict(rows.all())

    def _load_refs(self, layout: Layout, rows: Iterable[RowMapping], parts: dict[str, Grouped]) -> None:
        wanted = {row["document_id"] for row in self.records.values()} | {
            row["document_id"] for group in self.evidence.values() for row in group
        }
        wanted |= {row[f"{name}_id"] for row in rows for name in layout.references}
        for name, part in layout.parts.items():
            columns = [f"{reference}_id" for reference in part.references]
            if part.bare and part.table.c[part.bare].foreign_keys:
                columns.append(part.bare)
            wanted |= {row[column] for group in parts[name].values() for row in group for column in columns}
        wanted |= {key for key, row in self.records.items() if row["document_id"] is None}
        missing = sorted(wanted - {None} - self.refs.keys())
        self.refs |= read_refs(self.connection, missing)

    def _ref(self, record_id: int | None) -> dict[str, Any] | None:
        return None if record_id is None else self.refs[record_id]


def read_refs(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The Ref of each record, by key."""
    wanted, refs = list(ids), {}
    for at in range(0, len(wanted), _BATCH):
        query = select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name).where(
            RECORD.c.id.in_(wanted[at : at + _BATCH])
        )
        for record_id, name, slug, title in connection.execute(query):
            refs[record_id] = ref(name, slug, title)
    return refs
