"""The quotes of a document as a W3C Web Annotation collection."""

from math import ceil
from typing import Annotated

from fastapi import Path, Query
from sqlalchemy import select
from starlette.responses import JSONResponse, Response

from app.api.records import RecordId
from app.formats.annotations import ANNO, MEDIA_TYPE, AnnotationCollection, AnnotationPage, annotated, annotation
from app.http.conditional import entity_tag
from app.http.responses import answer
from app.http.routing import PublicUrlDep, SnapshotDep, api_router
from app.model.document import DOCUMENT_KIND
from app.model.tables import EVIDENCE
from app.problems import NotFound
from app.query.lookup import find_record
from app.query.parameters import BaseQuery, Ordinal
from app.query.scan import count_rows
from app.query.snapshot import Snapshot

router = api_router("documents")

PAGE_SIZE = 100


class LinkedData(JSONResponse):
    """JSON-LD."""

    media_type = MEDIA_TYPE


@router.get(
    "/{id}/annotations",
    response_model=AnnotationCollection,
    response_class=LinkedData,
    summary="Get the quotes of a document as Web Annotations",
)
def get_document_annotations(
    id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The quotes of a document as a W3C Web Annotation collection, in JSON-LD, with links to its pages.

    The target of an annotation is a part of `/v1/documents/{id}/text`, selected by offsets in Unicode code points and
    by the quote. The body is the record that the quote supports, named and typed as in schema.org. Without the setting
    `DOSSIER_PUBLIC_URL`, IRIs are paths: resolve them against the request's URL, as JSON-LD requires.
    """
    document = find_record(snapshot, DOCUMENT_KIND, id)
    total, last = _total_and_last_page(snapshot, document.id)
    iri = _iri(id, public_url)
    collection = AnnotationCollection(
        id=iri, label=f"Quotes of {document.name}", total=total, first=f"{iri}/1", last=f"{iri}/{last}"
    )
    return _answer(snapshot, collection, public_url)


@router.get(
    "/{id}/annotations/{page}",
    response_model=AnnotationPage,
    response_class=LinkedData,
    summary="Get a page of Web Annotations",
)
def get_document_annotation_page(
    id: RecordId,
    page: Annotated[Ordinal, Path(description="The number of the page, from 1.", examples=[1])],
    _params: Annotated[BaseQuery, Query()],
    snapshot: SnapshotDep,
    public_url: PublicUrlDep,
) -> Response:
    """A page of the quotes of a document as W3C Web Annotations, with links to the pages beside it."""
    document = find_record(snapshot, DOCUMENT_KIND, id)
    _, last = _total_and_last_page(snapshot, document.id)
    if page > last:
        raise NotFound(f"The annotations of '{id}' have no page {page}; the last is {last}.")
    start = (page - 1) * PAGE_SIZE
    query = annotated().where(EVIDENCE.c.document_id == document.id)
    query = query.order_by(EVIDENCE.c.start, EVIDENCE.c.end, EVIDENCE.c.id).offset(start).limit(PAGE_SIZE)
    iri = _iri(id, public_url)
    content = AnnotationPage(
        id=f"{iri}/{page}",
        partOf=iri,
        startIndex=start,
        prev=f"{iri}/{page - 1}" if page > 1 else None,
        next=f"{iri}/{page + 1}" if page < last else None,
        items=[annotation(row, public_url) for row in snapshot.rows(query)],
    )
    return _answer(snapshot, content, public_url)


def _iri(id: str, public_url: str) -> str:
    return f"{public_url}/v1/documents/{id}/annotations"


def _total_and_last_page(snapshot: Snapshot, document_key: int) -> tuple[int, int]:
    query = select(EVIDENCE.c.id).where(EVIDENCE.c.document_id == document_key).subquery()
    total = count_rows(snapshot.connection, query)
    return total, max(1, ceil(total / PAGE_SIZE))


def _answer(snapshot: Snapshot, content: AnnotationCollection | AnnotationPage, public_url: str) -> Response:
    tag = entity_tag(snapshot, MEDIA_TYPE + public_url)
    return answer(snapshot, content.json_bytes(), f'{MEDIA_TYPE}; profile="{ANNO}"', ETag=tag)
