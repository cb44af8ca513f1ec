"""Pictures: SVG in a file of its own, the width of text, colours, and line styles."""

import re
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import combining, east_asian_width

from starlette.responses import Response

from app.pages.page import page
from app.query.listing import RequestTarget
from app.query.snapshot import Snapshot

_STYLESHEET = Path(__file__).parent / "static" / "style.css"
_LETTER, _CAPITAL, _WIDE, _NARROW = 0.62, 0.74, 1.0, 0.36
"""Widths of characters, in units of the font's size: generous, because the font is the reader's."""
_STYLES = {
    "planned": "dashed",
    "hypothetical": "dashed",
    "prospective": "dashed",
    "proposed": "dashed",
    "negated": "struck",
    "former": "former",
    "lifted": "former",
    "expired": "former",
}


def picture(snapshot: Snapshot, template: str, public_url: str, **content: Any) -> Response:
    """An SVG file from a template, which is given `content`. `public_url` begins its links."""
    return page(snapshot, template, public_url, "image/svg+xml", **content | {"alone": True, "base": public_url})


def surroundings(target: RequestTarget) -> dict[str, Any]:
    """What the template of a picture is given when it is part of a page. `picture` replaces some of it."""
    return {"alone": False, "base": "", "colours": colours(), "caption": _caption(target)}


def _caption(target: RequestTarget) -> str:
    """The parameters of a request in words."""
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in target.parameters if name != "cursor")


def line_style(*terms: str | None) -> str:
    """How to draw a record of this modality or status: `dashed`, `struck` or `former`; empty for a plain line."""
    return next((_STYLES[term] for term in terms if term in _STYLES), "")


def text_width(text: str, size: float) -> float:
    """About the width of a text in a font of this size."""
    return size * sum(map(_width, text))


def shorten(text: str, width: float, size: float) -> str:
    """A text, cut with an ellipsis if it is wider than `width`."""
    if text_width(text, size) <= width:
        return text
    left = width - size
    for at, character in enumerate(text):
        left -= size * _width(character)
        if left < 0:
            return text[:at].rstrip() + "…"
    return text


def _width(character: str) -> float:
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF" or character in "MWmw@—…":
        return _WIDE
    if character.isupper():
        return _CAPITAL
    return _NARROW if character in "ijltfr.,:;'|!()[] " else _LETTER


@cache
def colours() -> dict[str, str]:
    """The colours of the stylesheet in light mode, by name. In a page, the stylesheet itself overrides them."""
    light, _, _ = _STYLESHEET.read_text(encoding="utf-8").partition("@media")
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", light))
