"""Which sentences of a document its analysis cites, and which it leaves out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from starlette.responses import Response

from app.api.answers import answer_page, answer_whole
from app.api.asking import JSON, AskedDep, ReaderDep, asking_router
from app.api.records import EVIDENCE, FIELDS, LIST_OF_RECORD_PROBLEMS, RECORD, SORT, RecordId, find
from app.api.shapes import Page
from app.model.document import DOCUMENT, Document, Sentence
from app.model.evidence import QUOTE_LENGTH
from app.model.kinds import ref
from app.model.layout import table_of
from app.model.shape import Ref, Shape
from app.query.order import SortKey
from app.query.page import Listing, read_page
from app.query.question import Flag, FormatQuestion, Number, field_names, sort_names
from app.query.reader import Reader

TEXT, SENTENCE = table_of(Document), table_of(Sentence)

router = asking_router("documents")


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


class CoverageQuestion(FormatQuestion):
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
    id: RecordId, question: Annotated[CoverageQuestion, Query()], reader: ReaderDep, asked: AskedDep
) -> Response:
    """The sentences of a document, in order, each with the records that quote some of it.

    What no record cites may have been overlooked: `cited=false` lists it. Page furniture is cited by nothing, and the
    document's own evidence (its series, its number) does not count.
    """
    key = find(reader, DOCUMENT, id).id
    of_document = SENTENCE.c.document_id == key
    where = [of_document]
    if question.cited is not None:
        where.append(_cited(key) if question.cited else not_(_cited(key)))
    if question.passage:
        where.append(SENTENCE.c.passage.in_(question.passage))
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
    if asked.media_type != JSON:
        return answer_whole(reader, listing, question, asked)
    count = select(func.count()).select_from(SENTENCE).where(of_document, _cited(key))
    cited = reader.connection.execute(count).scalar_one()
    return answer_page(reader, read_page(reader, listing, question, asked), question.fields, cited=cited)


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


def _sentences(reader: Reader, rows: Sequence[Any]) -> list[bytes]:
    if not rows:
        return []
    document_id = rows[0].document_id
    text = reader.connection.execute(select(TEXT.c.text).where(TEXT.c.id == document_id)).scalar_one()
    query = (
        select(SENTENCE.c.start, RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
        .distinct()
        .join_from(SENTENCE, EVIDENCE, _overlaps(document_id))
        .join(RECORD, RECORD.c.id == EVIDENCE.c.record_id)
        .where(SENTENCE.c.document_id == document_id, SENTENCE.c.start.in_([row.start for row in rows]))
        .order_by(RECORD.c.kind, RECORD.c.slug)
    )
    records = defaultdict(list)
    for start, kind, slug, name in reader.rows(query):
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
