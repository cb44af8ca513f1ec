"""Quotes with the sentences that contain them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from sqlalchemy import and_, func, select

from app.model.tables import DOCUMENT, DOCUMENT_RECORD, EVIDENCE, SENTENCE
from app.query.lookup import document_text
from app.query.snapshot import Snapshot

_SOURCE = DOCUMENT.alias("source")
"""`document` again: that name is taken by the record of the document."""


@dataclass(frozen=True)
class QuoteInContext:
    """A quote, with the text before and after it in its sentences."""

    id: str
    document: str
    """The document's name."""
    document_id: str
    language: str
    """The language of the document, as BCP 47."""
    passage: int
    start: int
    end: int
    """`start` and `end` are offsets in the document's text, in code points."""
    before: str
    exact: str
    after: str
    supports: Sequence[str]


def quotes_in_context(snapshot: Snapshot, key: int, most: int | None = None) -> Iterator[QuoteInContext]:
    """The quotes for the record with this key, or the first `most`, by document and in the order of the text."""
    order = (DOCUMENT_RECORD.c.slug, EVIDENCE.c.start, EVIDENCE.c.end)
    found = (
        select(EVIDENCE.c.id)
        .join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
        .where(EVIDENCE.c.record_id == key)
        .order_by(*order)
        .limit(most)
    )
    overlaps = and_(
        SENTENCE.c.document_id == EVIDENCE.c.document_id,
        SENTENCE.c.start < EVIDENCE.c.end,
        SENTENCE.c.end > EVIDENCE.c.start,
    )
    query = (
        select(
            EVIDENCE,
            DOCUMENT_RECORD.c.name,
            DOCUMENT_RECORD.c.slug,
            _SOURCE.c.language,
            func.min(SENTENCE.c.start).label("left"),
            func.max(SENTENCE.c.end).label("right"),
        )
        .join_from(EVIDENCE, DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
        .join(_SOURCE, _SOURCE.c.id == EVIDENCE.c.document_id)
        .join(SENTENCE, overlaps)
        .where(EVIDENCE.c.id.in_(found))
        .group_by(EVIDENCE.c.id, DOCUMENT_RECORD.c.id, _SOURCE.c.id)
        .order_by(*order)
    )
    text_of = lru_cache(maxsize=1)(partial(document_text, snapshot))
    for row in snapshot.rows(query):
        text = text_of(row.document_id)
        yield QuoteInContext(
            row.id, row.name, row.slug, row.language, row.passage, row.start, row.end,
            text[row.left : row.start], row.exact, text[row.end : row.right],
            row.supports,
        )  # fmt: skip
