"""Ranked search results: records of all kinds, best match first, with snippets and suggestions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select

from app.model.kinds import ref
from app.model.shape import KindName, Ref
from app.model.tables import DOCUMENT_RECORD, EVIDENCE, RECORD
from app.query.facets import MAX_TOTAL
from app.query.nearest import nearest
from app.query.rows import ref_columns
from app.query.scan import count_rows
from app.query.search import SearchTerm, full_text, matched
from app.query.snapshot import Snapshot
from app.query.snippets import Marker
from app.query.sql_bytes import BODY

FEW = 3
"""The maximum number of results with which actors with a similar name are suggested."""
_SNIPPETS = 3
_QUOTES = 500
"""The maximum number of quotes searched for snippets, if the record's own JSON has none."""
_QUOTED = (
    select(EVIDENCE.c.exact, EVIDENCE.c.start, EVIDENCE.c.end, *ref_columns("document", DOCUMENT_RECORD))
    .join_from(EVIDENCE, DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
    .where(EVIDENCE.c.record_id == bindparam("key"))
    .order_by(EVIDENCE.c.document_id, EVIDENCE.c.start)
    .limit(_QUOTES)
)
_SUGGESTIONS = 5


@dataclass(frozen=True)
class Ranked:
    """A part of the results of a search."""

    rows: list[tuple[Any, float]]
    """Columns of records (`id`, `name`, `summary`, `body`, those of the Ref `record`), each with its score."""
    total: int
    """The number of all results. Above `MAX_TOTAL` it is a lower bound."""


def ranked(snapshot: Snapshot, terms: Sequence[SearchTerm], where: Sequence[Any], start: int, most: int) -> Ranked:
    """The records that match the terms and meet the conditions, from rank `start`.

    Without an included term, all scores are 0.
    """
    included = [term for term in terms if not term.excluded]
    columns = (RECORD.c.id, RECORD.c.name, RECORD.c.summary, BODY, *ref_columns("record", RECORD))
    query = matched(snapshot, terms, where, scored=True)
    if not included:
        counted = query.limit(MAX_TOTAL + 1).subquery()
        query = query.with_only_columns(*columns).order_by(RECORD.c.kind, RECORD.c.slug).limit(most).offset(start)
        return Ranked([(row, 0.0) for row in snapshot.rows(query)], count_rows(snapshot.connection, counted))
    # Only ids are ranked, and only the rows of the best are read. Equal scores are ordered by key.
    query = query.add_columns(full_text(snapshot).score(included).label("score"))
    found = query.cte("found").prefix_with("MATERIALIZED")
    number = select(func.count()).select_from(found).scalar_subquery().label("total")
    best = select(found, number).order_by(found.c.score.desc(), found.c.id).limit(most).offset(start).subquery("best")
    shown = select(*columns, best.c.score, best.c.total).join_from(best, RECORD, RECORD.c.id == best.c.id)
    rows = snapshot.rows(shown.order_by(best.c.score.desc(), best.c.id))
    return Ranked([(row, row.score) for row in rows], rows[0].total if rows else 0)


def hits(snapshot: Snapshot, rows: Sequence[tuple[Any, float]], terms: Sequence[SearchTerm]) -> list[dict[str, Any]]:
    """Search hits from ranked rows: `record`, `score`, `summary`, and `snippets` around the matches."""
    marker = Marker(terms)
    return [
        {
            "record": ref(row.record_kind, row.record_slug, row.record_name),
            "score": round(score, 6),
            "summary": row.summary,
            "snippets": list(islice(_snippets(row, marker), _SNIPPETS))
            or list(_codes(row, marker))
            or _elsewhere(snapshot, row.id, marker),
        }
        for row, score in rows
    ]


def suggestions(snapshot: Snapshot, terms: Sequence[SearchTerm]) -> list[dict[str, Any]]:
    """Refs of the actors with a name or alias similar to the query."""
    query = " ".join(word for term in terms if not term.excluded for word in term.words)
    return nearest(snapshot, [KindName.ACTOR], query, _SUGGESTIONS)


def _snippets(row: Any, marker: Marker) -> Iterator[dict[str, Any]]:
    """Snippets from a record's name, aliases and summary, then from the quotes of its own document."""
    record = orjson.loads(row.body)
    aliases = (("aliases", alias) for alias in record.get("aliases", ()))
    for field, text in (("name", row.name), *aliases, ("summary", row.summary)):
        if html := marker.snippet(text):
            yield {"field": field, "html": html, "document": None, "start": None, "end": None}
    document = record["document"] or {name: record[name] for name in Ref.model_fields}
    for quote in record["evidence"]:
        if html := marker.snippet(quote["exact"]):
            yield {
                "field": "evidence",
                "html": html,
                "document": document,
                "start": quote["start"],
                "end": quote["end"],
            }


def _codes(row: Any, marker: Marker) -> Iterator[dict[str, Any]]:
    """Snippets from a record's id and identifiers."""
    record = orjson.loads(row.body)
    codes = [("id", row.record_slug), *(("identifiers", each["value"]) for each in record.get("identifiers", ()))]
    codes.append(("instrument", (record.get("instrument") or {}).get("symbol") or ""))
    for field, text in codes:
        if html := marker.snippet(text):
            yield {"field": field, "html": html, "document": None, "start": None, "end": None}


def _elsewhere(snapshot: Snapshot, key: int, marker: Marker) -> list[dict[str, Any]]:
    """Snippets from quotes of any document, for a record that matches nowhere else."""
    marked = ((row, marker.snippet(row.exact)) for row in snapshot.connection.execute(_QUOTED, {"key": key}))
    shown = (
        {"field": "evidence", "html": html, "start": row.start, "end": row.end}
        | {"document": ref(row.document_kind, row.document_slug, row.document_name)}
        for row, html in marked
        if html
    )
    return list(islice(shown, _SNIPPETS))
