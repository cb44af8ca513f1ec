"""Where the words of a query stand in a text."""

from collections.abc import Sequence
from html import escape

from app.model.search import spans
from app.query.search import Term

_SNIPPET = 240
_BEFORE = 80


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
