"""Search queries: parsing, and full-text search in SQLite and PostgreSQL. Any text is a valid query."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    Table,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from app.model.search_index import BEGINNINGS, COLUMNS, FTS5, PLAIN, STEMS, VECTORS, PostgreSQLType
from app.model.tables import RECORD
from app.model.tokens import join, stem, words
from app.model.tsvector import lexeme
from app.problems import invalid
from app.query.filters import Filter
from app.query.snapshot import Snapshot

_TSQUERY = PostgreSQLType("TSQUERY")
_MAX_TERMS = 16
"""The maximum number of different terms, to bound the time of a search."""
_QUOTES = "".join(['"', "“”„‟«»「」『』＂"])
_PIECE = re.compile(rf"([-‐–−]?)(?:[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?|([^\s{_QUOTES}]+))")
_LONG = 6
"""The number of words of the longest phrase that is also searched with two of its words written as one."""


@dataclass(frozen=True)
class SearchTerm:
    """Consecutive words to find, or to exclude. The last word of a prefix term matches any word that begins with it."""

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False
    solid: tuple[str, ...] = ()
    """Words that it forms with its neighbours."""

    @cached_property
    def forms(self) -> tuple[tuple[str, ...], ...]:
        """The words, and the same with two or all of them written as one."""
        forms = [self.words]
        if joined := join(self.words):
            pairs = range(len(self.words) - 1) if len(self.words) <= _LONG else ()
            forms += [(*self.words[:at], join(self.words[at : at + 2]), *self.words[at + 2 :]) for at in pairs]
            forms.append((joined,))
        return tuple(dict.fromkeys([*forms, *((word,) for word in self.solid)]))

    @cached_property
    def stems(self) -> tuple[tuple[str, ...], ...]:
        """The stems of the words of each form."""
        return tuple(dict.fromkeys(tuple(map(stem, form)) for form in self.forms))

    def fts5(self, *, scored: bool = True) -> str:
        """The term in FTS5's syntax. Words have no quotation marks, so nothing needs escaping."""
        if not self.prefix:
            return f"{{{' '.join(COLUMNS)}}} : ({_any_phrase(self.stems)})"
        # The column of plain words decides the match of a prefix. The stem columns only add to the score.
        found = f"{PLAIN} : ({_any_phrase(self.forms, ' *')})"
        return f"({found} AND ({_any_phrase(self.stems + self.forms, ' *')}))" if scored else found

    def tsquery(self, forms: Iterable[Sequence[str]], operator: str) -> str:
        """All (`&`) or any (`|`) words of any of some forms in PostgreSQL's syntax. A prefix is the last of a form."""
        star = ":*" if self.prefix else ""
        quoted = ([f"'{lexeme(word)}'" for word in form] for form in forms)
        return " | ".join(f"({f' {operator} '.join(form)}{star})" for form in quoted)


def _any_phrase(phrases: Iterable[Sequence[str]], star: str = "") -> str:
    return " OR ".join(f'"{" ".join(each)}"{star}' for each in dict.fromkeys(phrases))


def parse(query: str) -> list[SearchTerm]:
    """The terms of a query: words, "phrases", -excluded, prefixes*. `Jong-un` is a phrase of two words.

    Raises Invalid if there are too many. Equal terms count once.
    """
    terms: dict[SearchTerm, bool] = {}
    for minus, phrase, bare in _PIECE.findall(query):
        term = tuple(words(phrase or bare))
        if term:
            prefix, excluded = bare.endswith(("*", "＊")), bool(minus)
            terms.setdefault(SearchTerm(term, prefix, excluded), bool(bare) and not prefix and not excluded)
    if len(terms) > _MAX_TERMS:
        raise invalid("q", f"has {len(terms)} different words and phrases; at most {_MAX_TERMS} are possible")
    # Neighbours may be written as one: `Jong un` finds “Jongun”.
    solid: dict[SearchTerm, list[str]] = {term: [] for term in terms}
    for left, right in pairwise(terms):
        if terms[left] and terms[right] and (joined := join([*left.words, *right.words])):
            solid[left].append(joined)
            solid[right].append(joined)
    return [replace(term, solid=tuple(joined)) for term, joined in solid.items()]


class FullText(Protocol):
    """The full-text index of a database system."""

    table: Table

    def matches(self, terms: Sequence[SearchTerm], *, scored: bool) -> ColumnElement[bool]:
        """The condition that a row of the index matches all terms. Without a score it takes less time."""

    def score(self, terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        """The score of a row. A hit in the name adds more than one in a quote."""


class _Fts5:
    table = FTS5

    def matches(self, terms: Sequence[SearchTerm], *, scored: bool) -> ColumnElement[bool]:
        query = " AND ".join(term.fts5(scored=scored) for term in terms)
        condition: ColumnElement[bool] = FTS5.c.search.op("MATCH")(query)
        return condition

    def score(self, _terms: Sequence[SearchTerm]) -> ColumnElement[float]:
        return literal_column("-bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0)", Float)


class _Vectors:
    table = VECTORS

    def matches(self, terms: Sequence[SearchTerm], *, scored: bool) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = true()
        stems = [f"({term.tsquery(term.stems, '&')})" for term in terms if not term.prefix]
        beginnings = [f"({term.tsquery(term.forms, '&')})" for term in terms if term.prefix]
        for column, queries in ((STEMS, stems), (BEGINNINGS, beginnings)):
            if queries:
                condition &= VECTORS.c[column].bool_op("@@")(_query(queries, "&"))
        return and_(condition, *(self._consecutive(term) for term in terms if len(term.words) > 1))

    def _consecutive(self, term: SearchTerm) -> ColumnElement[bool]:
        """The condition that the words of a form are consecutive. The vectors only require that all occur."""
        columns, forms, end = ((PLAIN,), term.forms, "") if term.prefix else (COLUMNS, term.stems, " ")
        runs = [f"% {' '.join(form)}{end}%" for form in forms]
        return or_(*((literal(" ") + VECTORS.c[name] + " ").like(run) for name in columns for run in runs))

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


def matched(
    snapshot: Snapshot, terms: Sequence[SearchTerm], where: Sequence[Any], *, scored: bool = False
) -> Select[Any]:
    """The keys of the records that match and meet the conditions, as `id`. It reads no more rows than its limit."""
    included = [term for term in terms if not term.excluded]
    excluded = [~_has(snapshot, [term]) for term in terms if term.excluded]
    if not included:
        return select(RECORD.c.id).where(*excluded if terms else [false()], *where)
    index = full_text(snapshot)
    query = select(index.table.c.rowid.label("id")).where(index.matches(included, scored=scored))
    if where or excluded:
        query = query.join_from(index.table, RECORD, RECORD.c.id == index.table.c.rowid).where(*excluded, *where)
    return query


def matching(snapshot: Snapshot, query: str) -> ColumnElement[bool]:
    """The condition that a record matches a query. A query without words matches nothing.

    A statement searches once, however often it has the condition.
    """
    if query not in snapshot.searches:
        snapshot.searches[query] = matched(snapshot, parse(query), []).cte("matched")
    return RECORD.c.id.in_(select(snapshot.searches[query].c.id))


def _has(snapshot: Snapshot, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
    index = full_text(snapshot)
    return RECORD.c.id.in_(select(index.table.c.rowid).where(index.matches(terms, scored=False)))


MATCHES = Filter(lambda snapshot, query, _given: matching(snapshot, query))
"""The record matches a search query. Doesn't affect the order of the list."""
