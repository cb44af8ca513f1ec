"""The whole dataset, a batch at a time: every record, every quote, in constant memory."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, tuple_

from app.model.evidence import EvidenceRow
from app.model.kinds import KINDS
from app.model.layout import table_of
from app.model.record import Record
from app.model.shape import KindName
from app.query.reader import Reader

RECORD, EVIDENCE = table_of(Record), table_of(EvidenceRow)
_BATCH = 500

Rows = Sequence[Any]


def every_record(reader: Reader) -> Iterator[Rows]:
    """The rows of all records in batches of one kind, each kind in turn, by id."""
    for kind in KINDS:
        query = select(RECORD).where(RECORD.c.kind == kind).order_by(RECORD.c.slug).limit(_BATCH)
        rows = reader.rows(query)
        while rows:
            yield rows
            rows = reader.rows(query.where(RECORD.c.slug > rows[-1].slug))


def every_quote(reader: Reader, query: Any) -> Iterator[Rows]:
    """The rows of `query` (which has the columns of evidence) in batches, document by document, as the texts go."""
    place = tuple_(EVIDENCE.c.start, EVIDENCE.c.id)
    documents = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT).order_by(RECORD.c.slug)
    for (document,) in reader.rows(documents):
        batch = query.where(EVIDENCE.c.document_id == document).order_by(*place).limit(_BATCH)
        rows = reader.rows(batch)
        while rows:
            yield rows
            rows = reader.rows(batch.where(place > tuple_(rows[-1].start, rows[-1].id)))


def count_records(reader: Reader) -> int:
    """How many records there are."""
    return int(reader.connection.execute(select(func.count()).select_from(RECORD)).scalar_one())


def count_quotes(reader: Reader) -> int:
    """How many quotes there are."""
    return int(reader.connection.execute(select(func.count()).select_from(EVIDENCE)).scalar_one())
