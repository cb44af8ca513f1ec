"""Routes of documents: the records, and their text."""

from typing import Annotated, ClassVar

from fastapi import Query
from starlette.responses import PlainTextResponse, Response

from app.api.parameters import DatedQuery, several
from app.api.records import RecordId, record_routers
from app.api.shapes import success
from app.http.responses import answer
from app.http.routing import SnapshotDep
from app.model.document import DOCUMENT_KIND, Document, DocumentAuthor, Language
from app.query.filters import any_of, linked, one_of
from app.query.lookup import document_text, find_record
from app.query.parameters import BaseQuery, Ids, Line
from app.query.record_filters import MENTIONING


class DocumentsQuery(DatedQuery):
    """The documents, newest first. Their texts are at `/v1/documents/{id}/text`."""

    descending: ClassVar[bool] = True

    involves: Annotated[Ids, any_of(MENTIONING, linked(Document.publisher_id), linked(DocumentAuthor.target_id))] = (
        several("Documents that mention this actor, or that it published or wrote.")
    )
    publisher: Annotated[Ids, linked(Document.publisher_id)] = several("Documents this actor published.")
    author: Annotated[Ids, linked(DocumentAuthor.target_id)] = several("Documents this actor wrote.")
    language: Annotated[tuple[Language, ...], one_of(Document.language)] = several(
        "Language of the text, as a BCP 47 tag."
    )
    series: Annotated[tuple[Line, ...], one_of(Document.series)] = several(
        "Series of the document. It may contain commas, so repeat the parameter for several."
    )


router, download = record_routers(DOCUMENT_KIND, DocumentsQuery)


@router.get(
    "/{id}/text",
    response_class=PlainTextResponse,
    responses=success("The text.", "text/plain"),
    summary="Get the text of a document",
)
def get_document_text(id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """The text of a document, byte for byte.

    Offsets count its Unicode code points from 0, as in Python slices. In JavaScript, split the text into code
    points first: `Array.from(text).slice(start, end).join("")`.
    """
    text = document_text(snapshot, find_record(snapshot, DOCUMENT_KIND, id).id)
    return answer(snapshot, text.encode(), "text/plain; charset=utf-8")
