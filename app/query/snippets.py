"""Where the words of a query stand in a text."""

from collections.abc import Iterator, Sequence
from html import escape

from app.model.folding import fold
from app.model.tokens import spans, stem
from app.query.search import SearchTerm

_SNIPPET = 240
_BEFORE = 80


class Marker:
    """Marks the words of a query in texts."""

    def __init__(self, terms: Sequence[SearchTerm]) -> None:
        self.terms = [term for term in terms if not term.excluded]
        self.beginnings = tuple(term.words[0] if term.prefix else _root(term.stems[0]) for term in self.terms)

    def snippet(self, text: str) -> str | None:
        """The part of a text around its first hit, as HTML: escaped, the hits in <mark>. None where there is none."""
        folded = fold(text)
        if not any(beginning in folded for beginning in self.beginnings):
            return None
        places = list(spans(text))
        found = set(self._hits([word for word, _, _ in places]))
        if not found:
            return None
        hits = sorted((places[first][1], places[last][2]) for first, last in found)
        start, end = _window(text, hits[0][0])
        pieces, at = ["…"] if start else [], start
        for left, right in hits:
            if left >= at and right <= end:
                pieces += [escape(text[at:left]), "<mark>", escape(text[left:right]), "</mark>"]
                at = right
        return "".join([*pieces, escape(text[at:end]), "…" if end < len(text) else ""])

    def _hits(self, found: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The terms among the words of a text: the number of the first word of each, and of the last."""
        for at, word in enumerate(found):
            if word.startswith(self.beginnings):
                yield from ((at, at + len(term.words) - 1) for term in self.terms if _stands(term, found, at))


def _stands(term: SearchTerm, found: Sequence[str], at: int) -> bool:
    """Whether a term stands among words at a place."""
    here = found[at : at + len(term.words)]
    if len(here) < len(term.words):
        return False
    if term.prefix:
        return (*here[:-1],) == term.words[:-1] and here[-1].startswith(term.words[-1])
    return tuple(map(stem, here)) == term.stems


def _root(stemmed: str) -> str:
    """What all words with a stem begin with: its last letter may be another, as in `ski`, the stem of `sky`."""
    return stemmed[:-1] or stemmed


def _window(text: str, hit: int) -> tuple[int, int]:
    """Some text around a hit, cut between words; the whole of a short one."""
    if len(text) <= _SNIPPET:
        return 0, len(text)
    start = max(0, hit - _BEFORE)
    start = (start and text.find(" ", start, hit) + 1) or start
    end = min(len(text), start + _SNIPPET)
    cut = text.rfind(" ", hit, end) if end < len(text) else end
    return start, cut if cut > hit else end
