"""What a user's query means, and where its words stand. Nothing that a user can type is an error."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy import ColumnElement, Float, false, literal_column, select, true

from app.model.layout import table_of
from app.model.record import Record
from app.model.search import COLUMNS, PLAIN, SEARCH, spans, stem, words
from app.query.filters import Asked, Filter
from app.query.reader import Reader

RECORD = table_of(Record)
_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
_SNIPPET = 240
_BEFORE = 80

SCORE: ColumnElement[float] = literal_column("-bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0)", Float)
"""How well a row of the index matches: a hit in the name is worth more than one in a quote."""


@dataclass(frozen=True)
class Term:
    """Words that must be found in a row, or must not; of a prefix, the last word only begins so."""

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False

    def fts5(self) -> str:
        """The term as FTS5 writes it. Words hold letters and digits alone, so that nothing needs an escape."""
        stems = f'{{{" ".join(COLUMNS)}}} : "{" ".join(map(stem, self.words))}"'
        if not self.prefix:
            return stems
        # The words as they stand decide; how well it matches is told by the columns where a stem begins so, too.
        plain = f'{PLAIN} : "{" ".join(self.words)}" *'
        return f"({plain} AND ({stems} * OR {plain}))"

    def hits(self, found: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
        """Where the term stands among the folded words of a text."""
        size = len(self.words)
        for at in range(len(found) - size + 1):
            here = [word for word, _, _ in found[at : at + size]]
            if self.prefix:
                hit = here[:-1] == list(self.words[:-1]) and here[-1].startswith(self.words[-1])
            else:
                hit = list(map(stem, here)) == list(map(stem, self.words))
            if hit:
                yield found[at][1], found[at + size - 1][2]


def parse(query: str) -> list[Term]:
    """The terms of a query: words, "phrases", -excluded, prefixes*. `Jong-un` is the phrase of its two words."""
    terms = []
    for minus, phrase, bare in _PIECE.findall(query):
        found = tuple(words(phrase or bare))
        if found:
            terms.append(Term(found, prefix=bare.endswith("*"), excluded=bool(minus)))
    return terms


def wanted(terms: Sequence[Term]) -> str | None:
    """The FTS5 query of the terms that must be found; None where none must."""
    return " AND ".join(term.fts5() for term in terms if not term.excluded) or None


def matching(terms: Sequence[Term]) -> ColumnElement[bool]:
    """The condition that a record matches. A query without a word matches nothing."""
    if not terms:
        return false()
    query = wanted(terms)
    condition: ColumnElement[bool] = _in_index(query) if query else true()
    for term in terms:
        if term.excluded:
            condition &= ~_in_index(term.fts5())
    return condition


def snippet(text: str, terms: Sequence[Term]) -> str | None:
    """The part of a text around its first hit, as HTML: escaped, the hits in <mark>. None where there is none."""
    found = list(spans(text))
    hits = sorted({hit for term in terms if not term.excluded for hit in term.hits(found)})
    if not hits:
        return None
    start, end = _window(text, hits[0][0])
    pieces, at = ["…"] if start else [], start
    for left, right in hits:
        if left >= at and right <= end:
            pieces += [escape(text[at:left]), "<mark>", escape(text[left:right]), "</mark>"]
            at = right
    return "".join([*pieces, escape(text[at:end]), "…" if end < len(text) else ""])


def _window(text: str, hit: int) -> tuple[int, int]:
    """Some text around a hit, cut between words; the whole of a short one."""
    if len(text) <= _SNIPPET:
        return 0, len(text)
    start = max(0, hit - _BEFORE)
    start = (start and text.find(" ", start, hit) + 1) or start
    end = min(len(text), start + _SNIPPET)
    cut = text.rfind(" ", hit, end) if end < len(text) else end
    return start, cut if cut > hit else end


def _matches(_reader: Reader, _name: str, query: str, _asked: Asked) -> ColumnElement[bool]:
    return matching(parse(query))


MATCHES = Filter(_matches)
"""The record matches a query; lists only filter by it."""


def _in_index(query: str) -> ColumnElement[bool]:
    return RECORD.c.id.in_(select(SEARCH.c.rowid).where(SEARCH.c.search.op("MATCH")(query)))
