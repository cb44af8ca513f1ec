"""Checks that a load removes nothing that other documents need."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, cast, select
from sqlmodel import SQLModel

from app.bundle.batches import batches
from app.bundle.pointers import points_to_value
from app.bundle.references import adders, own_document, referrers
from app.bundle.render import read_refs, render
from app.bundle.resolver import Resolver
from app.model.mapping import target
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
    needs = {(source, found) for source, found in pairs if source not in removed}
    refs = read_refs(connection, {key for pair in needs for key in pair})
    for source, found in sorted(needs):
        yield (
            f"the {refs[found]['kind']} '{refs[found]['id']}' cannot be removed: "
            f"the {refs[source]['kind']} '{refs[source]['id']}' needs it"
        )


def needed_terms(connection: Connection, resolver: Resolver) -> Iterator[str]:
    """A problem for each removed term that other documents use."""
    columns = [column for table in SQLModel.metadata.sorted_tables for column in table.c]
    for vocabulary, model in OPEN_TERMS.items():
        removed = resolver.removed_terms(vocabulary)
        uses = [column for column in columns if target(column.table, column.name) == table_of(model).name]
        for column in uses if removed else ():
            for term in connection.execute(select(column).distinct().where(column.in_(removed))).scalars():
                yield f"the {vocabulary} '{term}' cannot be removed: other documents use it"


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
