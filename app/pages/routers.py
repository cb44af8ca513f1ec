"""The routers of the pages, in matching order."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from app.http.assets import answer_file, files_of
from app.pages import (
    actors,
    graph,
    guide,
    home,
    linked,
    lists,
    problems,
    reader,
    records,
    search,
    timeline,
    vocabularies,
)

_FILES = files_of(Path(__file__).parent / "static")

static = APIRouter(include_in_schema=False)


@static.get("/static/{path:path}")
async def static_file(path: str) -> Response:
    """The stylesheet and the scripts."""
    return answer_file(_FILES, path)


PAGE_ROUTERS = (
    home.router,
    static,
    linked.router,
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
