"""References between records, which a rename changes and a removal can break."""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, func, select

from app.bundle.batches import batches
from app.model.references import ADDITIONS, REFERENCES
from app.model.tables import RECORD, RECORD_ACTOR

own_document: ColumnElement[int] = func.coalesce(RECORD.c.document_id, RECORD.c.id)
"""The document that introduced a record; a document introduces itself."""


def referrers(connection: Connection, ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Pairs of records: one that refers to one of `ids`, and this one."""
    for owner, column in REFERENCES:
        for batch in batches(ids):
            yield from connection.execute(select(owner, column).where(column.in_(batch)))


def naming_any(connection: Connection, ids: Collection[int]) -> set[int]:
    """The records whose JSON has the name of one of `ids`."""
    found = {source for source, _ in referrers(connection, ids)}
    for batch in batches(ids):
        query = select(RECORD_ACTOR.c.record_id).where(RECORD_ACTOR.c.actor_id.in_(batch))
        found.update(connection.execute(query).scalars())
    return found


def added_to(connection: Connection, document_id: int) -> set[int]:
    """The records of other documents to which a document adds evidence, mentions or aliases."""
    found: set[int] = set()
    for document, column in ADDITIONS:
        query = select(column).distinct().join(RECORD, RECORD.c.id == column)
        found |= {*connection.scalars(query.where(document == document_id, own_document != document_id))}
    return found


def adders(connection: Connection, ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Pairs of records: a document that adds to one of `ids`, which it did not introduce, and this one."""
    for document, column in ADDITIONS:
        for batch in batches(ids):
            query = select(document, column).distinct().join(RECORD, RECORD.c.id == column)
            yield from connection.execute(query.where(RECORD.c.id.in_(batch), document != own_document))
