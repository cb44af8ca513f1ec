"""The first page: what this is, and the ways on."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.http.headers import request_headers
from app.http.negotiation import negotiate
from app.http.responses import JSON
from app.http.routing import PublicUrlDep, SnapshotDep
from app.pages.page import page, page_router

router = page_router()

_DESCRIPTION = (
    "Dossier turns commentary by think tanks into actors, events, sanctions, statements and the author's judgements. "
    "Each record is tied to the exact words that it comes from."
)


@router.get("/")
def home(request: Request, snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """The first page for people. Programs are redirected to the root of the API."""
    accept = request_headers(request.scope["headers"]).get(b"accept", b"")
    if negotiate(accept, (JSON, "text/html")) == JSON:
        return RedirectResponse("/v1", 307, {"Vary": "Accept"})
    response = page(
        snapshot, "home.html", public_url, path="/", json="/v1", description=_DESCRIPTION, counts=snapshot.counts()
    )
    response.headers["Vary"] = "Accept"
    return response
