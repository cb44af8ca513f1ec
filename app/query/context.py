"""The quotes behind a record, in the sentences that they are taken from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from app.model.document import Document, Sentence
from app.model.evidence import EvidenceRow
from app.model.layout import table_of
from app.model.record import Record
from app.query.reader import Reader

EVIDENCE, SENTENCE, TEXT = table_of(EvidenceRow), table_of(Sentence), table_of(Document)
DOCUMENT = table_of(Record).alias("document")


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


def quotes_in_context(reader: Reader, key: int) -> Iterator[QuoteInContext]:
    """Every quote behind the record with this key, over all documents, in the order of the texts."""
    of_quote = and_(
        SENTENCE.c.document_id == EVIDENCE.c.document_id,
        SENTENCE.c.start < EVIDENCE.c.end,
        SENTENCE.c.end > EVIDENCE.c.start,
    )
    query = (
        select(
            EVIDENCE, DOCUMENT.c.name, func.min(SENTENCE.c.start).label("left"), func.max(SENTENCE.c.end).label("right")
        )
        .join_from(EVIDENCE, DOCUMENT, DOCUMENT.c.id == EVIDENCE.c.document_id)
        .join(SENTENCE, of_quote)
        .where(EVIDENCE.c.record_id == key)
        .group_by(EVIDENCE.c.id, DOCUMENT.c.id)
        .order_by(DOCUMENT.c.slug, EVIDENCE.c.start, EVIDENCE.c.end)
    )
    texts: dict[int, str] = {}
    for row in reader.rows(query):
        if row.document_id not in texts:
            of_document = select(TEXT.c.text).where(TEXT.c.id == row.document_id)
            texts = {row.document_id: reader.connection.execute(of_document).scalar_one()}
        text = texts[row.document_id]
        yield QuoteInContext(
            row.name, row.passage, row.start, row.end,
            text[row.left : row.start], row.exact, text[row.end : row.right],
            row.supports,
        )  # fmt: skip
