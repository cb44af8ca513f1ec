"""Where the words of a query stand in a text."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from app.model.folding import fold
from app.model.search import spans, stem
from app.query.search import Term

_SNIPPET = 240
_BEFORE = 80


class Marker:
    """Marks the words of a query in texts."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = [term for term in terms if not term.excluded]
        beginnings = (re.escape(term.words[0] if term.prefix else _root(term.stems[0])) for term in self.terms)
        self.beginnings = re.compile(rf"(?<![^\W_])(?:{'|'.join(beginnings)})")

    def snippet(self, text: str) -> str | None:
        """The part of a text around its first hit, as HTML: escaped, the hits in <mark>. None where there is none."""
        if not self.beginnings.search(fold(text)):  # as in most texts, and this is quick
            return None
        hits = sorted(set(self._hits(text)))
        if not hits:
            return None
        start, end = _window(text, hits[0][0])
        pieces, at = ["…"] if start else [], start
        for left, right in hits:
            if left >= at and right <= end:
                pieces += [escape(text[at:left]), "<mark>", escape(text[left:right]), "</mark>"]
                at = right
        return "".join([*pieces, escape(text[at:end]), "…" if end < len(text) else ""])

    def _hits(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the terms stand in a text."""
        found = list(spans(text))
        words = [word for word, _, _ in found]
        stems = [stem(word) for word in words]
        for term in self.terms:
            size = len(term.words)
            for at in range(len(found) - size + 1):
                end = at + size
                if term.prefix:
                    hit = words[at : end - 1] == [*term.words[:-1]] and words[end - 1].startswith(term.words[-1])
                else:
                    hit = stems[at:end] == [*term.stems]
                if hit:
                    yield found[at][1], found[end - 1][2]


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
