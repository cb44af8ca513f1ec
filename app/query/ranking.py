"""What a search finds: records of all kinds, the best match first, with the hits shown where they stand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
from rapidfuzz import fuzz, process
from sqlalchemy import func, select

from app.model.actor import ActorAlias
from app.model.evidence import EvidenceRow
from app.model.folding import fold
from app.model.kinds import ref
from app.model.layout import table_of
from app.model.record import Record
from app.model.shape import KindName
from app.query.page import COUNTED
from app.query.reader import Reader
from app.query.search import Term, full_text, matching
from app.query.snippets import snippet

RECORD, EVIDENCE, ALIAS = table_of(Record), table_of(EvidenceRow), table_of(ActorAlias)
DOCUMENT = RECORD.alias("document")
FEW = 3
"""Where so few or fewer are found, names that are written alike are suggested."""
_SNIPPETS = 3
_NAMES = 20_000
_SUGGESTIONS = 5
_ALIKE = 70


def ranked(
    reader: Reader, terms: Sequence[Term], where: Sequence[Any], start: int, most: int
) -> list[tuple[Any, float]]:
    """The rows that match the terms and meet the conditions, each with its score, the best first.

    Where nothing must be found, but only not, all score alike.
    """
    wanted, index = [term for term in terms if not term.excluded], full_text(reader)
    columns = (RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name, RECORD.c.summary, RECORD.c.body)
    if not wanted:
        alike = select(*columns).where(matching(reader, terms), *where).order_by(RECORD.c.kind, RECORD.c.slug)
        return [(row, 0.0) for row in reader.rows(alike.limit(most).offset(start))]
    score = index.score(wanted).label("score")
    best = (
        select(*columns, score)
        .join_from(index.table, RECORD, RECORD.c.id == index.table.c.rowid)
        .where(index.found(wanted), *where, *_excluded(reader, terms))
        .order_by(score.desc(), RECORD.c.kind, RECORD.c.slug)
    )
    return [(row, row.score) for row in reader.rows(best.limit(most).offset(start))]


def count(reader: Reader, terms: Sequence[Term], where: Sequence[Any]) -> int:
    """How many records match, up to one more than are counted."""
    found = select(RECORD.c.id).where(matching(reader, terms), *where).limit(COUNTED + 1).subquery()
    return int(reader.connection.execute(select(func.count()).select_from(found)).scalar_one())


def hits(reader: Reader, rows: Sequence[tuple[Any, float]], terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Ranked rows as they are shown: `record`, `score`, `summary`, and `snippets` of where they match."""
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
        {
            "record": ref(row.kind, row.slug, row.name),
            "score": round(score, 6),
            "summary": row.summary,
            "snippets": list(islice(_snippets(row, quotes[row.id], terms), _SNIPPETS)),
        }
        for row, score in rows
    ]


def suggestions(reader: Reader, terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Refs of the actors whose name or alias is written like what must be found."""
    query = " ".join(word for term in terms if not term.excluded for word in term.words)
    names = select(RECORD.c.id, RECORD.c.name.label("written")).where(RECORD.c.kind == KindName.ACTOR)
    aliases = select(ALIAS.c.owner_id.label("id"), ALIAS.c.alias.label("written"))
    some = (names.order_by(RECORD.c.slug).limit(_NAMES), aliases.order_by(*ALIAS.primary_key).limit(_NAMES))
    written = [(row.id, row.written) for query in some for row in reader.rows(query)]
    alike = process.extract(
        query,
        [name for _, name in written],
        scorer=fuzz.WRatio,
        processor=fold,
        score_cutoff=_ALIKE,
        limit=_SUGGESTIONS * 3,
    )
    keys = list(dict.fromkeys(written[index][0] for _, _, index in alike))[:_SUGGESTIONS]
    rows = reader.rows(select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name).where(RECORD.c.id.in_(keys)))
    return [ref(row.kind, row.slug, row.name) for row in sorted(rows, key=lambda row: keys.index(row.id))]


def _excluded(reader: Reader, terms: Sequence[Term]) -> Iterator[Any]:
    if any(term.excluded for term in terms):
        yield matching(reader, [term for term in terms if term.excluded])


def _snippets(row: Any, quotes: Iterable[Any], terms: Sequence[Term]) -> Iterator[dict[str, Any]]:
    """The places where a record matches: its name, an alias, its summary, then its quotes."""
    nowhere = {"document": None, "start": None, "end": None}
    aliases = orjson.loads(row.body).get("aliases", ())
    for field, text in (("name", row.name), *(("aliases", alias) for alias in aliases), ("summary", row.summary)):
        if html := snippet(text, terms):
            yield {"field": field, "html": html} | nowhere
    for quote in quotes:
        if html := snippet(quote.exact, terms):
            document = ref(KindName.DOCUMENT, quote.document_slug, quote.document_name)
            yield {"field": "evidence", "html": html, "document": document, "start": quote.start, "end": quote.end}
