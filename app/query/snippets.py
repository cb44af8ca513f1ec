"""Snippets: the part of a text around the words of a search, with the words marked."""

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape

from app.model.folding import fold
from app.model.tokens import Token, solids, spans, stem
from app.query.search import SearchTerm

_SNIPPET = 240
"""The maximum length of a snippet in characters."""
_BEFORE = 80
"""The maximum number of characters before the first hit."""
_OTHERS = re.compile(r"[\W_]+")


class Marker:
    """Marks the words of a search in texts."""

    def __init__(self, terms: Sequence[SearchTerm]) -> None:
        self.terms = [term for term in terms if not term.excluded]
        firsts = (form[0] if term.prefix else _root(form[0]) for term in self.terms for form in _forms(term))
        self.beginnings = tuple(dict.fromkeys(firsts))
        self.letters = tuple(_OTHERS.sub("", beginning) for beginning in self.beginnings)

    def snippet(self, text: str) -> str | None:
        """The part of a text around its first hit, as escaped HTML with the hits in `<mark>`. None without a hit."""
        letters = _OTHERS.sub("", fold(text))
        if not any(beginning in letters for beginning in self.letters):
            return None
        places = spans(text)
        found = set(self._hits(places))
        if len({term for term, _, _ in found}) < len(self.terms):
            found |= {hit for solid in solids(text, places) for hit in self._hits([solid])}
        hits = sorted({(start, end) for _, start, end in found})
        if not hits:
            return None
        start, end = _window(text, hits[0][0])
        pieces, at = ["…"] if start else [], start
        for left, right in hits:
            if left >= at and right <= end:
                pieces += [escape(text[at:left]), "<mark>", escape(text[left:right]), "</mark>"]
                at = right
        return "".join([*pieces, escape(text[at:end]), "…" if end < len(text) else ""])

    def _hits(self, run: Sequence[Token]) -> Iterator[tuple[SearchTerm, int, int]]:
        """The terms that match consecutive words, each with the start of its first word and the end of its last."""
        words = [word for word, _, _ in run]
        for at, word in enumerate(words):
            if word.startswith(self.beginnings):
                for term in self.terms:
                    for form in _forms(term):
                        if _matches(term, form, words, at):
                            yield term, run[at][1], run[at + len(form) - 1][2]


def pieces(html: str) -> list[str]:
    """The text of a snippet in pieces: every second one, from the second on, is a hit."""
    return [unescape(piece) for piece in re.split("<mark>(.*?)</mark>", html, flags=re.DOTALL)]


def _forms(term: SearchTerm) -> tuple[tuple[str, ...], ...]:
    return term.forms if term.prefix else term.stems


def _matches(term: SearchTerm, form: tuple[str, ...], words: Sequence[str], at: int) -> bool:
    """True if a form of the term matches the words from this index on."""
    here = words[at : at + len(form)]
    if len(here) < len(form):
        return False
    if term.prefix:
        return (*here[:-1],) == form[:-1] and here[-1].startswith(form[-1])
    return tuple(map(stem, here)) == form


def _root(stemmed: str) -> str:
    """The common beginning of all words with a stem. The last letter may differ: `ski` is the stem of `sky`."""
    return stemmed[:-1] or stemmed


def _window(text: str, hit: int) -> tuple[int, int]:
    """The bounds of a snippet around a hit, between words. A short text is taken whole."""
    if len(text) <= _SNIPPET:
        return 0, len(text)
    start = max(0, hit - _BEFORE)
    start = (start and text.find(" ", start, hit) + 1) or start
    end = min(len(text), start + _SNIPPET)
    cut = text.rfind(" ", hit, end) if end < len(text) else end
    return start, cut if cut > hit else end
