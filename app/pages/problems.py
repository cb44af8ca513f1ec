"""The pages of the types of problem, and problems shown to people. They need no database."""

import re
from typing import Annotated

import orjson
from fastapi import Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.formats.base_path import base_path, with_base
from app.http.base_path import under
from app.http.headers import request_headers
from app.http.negotiation import prefers
from app.http.responses import JSON
from app.http.routing import PublicUrlDep
from app.pages.page import HEADERS, page_router, render
from app.problems import EXAMPLES, MEDIA_TYPE, PROBLEMS, NotFound, Problem

router = page_router("/problems")

_HTML = "text/html"
_PATHS = re.compile(r"(?:(?<= )|(?<=did you mean '))(?=/\w)")
"""The beginnings of paths in the detail of a problem. Other quoted texts are values of the request."""


@router.get("/{name}")
def problem_page(name: Annotated[str, Path()], public_url: PublicUrlDep) -> Response:
    """The explanation of a type of problem, with an example."""
    examples = {problem.name: problem for problem in EXAMPLES}
    if name not in examples:
        raise NotFound(f"There is no type of problem '{name[:40]}'; there are {', '.join(examples)}.")
    example = examples[name]
    content = with_base(orjson.dumps(example.content(EXAMPLES[example])), base_path(public_url))
    html = render(
        "problem.html",
        public_url=public_url,
        path=f"/problems/{name}",
        json=None,
        description=type(example).__doc__,
        type=type(example),
        example=orjson.dumps(orjson.loads(content), option=orjson.OPT_INDENT_2).decode(),
        types=PROBLEMS,
    )
    return HTMLResponse(html, headers=HEADERS)


def present(problem: Problem, request: Request) -> Response:
    """A problem as a page, if a browser asks for a page; otherwise as problem details."""
    base = request.app.state.base_path
    if base:
        errors = [each.model_copy(update={"detail": _PATHS.sub(base, each.detail)}) for each in problem.errors]
        problem = type(problem)(_PATHS.sub(base, problem.detail), errors, problem.headers)
    return under(base, _present(problem, request))


def _present(problem: Problem, request: Request) -> Response:
    path = request.url.path
    accept = request_headers(request.scope["headers"]).get(b"accept", b"")
    if path.startswith("/v1") or not prefers(accept, _HTML, MEDIA_TYPE, JSON):
        return problem.response(path)
    public_url = request.app.state.settings.public_url
    html = render(
        "error.html", public_url=public_url, path=path, json=None, description=problem.detail, problem=problem
    )
    return HTMLResponse(html, problem.status, {"Cache-Control": "no-store"} | problem.headers | HEADERS)
