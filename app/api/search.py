"""Search: records of all kinds, ranked, with snippets."""

from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.parameters import WORDS, SpanQuery, TopicQuery, list_query, several
from app.api.shapes import Page
from app.http.responses import answer_page
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName, Ref, Shape
from app.query import cursor
from app.query.facets import MAX_TOTAL, count_facets
from app.query.filters import conditions, one_of, warnings
from app.query.listing import ListingPage, RequestTarget
from app.query.parameters import ListQuery, Year
from app.query.ranking import FEW, hits, ranked, suggestions
from app.query.record_filters import IN_YEAR
from app.query.search import matching, parse
from app.query.snapshot import Snapshot

router = api_router("search")

_MAX_RANK = 1_000
"""The number of results that can be paged through."""


class Snippet(Shape):
    """A piece of text with matches."""

    field: str = Field(
        description="The field with the text: `name`, `aliases`, `summary` or `evidence`; `id`, `identifiers` or "
        "`instrument` if nothing else matches.",
        examples=["evidence"],
    )
    html: str = Field(description="The text as escaped HTML, with the matches in `<mark>`.")
    document: Ref | None = Field(default=None, description="The document, for a quote.")
    start: int | None = Field(default=None, description="Offset of the quote's first character, in code points.")
    end: int | None = Field(default=None, description="Offset after the quote's last character.")


class Hit(Shape):
    """A record that matches."""

    record: Ref = Field(description="The record.")
    score: float = Field(description="The relevance, comparable within one search only.", examples=[4.2])
    summary: str = Field(description="Its summary.")
    snippets: list[Snippet] = Field(description="Pieces of text with matches: the name first, quotes last.")


class SearchPage(Page[Hit]):
    """A page of a search, best match first."""

    suggestions: list[Ref] = Field(description=f"Actors with a similar name, if at most {FEW} records match.")


@list_query(facets=True)
class SearchQuery(TopicQuery, SpanQuery, ListQuery):
    """The parameters of a search."""

    q: str = Field(min_length=1, max_length=200, description=WORDS)
    kind: Annotated[tuple[KindName, ...], one_of(Record.kind)] = several("Kind of the records.", len(KINDS))
    year: Annotated[tuple[Year, ...], IN_YEAR] = several("Year in which the date of the record begins.")


@router.get("", response_model=SearchPage, summary="Search all records")
def search(params: Annotated[SearchQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Records of all kinds that match the words, best match first.

    Matches in names count most, then in aliases, summaries and quotes. For misspelt names, see `suggestions`. Only the
    best 1,000 results can be paged through.
    """
    page, similar = results(snapshot, params, target)
    return answer_page(snapshot, page, suggestions=similar)


def results(snapshot: Snapshot, params: SearchQuery, target: RequestTarget) -> tuple[ListingPage, list[dict[str, Any]]]:
    """A page of hits, and the actors to suggest."""
    terms = parse(params.q)
    where = list(conditions(snapshot, params))
    fingerprint = f"{target.fingerprint} {snapshot.revision}"  # another revision may rank differently
    [start] = cursor.decode(params.cursor, fingerprint, snapshot.secret) if params.cursor is not None else [0]
    found = ranked(snapshot, terms, where, start, params.limit + 1)
    more = len(found.rows) > params.limit and start + params.limit < _MAX_RANK
    following = target.next(cursor.encode([start + params.limit], fingerprint, snapshot.secret)) if more else None
    page = ListingPage(
        [orjson.dumps(hit) for hit in hits(snapshot, found.rows[: params.limit], terms)],
        min(found.total, MAX_TOTAL),
        found.total <= MAX_TOTAL,
        following,
        count_facets(snapshot, [matching(snapshot, params.q)], params),
        warnings(snapshot, params),
    )
    return page, suggestions(snapshot, terms) if found.total <= FEW else []
