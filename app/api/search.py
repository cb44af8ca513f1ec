"""Search: all kinds at once, ranked, with the hits shown where they stand."""

from collections.abc import Iterator
from typing import Annotated

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import LIST_PROBLEMS
from app.api.shapes import FacetCount, Page
from app.http.negotiation import JSON
from app.http.responses import answer_items, answer_page
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.record import Record, RecordTopic
from app.model.shape import KindName, Ref, Shape, Slug, TermName
from app.query import cursor
from app.query.facets import count_facets
from app.query.filters import IN_YEAR, OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, conditions, one_of
from app.query.listing import COUNTED, ListingPage
from app.query.parameters import SEARCHED, Day, FormatQuery, Names, Year, term_of
from app.query.ranking import FEW, hits, ranked, suggestions
from app.query.search import matching, parse
from app.query.snapshot import Snapshot

router = api_router("search")

_MATCHES = 1_000
"""How deep a search can be paged, and how much of it can be taken away."""
_BATCH = 100


class Snippet(Shape):
    """Where a record's words match."""

    field: str = Field(description="Where: `name`, `aliases`, `summary` or `evidence`.", examples=["evidence"])
    html: str = Field(description="The words around the hits, as escaped HTML; the hits are in `<mark>`.")
    document: Ref | None = Field(default=None, description="For a quote: its document.")
    start: int | None = Field(default=None, description="For a quote: where it begins in the text, in code points.")
    end: int | None = Field(default=None, description="For a quote: where it ends in the text, exclusive.")


class Hit(Shape):
    """A record that matches."""

    record: Ref = Field(description="The record.")
    score: float = Field(description="How well it matches; comparable within one search.", examples=[4.2])
    summary: str = Field(description="Its summary.")
    snippets: list[Snippet] = Field(description="Where it matches: the name first, then quotes.")


class SearchPage(Page[Hit]):
    """A page of a search, the best match first."""

    facets: dict[str, list[FacetCount]] | None = Field(description="The facets asked for; null where none was.")
    suggestions: list[Ref] = Field(description="Where little is found: actors whose names are written alike.")


class SearchQuery(FormatQuery):
    """The parameters of a search."""

    q: str = Field(min_length=1, max_length=200, description=SEARCHED.split(" It filters")[0], examples=["sanctions"])
    kind: Annotated[tuple[KindName, ...], one_of(Record.kind)] = Field(
        default=(), max_length=8, description="Only records of this kind; repeat it for either."
    )
    topic: Annotated[tuple[TermName, ...], one_of(RecordTopic.topic)] = Field(
        default=(), max_length=50, description="Only records about this topic.", json_schema_extra=term_of("topic")
    )
    document: Annotated[tuple[Slug, ...], OF_DOCUMENT] = Field(
        default=(), max_length=50, description="Only records that this document introduced or gives evidence for."
    )
    year: Annotated[tuple[Year, ...], IN_YEAR] = Field(
        default=(), max_length=50, description="Only records whose date begins in this year; repeat it for either."
    )
    date_from: Annotated[Day | None, ON_OR_AFTER] = Field(
        default=None, description="Only records that may fall on this day or later."
    )
    date_to: Annotated[Day | None, ON_OR_BEFORE] = Field(
        default=None, description="Only records that may fall on this day or earlier."
    )
    facets: Annotated[tuple[str, ...], Names("kind", "topic", "document", "year")] = Field(
        default=(), description="Count these over everything found, each without its own filter; joined by commas."
    )

    def is_quick(self) -> bool:
        """Never: it looks at all that has the words."""
        return False


@router.get("", operation_id="search", response_model=SearchPage, responses=LIST_PROBLEMS)
def search(params: Annotated[SearchQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Records of all kinds that have the words, the best match first.

    A match in a name counts most, then in an alias, a summary, a quote. A misspelt name comes back in `suggestions`.
    The best thousand can be paged through, or taken away as CSV or JSON Lines.
    """
    terms = parse(params.q)
    if target.media_type != JSON:
        return answer_items(
            snapshot, lambda stream, most: _found(stream, params, most), Hit, params, target, any_kind={"record"}
        )
    where = list(conditions(snapshot, params))
    # A ranking holds for one revision only: a later one may rank otherwise.
    fingerprint = f"{target.fingerprint} {snapshot.revision}"
    [start] = cursor.decode(params.cursor, fingerprint, snapshot.secret) if params.cursor is not None else [0]
    found = ranked(snapshot, terms, where, start, params.limit + 1)
    more = len(found.rows) > params.limit and start + params.limit < _MATCHES
    following = target.next(cursor.encode([start + params.limit], fingerprint, snapshot.secret)) if more else None
    page = ListingPage(
        [orjson.dumps(hit) for hit in hits(snapshot, found.rows[: params.limit], terms)],
        min(found.total, COUNTED),
        found.total <= COUNTED,
        following,
        count_facets(snapshot, [matching(snapshot, terms)], params, params.facets) if params.facets else None,
    )
    return answer_page(snapshot, page, suggestions=suggestions(snapshot, terms) if found.total <= FEW else [])


def _found(snapshot: Snapshot, params: SearchQuery, most: int | None) -> Iterator[bytes]:
    """Every hit that can be paged to, or so many at most, the best first."""
    terms, where = parse(params.q), list(conditions(snapshot, params))
    end = _MATCHES if most is None else most
    for start in range(0, end, _BATCH):
        rows = ranked(snapshot, terms, where, start, min(_BATCH, end - start)).rows
        yield from (orjson.dumps(hit) for hit in hits(snapshot, rows, terms))
        if len(rows) < _BATCH:
            return
