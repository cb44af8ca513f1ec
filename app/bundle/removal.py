"""Checks that a load removes nothing that other documents need."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, cast, func, select
from sqlmodel import SQLModel

from app.bundle.batches import batches
from app.bundle.pointers import points_to_value
from app.bundle.references import adders, own_document, referrers
from app.bundle.render import read_refs, render
from app.bundle.resolver import Resolver
from app.model.mapping import owner, target
from app.model.tables import EVIDENCE, RECORD, table_of
from app.model.terms import OPEN_TERMS


class MissingPart(NamedTuple):
    """A missing part of a record, which a quote of another document supports."""

    document_id: int
    document: str
    record: dict[str, Any]
    pointer: str


def needed_records(connection: Connection, resolver: Resolver) -> Iterator[str]:
    """A problem for each removed record that another refers to, or another document adds to."""
    removed = resolver.removed
    pairs = (*referrers(connection, removed), *adders(connection, removed))
    needs = sorted({(source, found) for source, found in pairs if source not in removed})
    names = _names(connection, {key for pair in needs for key in pair})
    refs = read_refs(connection, {found for _, found in needs})
    for source, found in needs:
        former = resolver.former(refs[found]["kind"], refs[found]["id"])
        way_out = f"; it is '{former.now}' now: load that document too, with the new id" if former else ""
        yield f"the {refs[found]['kind']} '{refs[found]['id']}' cannot be removed: {names[source]} needs it{way_out}"


def needed_terms(connection: Connection, resolver: Resolver) -> Iterator[str]:
    """A problem for each removed term that other documents use."""
    columns = [column for table in SQLModel.metadata.sorted_tables for column in table.c]
    for vocabulary, model in OPEN_TERMS.items():
        removed = resolver.removed_terms(vocabulary)
        uses = [column for column in columns if target(column.table, column.name) == table_of(model).name]
        for column in uses if removed else ():
            query = select(column, func.min(owner(column.table))).where(column.in_(removed)).group_by(column)
            users: dict[str, int] = dict(connection.execute(query).all())
            names = _names(connection, users.values())
            for term, user in sorted(users.items()):
                yield f"the {vocabulary} '{term}' cannot be removed: {names[user]} uses it"


def _names(connection: Connection, keys: Collection[int]) -> dict[int, str]:
    """The kind, the id and the document of records, by key, for messages."""
    document = RECORD.alias()
    named = select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, document.c.slug.label("document"))
    named = named.join(document, document.c.id == RECORD.c.document_id, isouter=True)
    rows = (row for batch in batches({*keys}) for row in connection.execute(named.where(RECORD.c.id.in_(batch))))
    return {
        row.id: f"the {row.kind} '{row.slug}'" + (f" of the document '{row.document}'" if row.document else "")
        for row in rows
    }


def missing_parts(connection: Connection, records: Collection[int]) -> Iterator[MissingPart]:
    """The missing parts of some records, which quotes of other documents support."""
    for batch in batches(records):
        query = (
            select(EVIDENCE.c.record_id, EVIDENCE.c.document_id, EVIDENCE.c.supports)
            .join(RECORD, EVIDENCE.c.record_id == RECORD.c.id)
            .where(RECORD.c.id.in_(batch), EVIDENCE.c.document_id != own_document)
            .where(cast(EVIDENCE.c.supports, String) != "[]")
        )
        quotes = connection.execute(query).all()
        rendered = render(connection, {quote.record_id for quote in quotes})
        refs = read_refs(connection, {quote.document_id for quote in quotes})
        for quote in quotes:
            record = rendered[quote.record_id]
            for pointer in quote.supports:
                if not points_to_value(record, pointer):
                    yield MissingPart(quote.document_id, refs[quote.document_id]["id"], record, pointer)
