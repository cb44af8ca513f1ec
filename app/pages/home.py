"""The first page: what this is, questions that it answers, and the ways on."""

from collections.abc import Iterator
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.api.records import LISTS
from app.http.headers import request_headers
from app.http.negotiation import prefers
from app.http.responses import JSON
from app.http.routing import PublicUrlDep, SnapshotDep
from app.model.actor import ACTOR_KIND
from app.model.document import DOCUMENT_KIND
from app.model.kind import Kind
from app.model.vocabularies import Conduct
from app.pages.page import page, page_router
from app.query.listing import RequestTarget, read_page
from app.query.snapshot import Snapshot

router = page_router()

_DESCRIPTION = (
    "Dossier turns commentary by think tanks into actors, events, sanctions, statements and the author's judgements. "
    "Each record is tied to the exact words that it comes from."
)
_DOCUMENTS = 10


@router.get("/")
def home(request: Request, snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """The first page for people. Programs are redirected to the root of the API."""
    accept = request_headers(request.scope["headers"]).get(b"accept", b"")
    if not prefers(accept, "text/html", JSON):
        return RedirectResponse("/v1", 307, {"Vary": "Accept"})
    response = page(
        snapshot,
        "home.html",
        public_url,
        path="/",
        json="/v1",
        description=_DESCRIPTION,
        counts=snapshot.counts(),
        documents=_first(snapshot, DOCUMENT_KIND, "-date", _DOCUMENTS),
        questions=list(_questions(_first(snapshot, ACTOR_KIND, "-evidence_count", 2))),
    )
    response.headers["Vary"] = "Accept"
    return response


def _first(snapshot: Snapshot, kind: Kind, sort: str, most: int) -> list[dict[str, Any]]:
    """The first records of a kind in an order."""
    listing, query = LISTS[kind.name].listing, LISTS[kind.name].query
    params = query.model_validate({"sort": [sort], "limit": most})
    page = read_page(snapshot, listing, params, RequestTarget(f"/v1/{kind.plural}", [("sort", sort)]))
    return [orjson.loads(item) for item in page.items]


def _questions(actors: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Six questions, each with the path that answers it: a page, and under `/v1` its JSON. `actors` are well-known."""
    match actors:
        case [one, other, *_]:
            yield f"What is known of {one['name']}?", f"/actors/{one['id']}"
            yield (
                f"What happened between {one['name']} and {other['name']}?",
                f"/events?actor={one['id']}&with_actor={other['id']}",
            )
        case _:
            yield "Who is in the texts?", "/actors?sort=-evidence_count"
            yield "What has happened?", "/events?modality=actual"
    yield "What is only planned or imagined?", "/events?modality=planned&modality=hypothetical"
    unkept = "&".join(f"conduct={conduct}" for conduct in Conduct if conduct is not Conduct.ENFORCED)
    yield "Which sanctions are not fully kept?", f"/sanctions?{unkept}"
    yield "What does the author expect, and how surely?", "/assessments?type=forecast"
    yield "Where is trade spoken of?", "/search?q=trade"
