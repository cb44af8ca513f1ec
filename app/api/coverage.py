"""Which sentences of a document its analysis cites, and which it leaves out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from starlette.responses import Response

from app.api.records import FIELDS, LIST_OF_RECORD_PROBLEMS, SORT, RecordId, find
from app.api.shapes import Page
from app.http.negotiation import JSON
from app.http.responses import answer_page, answer_whole
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.document import DOCUMENT_KIND
from app.model.evidence import QUOTE_LENGTH
from app.model.kinds import ref
from app.model.shape import Ref, Shape
from app.model.tables import DOCUMENT, EVIDENCE, RECORD, SENTENCE
from app.query.listing import Listing, read_page
from app.query.order import SortKey
from app.query.parameters import Flag, FormatQuery, Number, field_names, sort_names
from app.query.snapshot import Snapshot

router = api_router("documents")


class SentenceCoverage(Shape):
    """A sentence, and the records that rest on it."""

    passage: int = Field(description="The passage that it belongs to, by number.", examples=[2])
    start: int = Field(description="Offset of its first character, in Unicode code points from 0.", examples=[37])
    end: int = Field(description="Offset after its last character.", examples=[151])
    text: str = Field(description="Its text.")
    records: list[Ref] = Field(
        description="The records (but for the document itself) that quote some of it, by kind and id."
    )


class CoveragePage(Page[SentenceCoverage]):
    """A page of the sentences of a document, in order, with the records that cite each."""

    cited: int = Field(description="How many sentences of the whole document are cited by some record.", examples=[48])


class CoverageQuery(FormatQuery):
    """The parameters of the coverage of a document."""

    cited: Flag | None = Field(default=None, description="Only sentences that some record cites, or that none does.")
    passage: tuple[Number, ...] = Field(
        default=(), max_length=50, description="Only sentences of the passage with this number; repeat it for either."
    )
    sort: Annotated[tuple[str, ...], sort_names("start")] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(SentenceCoverage)] = Field(default=(), description=FIELDS)


@router.get(
    "/{id}/coverage",
    operation_id="list_document_coverage",
    response_model=CoveragePage,
    responses=LIST_OF_RECORD_PROBLEMS,
)
def list_coverage(
    id: RecordId, params: Annotated[CoverageQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The sentences of a document, in order, each with the records that quote some of it.

    What no record cites may have been overlooked: `cited=false` lists it. Page furniture is cited by nothing, and the
    document's own evidence (its series, its number) does not count.
    """
    key = find(snapshot, DOCUMENT_KIND, id).id
    of_document = SENTENCE.c.document_id == key
    where = [of_document]
    if params.cited is not None:
        where.append(_cited(key) if params.cited else not_(_cited(key)))
    if params.passage:
        where.append(SENTENCE.c.passage.in_(params.passage))
    listing = Listing(
        source=SENTENCE,
        columns=(SENTENCE,),
        item=_sentences,
        keys=(SortKey("start", SENTENCE.c.start),),
        tie=(SENTENCE.c.start,),
        where=where,
        shape=SentenceCoverage,
        any_kind=frozenset({"records"}),
    )
    if target.media_type != JSON:
        return answer_whole(snapshot, listing, params, target)
    count = select(func.count()).select_from(SENTENCE).where(of_document, _cited(key))
    cited = snapshot.connection.execute(count).scalar_one()
    return answer_page(snapshot, read_page(snapshot, listing, params, target), params.fields, cited=cited)


def _overlaps(document_id: int) -> ColumnElement[bool]:
    """A quote of a record of the document's analysis shares some of a sentence."""
    return and_(
        EVIDENCE.c.document_id == document_id,
        EVIDENCE.c.record_id != document_id,
        EVIDENCE.c.start > SENTENCE.c.start - QUOTE_LENGTH,  # no quote is longer: the index finds the few near
        EVIDENCE.c.start < SENTENCE.c.end,
        EVIDENCE.c.end > SENTENCE.c.start,
    )


def _cited(document_id: int) -> ColumnElement[bool]:
    return exists(select(EVIDENCE.c.id).where(_overlaps(document_id)))


def _sentences(snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    if not rows:
        return []
    document_id = rows[0].document_id
    text = snapshot.connection.execute(select(DOCUMENT.c.text).where(DOCUMENT.c.id == document_id)).scalar_one()
    query = (
        select(SENTENCE.c.start, RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
        .distinct()
        .join_from(SENTENCE, EVIDENCE, _overlaps(document_id))
        .join(RECORD, RECORD.c.id == EVIDENCE.c.record_id)
        .where(SENTENCE.c.document_id == document_id, SENTENCE.c.start.in_([row.start for row in rows]))
        .order_by(RECORD.c.kind, RECORD.c.slug)
    )
    records = defaultdict(list)
    for start, kind, slug, name in snapshot.rows(query):
        records[start].append(ref(kind, slug, name))
    return [
        orjson.dumps(
            {
                "passage": row.passage,
                "start": row.start,
                "end": row.end,
                "text": text[row.start : row.end],
                "records": records[row.start],
            }
        )
        for row in rows
    ]
