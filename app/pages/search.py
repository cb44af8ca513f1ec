"""Search: results with the words marked."""

from typing import Annotated

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.search import SearchQuery, results
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.pages.links import filtering, next_page, of_api, with_query
from app.pages.page import page, page_router

router = page_router("/search")

_FACETS = ("kind", "year", "topic", "document")


class SearchPageQuery(SearchQuery):
    """The parameters of the search in the API. Without words, the page has only the form."""

    q: str = Field(default="", max_length=200)


@router.get("")
def search_page(
    params: Annotated[SearchPageQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The results of a search."""
    asked = params.model_copy(update={"facets": params.facets or _FACETS})
    found, similar = results(snapshot, asked, of_api(target))
    return page(
        snapshot,
        "search.html",
        public_url,
        path="/search",
        json=with_query("/v1/search", target.parameters) if params.q else None,
        description="Search names, summaries and quotes of all records.",
        q=params.q,
        hits=[orjson.loads(hit) for hit in found.items],
        total=found.total,
        exact=found.exact,
        next=next_page(found),
        filtering=filtering(target, params, found.facets),
        suggestions=similar,
    )
