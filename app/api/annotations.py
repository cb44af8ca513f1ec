"""The quotes of a document as a W3C Web Annotation collection."""

from math import ceil
from typing import Annotated

from fastapi import Query
from sqlalchemy import func, select
from starlette.responses import JSONResponse, Response

from app.api.parameters import optional
from app.api.records import RECORD_PROBLEMS, RecordId
from app.api.shapes import success
from app.formats.annotations import ANNO, MEDIA_TYPE, AnnotationCollection, AnnotationPage, annotated, annotation
from app.http.conditional import entity_tag
from app.http.responses import answer
from app.http.routing import PublicUrlDep, SnapshotDep, api_router
from app.model.document import DOCUMENT_KIND
from app.model.tables import EVIDENCE
from app.problems import NotFound
from app.query.lookup import find_record
from app.query.parameters import BaseQuery, Ordinal

router = api_router("documents")

PAGE_SIZE = 100


class LinkedData(JSONResponse):
    """JSON-LD."""

    media_type = MEDIA_TYPE


class AnnotationsQuery(BaseQuery):
    """The parameters of the annotations of a document."""

    page: Ordinal | None = optional("Page number, from 1. Without it, the response is the collection.")


@router.get(
    "/{id}/annotations",
    response_model=AnnotationCollection | AnnotationPage,
    response_class=LinkedData,
    responses=RECORD_PROBLEMS | success("The collection, with links to its pages; with `page`, one page."),
)
def get_document_annotations(
    id: RecordId, params: Annotated[AnnotationsQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The quotes of a document as W3C Web Annotations, in JSON-LD.

    The target of an annotation is a part of `/v1/documents/{id}/text`, selected by offsets in Unicode code points and
    by the quote. The body is the record that the quote supports, named and typed as in schema.org. The collection links
    to its first and last page, and each page to its neighbours. Without the setting `DOSSIER_PUBLIC_URL`, IRIs are
    paths: resolve them against the request's URL, as JSON-LD requires.
    """
    document = find_record(snapshot, DOCUMENT_KIND, id)
    of_document = EVIDENCE.c.document_id == document.id
    total = snapshot.connection.execute(select(func.count()).select_from(EVIDENCE).where(of_document)).scalar_one()
    last = max(1, ceil(total / PAGE_SIZE))
    iri = f"{public_url}/v1/documents/{id}/annotations"
    number = params.page
    content: AnnotationCollection | AnnotationPage
    if number is None:
        content = AnnotationCollection(
            id=iri, label=f"Quotes of {document.name}", total=total, first=f"{iri}?page=1", last=f"{iri}?page={last}"
        )
    elif number > last:
        raise NotFound(f"The annotations of '{id}' have no page {number}; the last is {last}.")
    else:
        start = (number - 1) * PAGE_SIZE
        order = (EVIDENCE.c.start, EVIDENCE.c.end, EVIDENCE.c.id)
        rows = snapshot.rows(annotated().where(of_document).order_by(*order).offset(start).limit(PAGE_SIZE))
        content = AnnotationPage(
            id=f"{iri}?page={number}",
            partOf=iri,
            startIndex=start,
            prev=f"{iri}?page={number - 1}" if number > 1 else None,
            next=f"{iri}?page={number + 1}" if number < last else None,
            items=[annotation(row, public_url) for row in rows],
        )
    headers = {"ETag": entity_tag(snapshot, MEDIA_TYPE + public_url)}
    return answer(snapshot, content.json_bytes(), f'{MEDIA_TYPE}; profile="{ANNO}"', **headers)
