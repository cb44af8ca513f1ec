"""Coverage: the sentences of a document, each with the records that cite it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from starlette.responses import Response

from app.api.parameters import list_query, optional, several
from app.api.records import RecordId
from app.api.shapes import Page
from app.http.responses import answer_page
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.document import DOCUMENT_KIND
from app.model.evidence import QUOTE_LENGTH
from app.model.kinds import ref
from app.model.shape import Ref, Shape
from app.model.tables import EVIDENCE, PASSAGE, RECORD, SENTENCE
from app.model.vocabularies import PassageType
from app.query.filters import one_of
from app.query.listing import Listing, read_page
from app.query.lookup import document_text, find_record
from app.query.order import SortKey
from app.query.parameters import Flag, ListQuery, Number
from app.query.rows import to_json
from app.query.snapshot import Snapshot

router = api_router("documents")


class SentenceCoverage(Shape):
    """A sentence, and the records that quote any of it."""

    passage: int = Field(description="The number of its passage.", examples=[2])
    start: int = Field(description="Offset of its first character, in Unicode code points from 0.", examples=[37])
    end: int = Field(description="Offset after its last character.", examples=[151])
    text: str = Field(description="Its text.")
    records: list[Ref] = Field(
        description="Records other than the document that quote any of it, sorted by kind and id."
    )


class CoveragePage(Page[SentenceCoverage]):
    """A page of the sentences of a document, in order, with the records that cite each."""

    cited: int = Field(description="The number of sentences in the whole document that a record cites.", examples=[48])


@list_query("start")
class CoverageQuery(ListQuery):
    """The parameters of the coverage of a document."""

    cited: Flag | None = optional(
        "`true`: sentences that any record cites; `false`: the others, without headings and boilerplate.", example=True
    )
    passage: Annotated[tuple[Number, ...], one_of(SENTENCE.c.passage)] = several("Number of the passage.")


@router.get("/{id}/coverage", response_model=CoveragePage, summary="List what cites each sentence of a document")
def list_document_coverage(
    id: RecordId, params: Annotated[CoverageQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The sentences of a document, in order, each with the records that quote any of it.

    Use `cited=false` to find sentences that the analysis may have overlooked: it leaves out headings and boilerplate.
    The document's own evidence (series, number) doesn't count.
    """
    key = find_record(snapshot, DOCUMENT_KIND, id).id
    where = [SENTENCE.c.document_id == key]
    if params.cited is not None:
        where += [is_cited(key)] if params.cited else [not_(is_cited(key)), not_(is_furniture(key))]
    listing = Listing(
        source=SENTENCE,
        columns=(SENTENCE,),
        item=to_json(SentenceCoverage, _text_and_records),
        keys=(SortKey("start", SENTENCE.c.start),),
        where=where,
        shape=SentenceCoverage,
    )
    return answer_page(snapshot, read_page(snapshot, listing, params, target), cited=count_cited(snapshot, key)[0])


def count_cited(snapshot: Snapshot, document_key: int) -> tuple[int, int]:
    """The number of sentences of a document that a record cites, and the number of those that one should cite."""
    cited = is_cited(document_key)
    needless = func.count().filter(is_furniture(document_key), not_(cited))
    counts = select(func.count().filter(cited), func.count() - needless).where(SENTENCE.c.document_id == document_key)
    some, all_ = snapshot.rows(counts)[0]
    return some, all_


def is_furniture(document_key: int) -> ColumnElement[bool]:
    """True for a sentence of a passage that no record needs to cite."""
    furniture = PASSAGE.c.type.in_((PassageType.HEADING, PassageType.BOILERPLATE))
    return SENTENCE.c.passage.in_(select(PASSAGE.c.number).where(PASSAGE.c.document_id == document_key, furniture))


def is_cited(document_key: int) -> ColumnElement[bool]:
    """True for a sentence that a record cites."""
    return exists(select(EVIDENCE.c.id).where(_overlaps(document_key)))


def _overlaps(document_key: int) -> ColumnElement[bool]:
    """True for a quote that overlaps a sentence and supports another record than the document."""
    return and_(
        EVIDENCE.c.document_id == document_key,
        EVIDENCE.c.record_id != document_key,
        EVIDENCE.c.start > SENTENCE.c.start - QUOTE_LENGTH,  # no quote is longer, so the index range is short
        EVIDENCE.c.start < SENTENCE.c.end,
        EVIDENCE.c.end > SENTENCE.c.start,
    )


def _text_and_records(snapshot: Snapshot, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The text of each sentence, and the records that quote it."""
    key = rows[0].document_id
    text = document_text(snapshot, key)
    starts = [row.start for row in rows]
    first, last = min(starts), max(row.end for row in rows)
    query = (
        select(SENTENCE.c.start, RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
        .distinct()
        .join_from(SENTENCE, EVIDENCE, _overlaps(key))
        .join(RECORD, RECORD.c.id == EVIDENCE.c.record_id)
        .where(SENTENCE.c.document_id == key, SENTENCE.c.start.in_(starts))
        # These bounds keep SQLite from reading all rows of the document in either table.
        .where(SENTENCE.c.start.between(first, last), EVIDENCE.c.start.between(first - QUOTE_LENGTH, last))
        .order_by(RECORD.c.kind, RECORD.c.slug)
    )
    records = defaultdict(list)
    for start, *record in snapshot.rows(query):
        records[start].append(ref(*record))
    for row in rows:
        yield {"text": text[row.start : row.end], "records": records[row.start]}
