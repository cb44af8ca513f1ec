"""Routes of documents: the records, their text, and their passages."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from sqlalchemy import func, select
from starlette.responses import PlainTextResponse, Response

from app.api.records import (
    BY_DATE,
    FACETS,
    FIELDS,
    LIST_OF_RECORD_PROBLEMS,
    LIST_PROBLEMS,
    RECORD_PROBLEMS,
    SORT,
    RecordId,
    find,
    records_of,
    serve_records,
)
from app.api.shapes import Page
from app.http.responses import answer, answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.document import (
    DOCUMENT_KIND,
    Document,
    DocumentAuthor,
    DocumentPublic,
    Language,
    Passage,
    PassagePublic,
)
from app.model.shape import Slug
from app.model.tables import DOCUMENT, EVIDENCE, PASSAGE, SENTENCE
from app.model.vocabularies import PassageType
from app.query.filters import in_any_part, linked, one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.parameters import DatedQuery, FormatQuery, Line, facet_names, field_names, sort_names
from app.query.snapshot import Snapshot

PLAIN = "text/plain; charset=utf-8"

router = api_router("documents")
LISTING = records_of(DOCUMENT_KIND, descending=True)


class DocumentsQuery(DatedQuery):
    """The parameters of the list of documents."""

    actor: Annotated[tuple[Slug, ...], in_any_part(DOCUMENT_KIND)] = Field(
        default=(),
        max_length=50,
        description="Only documents that this actor wrote or published; repeat it for either.",
    )
    publisher: Annotated[tuple[Slug, ...], linked(Document.publisher_id)] = Field(
        default=(), max_length=50, description="Only documents that this actor published."
    )
    author: Annotated[tuple[Slug, ...], linked(DocumentAuthor.target_id)] = Field(
        default=(), max_length=50, description="Only documents that this actor wrote."
    )
    language: Annotated[tuple[Language, ...], one_of(Document.language)] = Field(
        default=(), max_length=50, description="The language of the text, by BCP 47; repeat it for either."
    )
    series: Annotated[tuple[Line, ...], one_of(Document.series)] = Field(
        default=(), max_length=50, description="The series that it appeared in; repeat it for either."
    )
    facets: Annotated[tuple[str, ...], facet_names("publisher", "author", "language", "series")] = Field(
        default=(), description=FACETS
    )
    sort: Annotated[tuple[str, ...], BY_DATE] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(DocumentPublic)] = Field(default=(), description=FIELDS)


class PassagesQuery(FormatQuery):
    """The parameters of the passages of a document."""

    type: Annotated[tuple[PassageType, ...], one_of(Passage.type)] = Field(
        default=(), max_length=20, description="Only passages of this type; repeat it for either."
    )
    sort: Annotated[tuple[str, ...], sort_names("number")] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(PassagePublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_documents", response_model=Page[DocumentPublic], responses=LIST_PROBLEMS)
def list_documents(params: Annotated[DocumentsQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """The documents, newest first; their texts are at `/v1/documents/{id}/text`."""
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, DOCUMENT_KIND)


@router.get(
    "/{id}/text",
    operation_id="get_document_text",
    response_class=PlainTextResponse,
    responses=RECORD_PROBLEMS
    | {200: {"description": "The text.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_document_text(id: RecordId, snapshot: SnapshotDep) -> Response:
    """The text of a document, byte for byte.

    All offsets count its Unicode code points from 0. Python slices count the same; a JavaScript client turns the text
    into code points first: `Array.from(text).slice(start, end).join("")`.
    """
    key = find(snapshot, DOCUMENT_KIND, id).id
    text = snapshot.connection.execute(select(DOCUMENT.c.text).where(DOCUMENT.c.id == key)).scalar_one()
    return answer(snapshot, text.encode(), PLAIN)


@router.get(
    "/{id}/passages",
    operation_id="list_document_passages",
    response_model=Page[PassagePublic],
    responses=LIST_OF_RECORD_PROBLEMS,
)
def list_passages(
    id: RecordId,
    params: Annotated[PassagesQuery, Query()],
    snapshot: SnapshotDep,
    target: TargetDep,
) -> Response:
    """The passages of a document, in order, with their sentences and how many quotes are taken from each."""
    key = find(snapshot, DOCUMENT_KIND, id).id
    listing = Listing(
        source=PASSAGE,
        columns=(PASSAGE,),
        item=_passages,
        keys=(SortKey("number", PASSAGE.c.number),),
        tie=(PASSAGE.c.number,),
        where=(PASSAGE.c.document_id == key,),
        shape=PassagePublic,
    )
    return answer_list(snapshot, listing, params, target)


def _passages(snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    if not rows:
        return []
    document_id = rows[0].document_id
    text = snapshot.connection.execute(select(DOCUMENT.c.text).where(DOCUMENT.c.id == document_id)).scalar_one()
    query = select(EVIDENCE.c.passage, func.count()).where(EVIDENCE.c.document_id == document_id)
    counts = dict(snapshot.rows(query.group_by(EVIDENCE.c.passage)))
    sentences = defaultdict(list)
    for row in snapshot.rows(select(SENTENCE).where(SENTENCE.c.document_id == document_id).order_by(SENTENCE.c.start)):
        sentences[row.passage].append({"start": row.start, "end": row.end})
    return [
        orjson.dumps(
            {
                "number": row.number,
                "type": row.type,
                "start": row.start,
                "end": row.end,
                "text": text[row.start : row.end],
                "sentences": sentences[row.number],
                "evidence_count": counts.get(row.number, 0),
            }
        )
        for row in rows
    ]
