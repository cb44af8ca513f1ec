"""Search queries: parsing, and full-text search in SQLite and PostgreSQL. Any text is a valid query."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Float, Table, and_, cast, false, func, literal, literal_column, or_, select, true

from app.model.search_index import BEGINNINGS, COLUMNS, FTS5, PLAIN, STEMS, VECTORS, PostgreSQLType
from app.model.tables import RECORD
from app.model.tokens import stem, words
from app.model.tsvector import lexeme
from app.problems import invalid
from app.query.filters import Filter
from app.query.snapshot import Snapshot

_TSQUERY = PostgreSQLType("TSQUERY")
_MAX_TERMS = 16
"""The maximum number of different terms, to bound the time of a search."""
_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True)
class SearchTerm:
    """Consecutive words to find, or to exclude. The last word of a prefix term matches any word that begins with it."""

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stems of the words."""
        return tuple(map(stem, self.words))

    def fts5(self) -> str:
        """The term in FTS5's syntax. Words are letters and digits only, so nothing needs escaping."""
        stems = f'{{{" ".join(COLUMNS)}}} : "{" ".join(self.stems)}"'
        if not self.prefix:
            return stems
        # The column of plain words decides the match. The stem columns only add to the score.
        plain = f'{PLAIN} : "{" ".join(self.words)}" *'
        return f"({plain} AND ({stems} * OR {plain}))"

    def tsquery(self, words: Sequence[str], operator: str) -> str:
        """All (`&`) or any (`|`) of some words in PostgreSQL's syntax. The last word is a prefix if the term is one."""
        *first, last = (f"'{lexeme(word)}'" for word in words)
        return f" {operator} ".join([*first, f"{last}:*" if self.prefix else last])


def parse(query: str) -> list[SearchTerm]:
    """The terms of a query: words, "phrases", -excluded, prefixes*. `Jong-un` is a phrase of two words.

    Raises Invalid if there are too many. Equal terms count once.
    """
    terms: dict[SearchTerm, None] = {}
    for minus, phrase, bare in _PIECE.findall(query):
        term = tuple(words(phrase or bare))
        if term:
            terms[SearchTerm(term, prefix=bare.endswith("*"), excluded=bool(minus))] = None
    if len(terms) > _MAX_TERMS:
        raise invalid("q", f"has {len(terms)} different words and phrases; at most {_MAX_TERMS} are possible")
    return list(terms)


class FullText(Protocol):
    """The full-text index of a database system."""

    table: Table

    def matches(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        """The condition that a row of the index matches all terms."""

    def score(self, terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        """The score of a row. A hit in the name adds more than one in a quote."""


class _Fts5:
    table = FTS5

    def matches(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = FTS5.c.search.op("MATCH")(" AND ".join(term.fts5() for term in terms))
        return condition

    def score(self, _terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        return literal_column("-bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0)", Float)


class _Vectors:
    table = VECTORS

    def matches(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = true()
        stems = [term.tsquery(term.stems, "&") for term in terms if not term.prefix]
        beginnings = [term.tsquery(term.words, "&") for term in terms if term.prefix]
        for column, queries in ((STEMS, stems), (BEGINNINGS, beginnings)):
            if queries:
                condition &= VECTORS.c[column].bool_op("@@")(_query(queries, "&"))
        return and_(condition, *(self._consecutive(term) for term in terms if len(term.words) > 1))

    def _consecutive(self, term: SearchTerm) -> ColumnElement[bool]:
        """The condition that the words are consecutive. The condition on the vectors only requires that all occur."""
        columns = (PLAIN,) if term.prefix else COLUMNS
        run = " ".join(term.words if term.prefix else term.stems)
        return or_(
            *((literal(" ") + VECTORS.c[name] + " ").like(f"% {run}{'' if term.prefix else ' '}%") for name in columns)
        )

    def score(self, terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        any_of = _query((term.tsquery(term.stems, "|") for term in terms), "|")
        weights: Any = literal_column("'{0.2, 0.3, 0.6, 1.0}'::real[]")  # of quotes, summary, aliases, name
        by_length = 1  # divides by 1 + log(number of words)
        return func.ts_rank(weights, VECTORS.c[STEMS], any_of, by_length, type_=Float)


def _query(queries: Iterable[str], operator: str) -> ColumnElement[str]:
    return cast(f" {operator} ".join(queries), _TSQUERY)


_FULL_TEXT: dict[str, FullText] = {"sqlite": _Fts5(), "postgresql": _Vectors()}


def full_text(snapshot: Snapshot) -> FullText:
    """The full-text index of the snapshot's database."""
    return _FULL_TEXT[snapshot.connection.dialect.name]


def matching(snapshot: Snapshot, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
    """The condition that a record matches. A query without words matches nothing."""
    if not terms:
        return false()
    index = full_text(snapshot)

    def has(some: Sequence[SearchTerm]) -> ColumnElement[bool]:
        return RECORD.c.id.in_(select(index.table.c.rowid).where(index.matches(some)))

    included = [term for term in terms if not term.excluded]
    return and_(has(included) if included else true(), *(~has([term]) for term in terms if term.excluded))


MATCHES = Filter(lambda snapshot, query, _given: matching(snapshot, parse(query)))
"""The record matches a search query. Doesn't affect the order of the list."""
