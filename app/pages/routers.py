"""The routers of the pages, in matching order."""

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from app.pages import actors, graph, guide, home, lists, problems, reader, records, search, timeline, vocabularies

_STATIC = StaticFiles(directory=Path(__file__).parent / "static")

static = APIRouter(include_in_schema=False)


@static.get("/static/{path:path}")
async def static_file(path: str, request: Request) -> Response:
    """The stylesheet and the scripts."""
    return await _STATIC.get_response(path, request.scope)


PAGE_ROUTERS = (
    home.router,
    static,
    search.router,
    timeline.router,
    graph.router,
    vocabularies.router,
    problems.router,
    guide.router,
    *lists.routers,
    actors.router,
    reader.router,
    *records.routers,
)
