"""The whole dataset in batches: every record and every quote, in constant memory."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, func, select, tuple_

from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.tables import EVIDENCE, RECORD
from app.query.snapshot import Snapshot

BATCH = 500
"""The number of rows read at a time when everything is read."""

Rows = Sequence[Any]


def every_record(snapshot: Snapshot, kinds: Iterable[KindName] = KINDS) -> Iterator[Rows]:
    """The rows of all records of these kinds, in batches: by kind, then by id."""
    for kind in kinds:
        query = select(RECORD).where(RECORD.c.kind == kind).order_by(RECORD.c.slug).limit(BATCH)
        rows = snapshot.rows(query)
        while rows:
            yield rows
            rows = snapshot.rows(query.where(RECORD.c.slug > rows[-1].slug))


def every_quote(snapshot: Snapshot, query: Any) -> Iterator[Rows]:
    """The rows of `query`, which selects from evidence, in batches: by document, then in the order of the text."""
    place = tuple_(EVIDENCE.c.start, EVIDENCE.c.id)
    documents = select(RECORD.c.id).where(RECORD.c.document_id.is_(None)).order_by(RECORD.c.slug)
    for (document,) in snapshot.rows(documents):
        batch = query.where(EVIDENCE.c.document_id == document).order_by(*place).limit(BATCH)
        rows = snapshot.rows(batch)
        while rows:
            yield rows
            rows = snapshot.rows(batch.where(place > tuple_(rows[-1].start, rows[-1].id)))


def count_rows(connection: Connection, rows: FromClause) -> int:
    """The number of rows of a table or subquery."""
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())
