"""Linked data: the page of a record is its IRI, which answers HTML, JSON-LD or Turtle; and the context of JSON-LD."""

from collections.abc import Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.formats.annotations import MEDIA_TYPE
from app.formats.jsonld import CONTEXT, TURTLE, record_resource
from app.http.conditional import entity_tag
from app.http.headers import request_headers
from app.http.negotiation import preferred
from app.http.responses import answer
from app.http.routing import SnapshotDep
from app.pages.page import page_router
from app.query.lookup import StoredRecord
from app.query.snapshot import Snapshot

router = page_router()

_HTML = "text/html"


@router.get("/context.jsonld")
def context(snapshot: SnapshotDep) -> Response:
    """The context of JSON-LD. Exports and records have it inline."""
    return answer(snapshot, orjson.dumps({"@context": CONTEXT}, option=orjson.OPT_INDENT_2), MEDIA_TYPE)


def negotiated(
    request: Request, snapshot: Snapshot, public_url: str, stored: StoredRecord, html: Callable[[], Response]
) -> Response:
    """A record in the media type that the request accepts: HTML from `html` unless it prefers JSON-LD or Turtle."""
    accept = request_headers(request.scope["headers"]).get(b"accept", b"")
    media_type = preferred(accept, _HTML, MEDIA_TYPE, TURTLE)
    if media_type == _HTML:
        response = html()
    else:
        content = record_resource(snapshot, public_url, stored, media_type)
        response = answer(snapshot, content, media_type, ETag=entity_tag(snapshot, media_type + public_url))
    response.headers["Vary"] = "Accept"
    return response
