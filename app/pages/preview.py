"""The preview of a record, which OpenRefine shows in a frame."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.formats.reconciliation import types_of
from app.http.routing import PublicUrlDep, SnapshotDep
from app.pages.page import HEADERS, page, page_router
from app.problems import NotFound
from app.query.parameters import BaseQuery
from app.query.reconciliation import entity_id, records_by_id

router = page_router("/v1/reconcile")

_FRAMED = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")


class PreviewQuery(BaseQuery):
    """The record to preview."""

    id: str = Field(max_length=500)


@router.get("/preview")
def preview(params: Annotated[PreviewQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """A record in short. Unlike other pages, any site may show it in a frame."""
    for record in records_by_id(snapshot, [params.id]).values():
        found = page(
            snapshot, "preview.html", public_url, record=record, path=f"/{entity_id(record)}", types=types_of(record)
        )
        found.headers["Content-Security-Policy"] = _FRAMED
        return found
    raise NotFound(f"There is no record '{params.id[:40]}'. An id is the path of a page, as actors/north-korea.")
