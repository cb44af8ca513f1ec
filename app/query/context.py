"""The quotes behind a record, in the sentences that they are taken from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from app.model.tables import DOCUMENT, DOCUMENT_RECORD, EVIDENCE, SENTENCE
from app.query.snapshot import Snapshot


@dataclass(frozen=True)
class QuoteInContext:
    """A quote, and what its sentences say before and after it."""

    document: str
    """The name of the document."""
    passage: int
    start: int
    end: int
    """`start` and `end` in the text of the document, in code points."""
    before: str
    exact: str
    after: str
    supports: Sequence[str]


def quotes_in_context(snapshot: Snapshot, key: int) -> Iterator[QuoteInContext]:
    """Every quote behind the record with this key, over all documents, in the order of the texts."""
    of_quote = and_(
        SENTENCE.c.document_id == EVIDENCE.c.document_id,
        SENTENCE.c.start < EVIDENCE.c.end,
        SENTENCE.c.end > EVIDENCE.c.start,
    )
    query = (
        select(
            EVIDENCE,
            DOCUMENT_RECORD.c.name,
            func.min(SENTENCE.c.start).label("left"),
            func.max(SENTENCE.c.end).label("right"),
        )
        .join_from(EVIDENCE, DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
        .join(SENTENCE, of_quote)
        .where(EVIDENCE.c.record_id == key)
        .group_by(EVIDENCE.c.id, DOCUMENT_RECORD.c.id)
        .order_by(DOCUMENT_RECORD.c.slug, EVIDENCE.c.start, EVIDENCE.c.end)
    )
    texts: dict[int, str] = {}
    for row in snapshot.rows(query):
        if row.document_id not in texts:
            of_document = select(DOCUMENT.c.text).where(DOCUMENT.c.id == row.document_id)
            texts = {row.document_id: snapshot.connection.execute(of_document).scalar_one()}
        text = texts[row.document_id]
        yield QuoteInContext(
            row.name, row.passage, row.start, row.end,
            text[row.left : row.start], row.exact, text[row.end : row.right],
            row.supports,
        )  # fmt: skip
