"""Unknown parameters and paths: what was probably meant."""

import re
from collections.abc import Collection

from fastapi.routing import iter_route_contexts
from pydantic.alias_generators import to_snake
from starlette.requests import Request

from app.suggest import hint

_OTHER_NAMES = {
    "cursor": "page offset skip start number page_number page_token next",
    "limit": "per_page size page_size count max max_results top first rows n",
    "q": "search query text term keyword keywords words filter name title",
    "prefix": "q search query text term name",
    "sort": "order order_by sort_by orderby ordering",
    "date_from": "from since after start start_date begin date year min_date",
    "date_to": "to until before end end_date date year max_date",
    "since": "from after start revision revision_from date_from",
    "facets": "facet aggregations group_by",
    "kind": "type kinds",
    "type": "kind category",
    "topic": "tag tags category subject theme",
    "actor": "entity person country participant state organisation",
    "document": "doc source commentary",
    "evidence": "include expand quotes",
}
"""The names of other APIs, by the name of our parameter for the same."""
_OF_FILES = {"format", "fields", "columns", "select", "output", "alt", "csv", "download"}
"""The parameters by which other APIs make a file of a list."""
_SOURCES = {
    "cursor": " Follow the path in `next`, which has the cursor.",
    "evidence": " It takes `own` or `none`.",
    "since": " It takes `until` of an earlier response, not a date or a revision.",
}
_MOST_NAMES = 50


def unknown_parameter(name: str, known: Collection[str], files: Collection[str] = ()) -> str:
    """What is wrong with an unknown parameter, with a suggestion. `files` are the paths of the list as a file."""
    unknown = "there is no such parameter here"
    if not known:
        return f"{unknown}; this path takes none"
    *_, word = re.findall(r"\w+", to_snake(name)) or [""]  # `pageSize`, `page[size]` and `$top` as well
    if files and word in _OF_FILES:
        return f"{unknown}; files have paths of their own: {', '.join(files)}"
    ours = [each for each, others in _OTHER_NAMES.items() if each in known and word in others.split()]
    if not ours:
        return f"{unknown}{hint(word, known, _MOST_NAMES)}"
    source = "".join(_SOURCES.get(each, "") for each in ours)
    return f"{unknown}; did you mean {' or '.join(map(repr, ours))}?{source}"


def files_of(request: Request) -> list[str]:
    """The paths of a list as a file."""
    return [path for path in _paths(request) if path.startswith(f"{request.scope['path']}.")]


def unknown_path(request: Request) -> str:
    """What is wrong with an unknown path, with a suggestion."""
    similar = hint(request.url.path, _paths(request), 0) or "."
    return f"There is nothing at {request.url.path}{similar} The API begins at /v1; /docs shows every path."


def _paths(request: Request) -> list[str]:
    """The paths without parameters in them."""
    paths = (context.path for context in iter_route_contexts(request.app.routes))
    return [path for path in paths if path and "{" not in path]
