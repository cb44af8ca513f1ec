"""Search: all kinds at once, ranked, with the hits shown where they stand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import Field
from rapidfuzz import fuzz, process
from sqlalchemy import func, select
from starlette.responses import Response

from app.api.answers import answer_page
from app.api.dependencies import AskedDep, ReaderDep
from app.api.records import DOCUMENT, EVIDENCE, RECORD, document_ref
from app.api.shapes import FacetCount, Page
from app.model.actor import ActorAlias
from app.model.kinds import KINDS
from app.model.layout import table_of
from app.model.record import Record, RecordTopic
from app.model.search import SEARCH
from app.model.shape import KindName, Ref, Shape, Slug, TermName
from app.problems import responses
from app.query import cursor
from app.query.facets import count_facets
from app.query.filters import IN_YEAR, OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, conditions, one_of
from app.query.page import COUNTED
from app.query.page import Page as Found
from app.query.question import SEARCHED, Day, ListQuestion, Names, Whole, term_of
from app.query.reader import Reader
from app.query.search import SCORE, Term, matching, parse, snippet, wanted

router = APIRouter(prefix="/search", tags=["search"])

ALIAS = table_of(ActorAlias)
FEW = 3
"""Where so few or fewer are found, names that are written alike are suggested."""
_SNIPPETS = 3
_NAMES = 20_000
_SUGGESTIONS = 5
_ALIKE = 70
_MATCHES = 1_000
"""How deep a search can be paged."""


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


class SearchQuestion(ListQuestion):
    """The parameters of a search."""

    q: str = Field(min_length=1, max_length=200, description=SEARCHED.split(" It filters")[0], examples=["sanctions"])
    kind: Annotated[list[KindName], one_of(Record.kind)] = Field(
        default=[], max_length=8, description="Only records of this kind; repeat it for either."
    )
    topic: Annotated[list[TermName], one_of(RecordTopic.topic)] = Field(
        default=[], max_length=50, description="Only records about this topic.", json_schema_extra=term_of("topic")
    )
    document: Annotated[list[Slug], OF_DOCUMENT] = Field(
        default=[], max_length=50, description="Only records that this document introduced or gives evidence for."
    )
    year: Annotated[list[Whole], IN_YEAR] = Field(
        default=[], max_length=50, description="Only records whose date begins in this year; repeat it for either."
    )
    date_from: Annotated[Day | None, ON_OR_AFTER] = Field(
        default=None, description="Only records that may fall on this day or later."
    )
    date_to: Annotated[Day | None, ON_OR_BEFORE] = Field(
        default=None, description="Only records that may fall on this day or earlier."
    )
    facets: Annotated[list[str], Names("kind", "topic", "document", "year")] = Field(
        default=[], description="Count these over everything found, each without its own filter; joined by commas."
    )


@router.get("", operation_id="search", response_model=SearchPage, responses=responses())
async def search(question: Annotated[SearchQuestion, Query()], reader: ReaderDep, asked: AskedDep) -> Response:
    """Records of all kinds that have the words, the best match first.

    A match in a name counts most, then in an alias, a summary, a quote. A misspelt name comes back in `suggestions`.
    """
    terms = parse(question.q)
    where = [matching(terms), *conditions(reader, question)]
    # A ranking holds for one revision only: a later one may rank otherwise.
    fingerprint = f"{asked.fingerprint()} {reader.revision}"
    [start] = cursor.decode(question.cursor, fingerprint, reader.secret) if question.cursor is not None else [0]
    rows = _ranked(reader, terms, where, start, question.limit + 1)
    more = len(rows) > question.limit and start + question.limit < _MATCHES
    following = asked.next(cursor.encode([start + question.limit], fingerprint, reader.secret)) if more else None
    total = _count(reader, where)
    facets = count_facets(reader, [matching(terms)], question, question.facets) if question.facets else None
    page = Found(_hits(reader, rows[: question.limit], terms), min(total, COUNTED), total <= COUNTED, following, facets)
    suggestions = _suggestions(reader, question.q) if total <= FEW else []
    return answer_page(reader, page, suggestions=suggestions)


def _ranked(reader: Reader, terms: Sequence[Term], where: Sequence[Any], start: int, most: int) -> list[Any]:
    """The rows of a search, the best first. Where nothing must be found, but only not, all score alike."""
    query = wanted(terms)
    columns = (RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name, RECORD.c.summary, RECORD.c.body)
    if query is None:
        ranked = select(*columns).where(*where).order_by(RECORD.c.kind, RECORD.c.slug)
        return [(row, 0.0) for row in reader.rows(ranked.limit(most).offset(start))]
    score = SCORE.label("score")
    ranked = (
        select(*columns, score)
        .join_from(SEARCH, RECORD, RECORD.c.id == SEARCH.c.rowid)
        .where(SEARCH.c.search.op("MATCH")(query), *where[1:], *_excluded(terms))
        .order_by(score.desc(), RECORD.c.kind, RECORD.c.slug)
    )
    return [(row, row.score) for row in reader.rows(ranked.limit(most).offset(start))]


def _excluded(terms: Sequence[Term]) -> Iterator[Any]:
    if any(term.excluded for term in terms):
        yield matching([term for term in terms if term.excluded])


def _count(reader: Reader, where: Sequence[Any]) -> int:
    found = select(RECORD.c.id).where(*where).limit(COUNTED + 1).subquery()
    return int(reader.connection.execute(select(func.count()).select_from(found)).scalar_one())


def _hits(reader: Reader, rows: Sequence[tuple[Any, float]], terms: Sequence[Term]) -> list[bytes]:
    keys = [row.id for row, _ in rows]
    quotes = defaultdict(list)
    columns = (EVIDENCE.c.record_id, EVIDENCE.c.exact, EVIDENCE.c.start, EVIDENCE.c.end)
    query = (
        select(*columns, DOCUMENT.c.slug.label("document_slug"), DOCUMENT.c.name.label("document_name"))
        .join_from(EVIDENCE, DOCUMENT, DOCUMENT.c.id == EVIDENCE.c.document_id)
        .where(EVIDENCE.c.record_id.in_(keys))
        .order_by(DOCUMENT.c.slug, EVIDENCE.c.start)
    )
    for row in reader.rows(query):
        quotes[row.record_id].append(row)
    return [
        orjson.dumps(
            {
                "record": _ref(row),
                "score": round(score, 6),
                "summary": row.summary,
                "snippets": _snippets(row, quotes[row.id], terms),
            }
        )
        for row, score in rows
    ]


def _snippets(row: Any, quotes: Iterable[Any], terms: Sequence[Term]) -> list[dict[str, Any]]:
    nowhere = {"document": None, "start": None, "end": None}
    aliases = orjson.loads(row.body).get("aliases", ())
    texts = [("name", row.name), *(("aliases", alias) for alias in aliases), ("summary", row.summary)]
    found = [{"field": field, "html": html} | nowhere for field, text in texts if (html := snippet(text, terms))]
    for quote in quotes:
        if html := snippet(quote.exact, terms):
            place = {"document": document_ref(quote), "start": quote.start, "end": quote.end}
            found.append({"field": "evidence", "html": html} | place)
    return found[:_SNIPPETS]


def _suggestions(reader: Reader, query: str) -> list[dict[str, Any]]:
    """Actors whose name or alias is written like the query."""
    names = select(RECORD.c.id, RECORD.c.name.label("written")).where(RECORD.c.kind == KindName.ACTOR).limit(_NAMES)
    aliases = select(ALIAS.c.owner_id.label("id"), ALIAS.c.alias.label("written")).limit(_NAMES)
    written = [(row.id, row.written) for row in (*reader.rows(names), *reader.rows(aliases))]
    alike = process.extract(
        query,
        [name for _, name in written],
        scorer=fuzz.WRatio,
        processor=str.casefold,
        score_cutoff=_ALIKE,
        limit=_SUGGESTIONS * 3,
    )
    keys = list(dict.fromkeys(written[index][0] for _, _, index in alike))[:_SUGGESTIONS]
    rows = reader.rows(select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name).where(RECORD.c.id.in_(keys)))
    return [_ref(row) for row in sorted(rows, key=lambda row: keys.index(row.id))]


def _ref(row: Any) -> dict[str, Any]:
    return {"kind": row.kind, "id": row.slug, "name": row.name, "url": f"/v1/{KINDS[row.kind].plural}/{row.slug}"}
