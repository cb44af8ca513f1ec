"""Who refers to whom: what a rename touches, and what keeps a removal from being made."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, func, or_, select

from app.model.references import ADDITIONS, REFERENCES
from app.model.tables import RECORD

_BATCH = 500


def referrers(connection: Connection, ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """The records that refer to `ids`, and to which of them."""
    for owner, column in REFERENCES:
        for batch in batches(ids):
            yield from connection.execute(select(owner, column).where(column.in_(batch)))


def added_to(connection: Connection, document_id: int) -> set[int]:
    """The records of other documents to which a document adds evidence, mentions or aliases."""
    found: set[int] = set()
    for document, column in ADDITIONS:
        query = (
            select(column)
            .distinct()
            .join(RECORD, RECORD.c.id == column)
            .where(document == document_id, RECORD.c.id != document_id)
            .where(or_(RECORD.c.document_id.is_(None), RECORD.c.document_id != document_id))
        )
        found |= set(connection.execute(query).scalars())
    return found


def adders(connection: Connection, ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """The documents that add to `ids` of other documents, and to which of them."""
    own = func.coalesce(RECORD.c.document_id, RECORD.c.id)
    for document, column in ADDITIONS:
        for batch in batches(ids):
            query = select(document, column).distinct().join(RECORD, RECORD.c.id == column)
            yield from connection.execute(query.where(RECORD.c.id.in_(batch), document != own))


def among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a column has one of some keys, which are in order: where none is left out, as a range."""
    if ids and ids[-1] - ids[0] + 1 == len(ids):
        return cast("ColumnElement[bool]", column.between(ids[0], ids[-1]))
    return cast("ColumnElement[bool]", column.in_(ids))


def batches(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for at in range(0, len(ordered), _BATCH):
        yield ordered[at : at + _BATCH]
