"""Rows turned back into the bundle that they came from, or one that says the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from app.bundle.exceptions import find_exceptions
from app.bundle.format import LISTED, Bundle, _Bundle
from app.bundle.mentions import FoundMention
from app.bundle.render import read_refs
from app.bundle.text import DocumentText
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.mapping import Layout, draft_layout, target
from app.model.shape import KindName
from app.model.tables import ALIAS, DOCUMENT, EVIDENCE, MENTION, PASSAGE, RECORD, RECORD_DATE, RECORD_TOPIC, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import PassageType

Row = RowMapping


def unrender(connection: Connection, document_id: int) -> tuple[str, _Bundle]:
    """The text of a document, and its analysis as an editor would submit it.

    Loaded into an empty database (after the documents that it refers to), it gives the same records, evidence,
    passages and mentions. What the editor wrote otherwise to the same effect is lost: comments, the order of quotes,
    exceptions more general than they had to be.
    """
    return _Unrender(connection, document_id).both()


class _Unrender:
    """The rows of one document, read with one query a table."""

    def __init__(self, connection: Connection, document_id: int) -> None:
        self.connection = connection
        self.document_id = document_id
        own = (RECORD.c.document_id == document_id) | (RECORD.c.id == document_id)
        self.own = select(RECORD.c.id).where(own)
        self.records = {row["id"]: row for row in self._rows(select(RECORD).where(own).order_by(RECORD.c.id))}
        self.refs: dict[int, dict[str, Any]] = {}
        self.topics = self._grouped(RECORD_TOPIC, RECORD_TOPIC.c.record_id, RECORD_TOPIC.c.ordinal)
        self.dates = {
            (row["record_id"], row["pointer"]): row
            for row in self._rows(select(RECORD_DATE).where(RECORD_DATE.c.record_id.in_(self.own)))
        }
        self.evidence = self._of_document(EVIDENCE, "record_id", EVIDENCE.c.start, EVIDENCE.c.end)
        self.aliases = self._of_document(ALIAS, "owner_id", ALIAS.c.ordinal)
        passages = self._rows(select(PASSAGE).where(PASSAGE.c.document_id == document_id))
        self.types = {row["number"]: row["type"] for row in passages if row["type"] != PassageType.PARAGRAPH}
        query = select(DOCUMENT.c.text, DOCUMENT.c.language).where(DOCUMENT.c.id == document_id)
        self.text = DocumentText(*connection.execute(query).one(), self.types)

    def both(self) -> tuple[str, _Bundle]:
        by_kind = defaultdict(list)
        for key, row in self.records.items():
            by_kind[row["kind"]].append(key)
        [document] = self._drafts(KINDS[KindName.DOCUMENT], by_kind[KindName.DOCUMENT])
        analysis = {
            "document": document,
            "passages": self.types,
            "terms": self._terms(),
            "also": self._also(),
            "mentions": self._mentions(),
        }
        for kind in LISTED:
            analysis[kind.plural] = self._drafts(kind, by_kind[kind.name])
        return self.text.text, Bundle.model_validate(analysis)

    def _drafts(self, kind: Kind, ids: Sequence[int]) -> list[dict[str, Any]]:
        layout = draft_layout(kind.name)
        rows = {row["id"]: row for row in self._rows(select(layout.table).where(layout.table.c.id.in_(self.own)))}
        parts = {name: self._parts(part) for name, part in layout.parts.items()}
        self._load_refs(layout, rows.values())
        for name, part in layout.parts.items():
            self._load_refs(part, [row for group in parts[name].values() for row in group])
        drafts = []
        for key in ids:
            record = self.records[key]
            draft = {"id": record["slug"], "name": record["name"], "summary": record["summary"]}
            draft |= {
                "topics": [row["topic"] for row in self.topics[key]],
                "evidence": [self._quote(row) for row in self.evidence[key]],
            }
            draft |= self._fields(layout, rows[key], key, "")
            for name, part in layout.parts.items():
                draft[name] = [self._item(part, row, key, f"/{name}/{row['ordinal']}") for row in parts[name][key]]
            drafts.append(draft)
        return drafts

    def _fields(self, layout: Layout, row: Row, record_id: int, pointer: str) -> dict[str, Any]:
        fields: dict[str, Any] = {name: row[name] for name in layout.scalars}
        fields |= {name: self._reference(table, row[f"{name}_id"]) for name, table in layout.references.items()}
        for name in layout.dates:
            date = self.dates.get((record_id, f"{pointer}/{name}"))
            fields[name] = date and {"text": date["text"], "edtf": date["edtf"]}
        for name, shape in layout.nested.items():
            inner = {part: row[f"{name}_{part}"] for part in shape.model_fields}
            fields[name] = inner if any(value is not None for value in inner.values()) else None
        return fields

    def _item(self, part: Layout, row: Row, record_id: int, pointer: str) -> Any:
        if not part.bare:
            return self._fields(part, row, record_id, pointer)
        referred = target(part.table, part.bare)
        return self._reference(referred, row[part.bare]) if referred else row[part.bare]

    def _quote(self, row: Row) -> dict[str, Any]:
        place = self.text.place((row["start"], row["end"]))
        return {"exact": row["exact"], "supports": row["supports"]} | place.model_dump()

    # What is no record of its own

    def _terms(self) -> dict[str, list[dict[str, str]]]:
        terms = {}
        for vocabulary, model in OPEN_TERMS.items():
            table = table_of(model)
            query = select(table.c.term, table.c.label, table.c.definition).where(
                table.c.document_id == self.document_id
            )
            terms[vocabulary] = [dict(row) for row in self._rows(query.order_by(table.c.term))]
        return {vocabulary: found for vocabulary, found in terms.items() if found}

    def _also(self) -> list[dict[str, Any]]:
        others = (self.evidence.keys() | self.aliases.keys()) - self.records.keys()
        self.refs |= read_refs(self.connection, others - self.refs.keys())
        return [
            {
                "record": self._reference("record", key),
                "aliases": [row["alias"] for row in self.aliases[key]],
                "evidence": [self._quote(row) for row in self.evidence[key]],
            }
            for key in sorted(others, key=lambda key: self.refs[key]["url"])
        ]

    def _mentions(self) -> list[dict[str, Any]]:
        query = select(MENTION, RECORD.c.slug).join_from(MENTION, RECORD, RECORD.c.id == MENTION.c.actor_id)
        mentions = [
            FoundMention(row["slug"], row["passage"], row["start"], row["end"])
            for row in self._rows(query.where(MENTION.c.document_id == self.document_id).order_by(MENTION.c.start))
        ]
        names: dict[str, list[str]] = defaultdict(list)
        for row in self.records.values():
            if row["kind"] == KindName.ACTOR:
                names[row["name"]].append(row["slug"])
        for key, rows in self.aliases.items():
            slug = (self.records.get(key) or self.refs[key] | {"slug": self.refs[key]["id"]})["slug"]
            for row in rows:
                names[row["alias"]].append(slug)
        return [found.model_dump() for found in find_exceptions(self.text, names, mentions)]

    # Reading

    def _rows(self, query: Any) -> Sequence[Row]:
        return self.connection.execute(query).mappings().all()

    def _grouped(self, table: Table, column: Any, *order: Any) -> Mapping[int, list[Row]]:
        grouped: dict[int, list[Row]] = defaultdict(list)
        for row in self._rows(select(table).where(column.in_(self.own)).order_by(*order)):
            grouped[row[column.name]].append(row)
        return grouped

    def _of_document(self, table: Table, of: str, *order: Any) -> Mapping[int, list[Row]]:
        """The rows that the document gives, by the record that they are given to."""
        grouped: dict[int, list[Row]] = defaultdict(list)
        for row in self._rows(select(table).where(table.c.document_id == self.document_id).order_by(*order)):
            grouped[row[of]].append(row)
        return grouped

    def _parts(self, part: Layout) -> Mapping[int, list[Row]]:
        if "document_id" in part.table.c:
            return self._of_document(part.table, "owner_id", part.table.c.ordinal)
        return self._grouped(part.table, part.table.c.owner_id, part.table.c.ordinal)

    def _load_refs(self, layout: Layout, rows: Any) -> None:
        columns = [f"{name}_id" for name in layout.references]
        if layout.bare and target(layout.table, layout.bare):
            columns.append(layout.bare)
        wanted = {row[column] for row in rows for column in columns} - {None} - self.refs.keys()
        self.refs |= read_refs(self.connection, wanted)

    def _reference(self, table: str, key: int | None) -> str | None:
        """A record as a bundle refers to it: by its id, or as `kind/id` where any kind may stand."""
        if key is None:
            return None
        ref = self.refs[key]
        return f"{ref['kind']}/{ref['id']}" if table == "record" else str(ref["id"])
