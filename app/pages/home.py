"""The first page: what this is, and the ways on."""

from starlette.responses import RedirectResponse, Response

from app.http.negotiation import JSON
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.pages.page import page, page_router

router = page_router()

_DESCRIPTION = (
    "Dossier turns commentary by think tanks into actors, events, sanctions, statements and the author's judgements. "
    "Each record is tied to the exact words that it comes from."
)


@router.get("/", responses={200: {"content": {JSON: {}, "text/html": {}}}})
def home(snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep) -> Response:
    """The first page for people. Programs are redirected to the root of the API."""
    if target.media_type == JSON:
        return RedirectResponse("/v1", 307, {"Vary": "Accept"})
    return page(
        snapshot, "home.html", public_url, path="/", json="/v1", description=_DESCRIPTION, counts=snapshot.counts()
    )
