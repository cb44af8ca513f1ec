"""Filters of the templates: values of the API in words, and paths of pages."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from app.formats.citation import page_path
from app.model.dates import bounds
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.query.snippets import pieces

_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}


def feed_path(path: str) -> str:
    """The path of the feed that follows an actor, a document or a kind, from the path of its page."""
    _, plural, *ids = path.split("/")
    kind = {kind.plural: kind.name for kind in KINDS.values()}.get(plural)
    if kind in (KindName.ACTOR, KindName.DOCUMENT) and ids:
        return f"/v1/changes.atom?{kind}={ids[0]}"
    return f"/v1/changes.atom?kind={kind}" if kind and not ids else "/v1/changes.atom"


def words(name: str) -> str:
    """The name of a field or term in words: `rests_on` is “rests on”."""
    return name.replace("_", " ")


def pointed(pointer: str) -> str:
    """The part of a record that a JSON Pointer leads to: `/enforcement/0` is “enforcement 1”."""
    steps = pointer.strip("/").split("/")
    return " ".join(str(int(step) + 1) if step.isdecimal() else words(step) for step in steps)


def number(value: float) -> str:
    """A number with thousands separated."""
    return f"{value:,.12g}"


def day(value: date) -> str:
    """A day: “22 March 2022”."""
    return f"{value.day} {value:%B} {value.year}"


def date_words(edtf: str) -> str:
    """The meaning of an EDTF string: `2022-03~` is “about March 2022”."""
    start, slash, end = edtf.partition("/")
    if not slash:
        return _date_words(start)
    if start in ("", ".."):
        return f"until {_date_words(end)}"
    if end in ("", ".."):
        return f"since {_date_words(start)}" if end else f"from {_date_words(start)}, end unknown"
    return f"{_date_words(start)} to {_date_words(end)}"


def _date_words(edtf: str) -> str:
    """The meaning of one end of an interval."""
    digits, qualifier = edtf.rstrip("?~%"), edtf[-1]
    first, last = bounds(digits)
    assert first is not None  # noqa: S101
    assert last is not None  # noqa: S101
    about = {"~": "about ", "?": "perhaps ", "%": "perhaps about "}.get(qualifier, "")
    if digits.endswith("X"):
        return f"{about}{first.year}–{last.year}"
    if digits[5:] in _SEASONS:
        return f"{about}{_SEASONS[digits[5:]]} {first.year}"
    return about + {4: f"{first.year}", 7: f"{first:%B} {first.year}", 10: day(first)}[len(digits)]


FILTERS: Mapping[str, Callable[..., Any]] = {
    each.__name__: each for each in (page_path, feed_path, words, pointed, number, date_words, pieces)
}
"""The filters by name."""
