"""The whole dataset, a batch at a time: every record, every quote, in constant memory."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, tuple_

from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.tables import EVIDENCE, RECORD
from app.query.snapshot import Snapshot

_BATCH = 500

Rows = Sequence[Any]


def every_record(snapshot: Snapshot) -> Iterator[Rows]:
    """The rows of all records in batches of one kind, each kind in turn, by id."""
    for kind in KINDS:
        query = select(RECORD).where(RECORD.c.kind == kind).order_by(RECORD.c.slug).limit(_BATCH)
        rows = snapshot.rows(query)
        while rows:
            yield rows
            rows = snapshot.rows(query.where(RECORD.c.slug > rows[-1].slug))


def every_quote(snapshot: Snapshot, query: Any) -> Iterator[Rows]:
    """The rows of `query` (which has the columns of evidence) in batches, document by document, as the texts go."""
    place = tuple_(EVIDENCE.c.start, EVIDENCE.c.id)
    documents = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT).order_by(RECORD.c.slug)
    for (document,) in snapshot.rows(documents):
        batch = query.where(EVIDENCE.c.document_id == document).order_by(*place).limit(_BATCH)
        rows = snapshot.rows(batch)
        while rows:
            yield rows
            rows = snapshot.rows(batch.where(place > tuple_(rows[-1].start, rows[-1].id)))


def count_records(snapshot: Snapshot) -> int:
    """How many records there are."""
    return int(snapshot.connection.execute(select(func.count()).select_from(RECORD)).scalar_one())


def count_quotes(snapshot: Snapshot) -> int:
    """How many quotes there are."""
    return int(snapshot.connection.execute(select(func.count()).select_from(EVIDENCE)).scalar_one())
