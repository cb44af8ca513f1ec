"""What a user's query means, and how each database finds it. Nothing that a user can type is an error."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Float, Table, cast, false, func, literal, literal_column, or_, select, true

from app.model.search_index import BEGINNINGS, COLUMNS, FTS5, PLAIN, STEMS, VECTORS, PostgreSQLType
from app.model.tables import RECORD
from app.model.tokens import stem, words
from app.model.tsvector import lexeme
from app.query.filters import Filter, Parameters
from app.query.snapshot import Snapshot

_TSQUERY = PostgreSQLType("TSQUERY")
_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


@dataclass(frozen=True)
class SearchTerm:
    """Words that must be found in a row, or must not; of a prefix, the last word only begins so."""

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stems of the words."""
        return tuple(map(stem, self.words))

    def fts5(self) -> str:
        """The term as FTS5 writes it. Words hold letters and digits alone, so that nothing needs an escape."""
        stems = f'{{{" ".join(COLUMNS)}}} : "{" ".join(self.stems)}"'
        if not self.prefix:
            return stems
        # The words as they stand decide; how well it matches is told by the columns where a stem begins so, too.
        plain = f'{PLAIN} : "{" ".join(self.words)}" *'
        return f"({plain} AND ({stems} * OR {plain}))"

    def tsquery(self, words: Sequence[str], operator: str) -> str:
        """Some words, as PostgreSQL asks for all (`&`) or any (`|`) of them; the last begins one, if the term does."""
        *first, last = (f"'{lexeme(word)}'" for word in words)
        return f" {operator} ".join([*first, f"{last}:*" if self.prefix else last])


def parse(query: str) -> list[SearchTerm]:
    """The terms of a query: words, "phrases", -excluded, prefixes*. `Jong-un` is the phrase of its two words."""
    terms = []
    for minus, phrase, bare in _PIECE.findall(query):
        found = tuple(words(phrase or bare))
        if found:
            terms.append(SearchTerm(found, prefix=bare.endswith("*"), excluded=bool(minus)))
    return terms


class FullText(Protocol):
    """A full-text index, as one database has it."""

    table: Table

    def found(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        """The condition that a row of the index has all of some terms."""

    def score(self, terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        """How well a row has them: a hit in the name is worth more than one in a quote."""


class _Fts5:
    table = FTS5

    def found(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = FTS5.c.search.op("MATCH")(" AND ".join(term.fts5() for term in terms))
        return condition

    def score(self, _terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        return literal_column("-bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0)", Float)


class _Vectors:
    table = VECTORS

    def found(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = true()
        stems = [term.tsquery(term.stems, "&") for term in terms if not term.prefix]
        beginnings = [term.tsquery(term.words, "&") for term in terms if term.prefix]
        for column, queries in ((STEMS, stems), (BEGINNINGS, beginnings)):
            if queries:
                condition &= VECTORS.c[column].bool_op("@@")(_query(queries, "&"))
        for term in terms:
            if len(term.words) > 1:
                condition &= self._runs(term)
        return condition

    def _runs(self, term: SearchTerm) -> ColumnElement[bool]:
        """A text has the words one after the other. Vectors find only where all of them are."""
        columns = (PLAIN,) if term.prefix else COLUMNS
        run = " ".join(term.words if term.prefix else term.stems)
        return or_(
            *((literal(" ") + VECTORS.c[name] + " ").like(f"% {run}{'' if term.prefix else ' '}%") for name in columns)
        )

    def score(self, terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        any_of = _query((term.tsquery(term.stems, "|") for term in terms), "|")
        weights: Any = literal_column("'{0.2, 0.3, 0.6, 1.0}'::real[]")  # of quotes, summary, aliases, name
        by_length = 1  # divided by one more than the logarithm of the number of words
        return func.ts_rank(weights, VECTORS.c[STEMS], any_of, by_length, type_=Float)


def _query(queries: Iterable[str], operator: str) -> ColumnElement[str]:
    return cast(f" {operator} ".join(queries), _TSQUERY)


_FULL_TEXT: dict[str, FullText] = {"sqlite": _Fts5(), "postgresql": _Vectors()}


def full_text(snapshot: Snapshot) -> FullText:
    """The index of the database that is read."""
    return _FULL_TEXT[snapshot.connection.dialect.name]


def matching(snapshot: Snapshot, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
    """The condition that a record matches. A query without a word matches nothing."""
    if not terms:
        return false()
    index = full_text(snapshot)

    def has(found: Sequence[SearchTerm]) -> ColumnElement[bool]:
        return RECORD.c.id.in_(select(index.table.c.rowid).where(index.found(found)))

    wanted = [term for term in terms if not term.excluded]
    condition: ColumnElement[bool] = has(wanted) if wanted else true()
    for term in terms:
        if term.excluded:
            condition &= ~has([term])
    return condition


def _matches(snapshot: Snapshot, _name: str, query: str, _params: Parameters) -> ColumnElement[bool]:
    return matching(snapshot, parse(query))


MATCHES = Filter(_matches)
"""The record matches a query; lists only filter by it."""
