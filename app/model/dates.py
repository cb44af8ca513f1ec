"""Dates: the words of the text, their EDTF (ISO 8601-2), and its strict bounds.

The supported EDTF profile, for the years 0001 to 9999:

    2022   2022-03   2022-03-22      a year, a month, a day
    2019-21 … 2019-24                spring, summer, autumn, winter
    199X   19XX                      a decade, a century
    2022-03~   2022?   199X%         approximate, uncertain, both; not for a season, nor for a decade in an interval
    2016/2020   ../2016   2016/..    an interval, closed or open; an open one cannot have a decade
"""

import re
import warnings
from calendar import monthrange
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.model.shape import Shape, Text

_YEAR = "(?!0000)[0-9]{4}"
_SEASON = f"{_YEAR}-2[1-4]"
_DAY = f"{_YEAR}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_CALENDAR = re.compile(_DAY)
_DECADE = "(?!00[0X]X)[0-9]{2}(?:[0-9]X|XX)"
# The library edtf resolves no decade in an open interval, no qualified decade in an interval, and no qualified season.
_OPEN = f"(?:{_DAY}[?~%]?|{_SEASON})"
_CLOSED = f"(?:{_OPEN}|{_DECADE})"
_PROFILE = re.compile(rf"{_CLOSED}|{_DECADE}[?~%]|{_CLOSED}/{_CLOSED}|\.\./{_OPEN}|{_OPEN}/\.\.")


@lru_cache(4096)  # edtf takes some 30 ms per string
def bounds(edtf: str) -> tuple[date | None, date | None]:
    """The first and last day that an EDTF string can mean, inclusive; None where it is open.

    Raises ValueError with a message for editors if the string is outside the profile or the day does not exist.
    """
    if not _PROFILE.fullmatch(edtf):
        raise ValueError(
            f"{edtf!r} is not in the supported EDTF profile; examples: 2022-03-22, 2022-03~, 199X, 2016/2020"
        )
    try:
        if _CALENDAR.fullmatch(edtf):
            return _calendar(edtf)
    except ValueError as error:
        raise _unresolvable(edtf, error) from error
    library = _library()
    try:
        parsed = library.parse_edtf(edtf)
        start, end = parsed.lower_strict(), parsed.upper_strict()
        earliest = None if edtf.startswith("../") else date(*start[:3])
        latest = None if edtf.endswith("/..") else date(*end[:3])
    except (library.EDTFParseException, ValueError, TypeError, AttributeError) as error:
        raise _unresolvable(edtf, error) from error
    if earliest and latest and earliest > latest:
        raise ValueError(f"{edtf!r} ends before it begins")
    return earliest, latest


@cache
def _library() -> Any:
    """The library edtf, imported only when a bundle needs it: its import is slow."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"edtf|pyparsing")  # edtf uses deprecated names of pyparsing
        return import_module("edtf")


def _unresolvable(edtf: str, error: Exception) -> ValueError:
    return ValueError(f"{edtf!r} cannot be resolved to a date: {str(error).splitlines()[0]}")


def _calendar(edtf: str) -> tuple[date, date]:
    """The bounds of a year, month or day: the most common dates, for which edtf is too slow."""
    parts = [int(part) for part in edtf.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    first = date(year, month, day)
    if len(parts) == 3:
        return first, first
    last_month = month if len(parts) == 2 else 12
    return first, date(year, last_month, monthrange(year, last_month)[1])


def approximate(edtf: str | None) -> bool:
    """True if the EDTF marks the date as approximate: by `~`, or by `%` (uncertain and approximate)."""
    return edtf is not None and ("~" in edtf or "%" in edtf)


def _resolvable(edtf: str) -> str:
    try:
        bounds(edtf)
    except ValueError as error:
        raise PydanticCustomError("edtf", "{problem}", {"problem": str(error)}) from error
    return edtf


class DateDraft(Shape):
    """A date in a bundle: the words of the source and, if they can be resolved, their EDTF."""

    text: Text = Field(description="The date in the words of the source.", examples=["mid-March this year"])
    edtf: Annotated[str, AfterValidator(_resolvable)] | None = Field(
        default=None, description="The date in EDTF; omit it if the words cannot be resolved.", examples=["2022-03~"]
    )


class Date(Shape):
    """A date: the words of the source, their EDTF (ISO 8601-2), and its strict bounds."""

    text: str = Field(description="The date in the words of the source.", examples=["mid-March this year"])
    edtf: str | None = Field(default=None, description="EDTF (ISO 8601-2); null if unresolved.", examples=["2022-03~"])
    earliest: date | None = Field(default=None, description="First possible day; null: open.", examples=["2022-03-01"])
    latest: date | None = Field(default=None, description="Last possible day; null: open.", examples=["2022-03-31"])
    approximate: bool = Field(default=False, description="True if `edtf` has `~` or `%`.", examples=[True])

    @classmethod
    def of(cls, draft: DateDraft) -> "Date":
        """Make the date of a draft."""
        earliest, latest = bounds(draft.edtf) if draft.edtf else (None, None)
        return cls(
            text=draft.text, edtf=draft.edtf, earliest=earliest, latest=latest, approximate=approximate(draft.edtf)
        )
