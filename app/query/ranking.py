"""What a search finds: records of all kinds, the best match first, with the hits shown where they stand."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import orjson
from rapidfuzz import fuzz, process
from sqlalchemy import bindparam, func, select

from app.model.folding import fold
from app.model.kinds import ref
from app.model.shape import KindName
from app.model.tables import ALIAS, DOCUMENT_RECORD, EVIDENCE, RECORD
from app.query.listing import COUNTED
from app.query.search import SearchTerm, full_text, matching
from app.query.snapshot import Snapshot
from app.query.snippets import Marker
from app.query.sql_bytes import BODY

FEW = 3
"""Where so few or fewer are found, names that are written alike are suggested."""
_SNIPPETS = 3
_QUOTES = 500
"""So many quotes of other documents are looked through for what to show of a record."""
_QUOTED = (
    select(EVIDENCE.c.exact, EVIDENCE.c.start, EVIDENCE.c.end, DOCUMENT_RECORD.c.slug, DOCUMENT_RECORD.c.name)
    .join_from(EVIDENCE, DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
    .where(EVIDENCE.c.record_id == bindparam("key"))
    .order_by(EVIDENCE.c.document_id, EVIDENCE.c.start)
    .limit(_QUOTES)
)
_NAMES = 20_000
_SUGGESTIONS = 5
_ALIKE = 70


@dataclass(frozen=True)
class Ranked:
    """Some of what a search finds."""

    rows: list[tuple[Any, float]]
    """`id`, `kind`, `slug`, `name`, `summary` and `body` of records, each with its score, the best first."""
    total: int
    """How many records are found in all; more than `COUNTED` means that many or more."""


def ranked(snapshot: Snapshot, terms: Sequence[SearchTerm], where: Sequence[Any], start: int, most: int) -> Ranked:
    """What matches the terms and meets the conditions, from a place in the ranking on.

    Where nothing must be found, but only not, all score alike.
    """
    wanted, index = [term for term in terms if not term.excluded], full_text(snapshot)
    columns = (RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name, RECORD.c.summary, BODY)
    if not wanted:
        alike = select(*columns).where(matching(snapshot, terms), *where).order_by(RECORD.c.kind, RECORD.c.slug)
        rows = snapshot.rows(alike.limit(most).offset(start))
        return Ranked([(row, 0.0) for row in rows], count(snapshot, terms, where))
    # What scores best is found among ids alone, and only its rows are read. Records that score alike come by their key.
    query = select(index.table.c.rowid.label("id"), index.score(wanted).label("score")).where(index.found(wanted))
    conditions = [*where, *_excluded(snapshot, terms)]
    if conditions:
        query = query.join_from(index.table, RECORD, RECORD.c.id == index.table.c.rowid).where(*conditions)
    found = query.cte("found").prefix_with("MATERIALIZED")
    total = select(func.count()).select_from(found).scalar_subquery()
    by_score = (found.c.score.desc(), found.c.id)
    best = select(found, total.label("total")).order_by(*by_score).limit(most).offset(start).subquery("best")
    shown = select(*columns, best.c.score, best.c.total).join_from(best, RECORD, RECORD.c.id == best.c.id)
    rows = snapshot.rows(shown.order_by(best.c.score.desc(), best.c.id))
    return Ranked([(row, row.score) for row in rows], rows[0].total if rows else 0)


def count(snapshot: Snapshot, terms: Sequence[SearchTerm], where: Sequence[Any]) -> int:
    """How many records match, up to one more than are counted."""
    found = select(RECORD.c.id).where(matching(snapshot, terms), *where).limit(COUNTED + 1).subquery()
    return int(snapshot.connection.execute(select(func.count()).select_from(found)).scalar_one())


def hits(snapshot: Snapshot, rows: Sequence[tuple[Any, float]], terms: Sequence[SearchTerm]) -> list[dict[str, Any]]:
    """Ranked rows as they are shown: `record`, `score`, `summary`, and `snippets` of where they match."""
    marker = Marker(terms)
    return [
        {
            "record": ref(row.kind, row.slug, row.name),
            "score": round(score, 6),
            "summary": row.summary,
            "snippets": list(islice(_snippets(row, marker), _SNIPPETS)) or _elsewhere(snapshot, row.id, marker),
        }
        for row, score in rows
    ]


def suggestions(snapshot: Snapshot, terms: Sequence[SearchTerm]) -> list[dict[str, Any]]:
    """Refs of the actors whose name or alias is written like what must be found."""
    query = " ".join(word for term in terms if not term.excluded for word in term.words)
    whose, names = _names(snapshot)
    alike = process.extract(query, names, scorer=fuzz.WRatio, score_cutoff=_ALIKE, limit=_SUGGESTIONS * 3)
    keys = list(dict.fromkeys(whose[index] for _, _, index in alike))[:_SUGGESTIONS]
    rows = snapshot.rows(select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name).where(RECORD.c.id.in_(keys)))
    return [ref(row.kind, row.slug, row.name) for row in sorted(rows, key=lambda row: keys.index(row.id))]


def _names(snapshot: Snapshot) -> tuple["array[int]", list[str]]:
    """The names and aliases of actors, or many of them, and whose they are; looked up once a revision."""
    if snapshot.state.names is None:
        names = select(RECORD.c.id, RECORD.c.name.label("written")).where(RECORD.c.kind == KindName.ACTOR)
        aliases = select(ALIAS.c.owner_id.label("id"), ALIAS.c.alias.label("written"))
        some = (names.order_by(RECORD.c.slug).limit(_NAMES), aliases.order_by(*ALIAS.primary_key).limit(_NAMES))
        whose, written = array("q"), list[str]()
        for row in chain.from_iterable(map(snapshot.rows, some)):
            whose.append(row.id)
            written.append(fold(row.written))
        snapshot.state.names = whose, written
    return snapshot.state.names


def _excluded(snapshot: Snapshot, terms: Sequence[SearchTerm]) -> Iterator[Any]:
    if any(term.excluded for term in terms):
        yield matching(snapshot, [term for term in terms if term.excluded])


def _snippets(row: Any, marker: Marker) -> Iterator[dict[str, Any]]:
    """The places where a record matches: its name, an alias, its summary, then the quotes of its own document."""
    record = orjson.loads(row.body)
    aliases = (("aliases", alias) for alias in record.get("aliases", ()))
    for field, text in (("name", row.name), *aliases, ("summary", row.summary)):
        if html := marker.snippet(text):
            yield {"field": field, "html": html, "document": None, "start": None, "end": None}
    for quote in record["evidence"]:
        if html := marker.snippet(quote["exact"]):
            place = {name: quote[name] for name in ("document", "start", "end")}
            yield {"field": "evidence", "html": html} | place


def _elsewhere(snapshot: Snapshot, key: int, marker: Marker) -> list[dict[str, Any]]:
    """The first places where the quotes of any document match, among so many of them; most records need none."""
    marked = ((row, marker.snippet(row.exact)) for row in snapshot.connection.execute(_QUOTED, {"key": key}))
    shown = (
        {"field": "evidence", "html": html, "start": row.start, "end": row.end}
        | {"document": ref(KindName.DOCUMENT, row.slug, row.name)}
        for row, html in marked
        if html
    )
    return list(islice(shown, _SNIPPETS))
