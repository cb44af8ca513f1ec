"""The pages of the types of problem, and problems shown to people. They need no database."""

from typing import Annotated

import orjson
from fastapi import Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.http.headers import request_headers
from app.http.negotiation import prefers
from app.http.responses import JSON
from app.http.routing import PublicUrlDep
from app.pages.page import HEADERS, page_router, render
from app.problems import EXAMPLES, MEDIA_TYPE, PROBLEMS, NotFound, Problem

router = page_router("/problems")

_HTML = "text/html"


@router.get("/{name}")
def problem_page(name: Annotated[str, Path()], public_url: PublicUrlDep) -> Response:
    """The explanation of a type of problem, with an example."""
    examples = {problem.name: problem for problem in EXAMPLES}
    if name not in examples:
        raise NotFound(f"There is no type of problem '{name[:40]}'; there are {', '.join(examples)}.")
    example = examples[name]
    html = render(
        "problem.html",
        public_url=public_url,
        path=f"/problems/{name}",
        json=None,
        description=type(example).__doc__,
        type=type(example),
        example=orjson.dumps(example.content(EXAMPLES[example]), option=orjson.OPT_INDENT_2).decode(),
        types=PROBLEMS,
    )
    return HTMLResponse(html, headers=HEADERS)


def present(problem: Problem, request: Request) -> Response:
    """A problem as a page, if a browser asks for a page; otherwise as problem details."""
    path = request.url.path
    accept = request_headers(request.scope["headers"]).get(b"accept", b"")
    if path.startswith("/v1") or not prefers(accept, _HTML, MEDIA_TYPE, JSON):
        return problem.response(path)
    public_url = request.app.state.settings.public_url
    html = render(
        "error.html", public_url=public_url, path=path, json=None, description=problem.detail, problem=problem
    )
    return HTMLResponse(html, problem.status, {"Cache-Control": "no-store"} | problem.headers | HEADERS)
