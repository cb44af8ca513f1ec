"""Dates: the words of the text, their EDTF (ISO 8601-2), and its strict bounds.

The supported EDTF profile, for the years 0001 to 9999:

    2022   2022-03   2022-03-22      a year, a month, a day
    2019-21 … 2019-24                spring, summer, autumn, winter (to the end of February of the next year)
    199X   19XX                      a decade, a century
    2022-03~   2022?   199X%         approximate, uncertain, both
    2016/2020   ../2016   2016/..    an interval, closed or open
    2016/   /2016                    an interval with an unknown end
"""

import re
from calendar import monthrange
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.model.shape import Shape, Text

_YEAR = "(?!0000)[0-9]{4}"
_CALENDAR = f"{_YEAR}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_DATE = f"(?:{_CALENDAR}|{_YEAR}-2[1-4]|(?!00[0X]X)[0-9]{{2}}(?:[0-9]X|XX))[?~%]?"
_PROFILE = re.compile(rf"{_DATE}|{_DATE}/(?:{_DATE}|\.\.)?|(?:\.\.)?/{_DATE}")
_UNBOUNDED = ("", "..")
"""The unknown and the open end of an interval."""


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """The first and last day that an EDTF string can mean, inclusive; None where it is open or unknown.

    Raises ValueError with a message for editors if the string is outside the profile or the day does not exist.
    """
    if not _PROFILE.fullmatch(edtf):
        raise ValueError(
            f"{edtf!r} is not in the supported EDTF profile; examples: 2022-03-22, 2022-03~, 199X, 2016/2020"
        )
    start, end = edtf.split("/") if "/" in edtf else (edtf, edtf)
    try:
        earliest = None if start in _UNBOUNDED else _days(start)[0]
        latest = None if end in _UNBOUNDED else _days(end)[1]
    except ValueError as error:
        raise ValueError(f"{edtf!r} cannot be resolved to a date: {error}") from error
    if earliest and latest and earliest > latest:
        raise ValueError(f"{edtf!r} ends before it begins")
    return earliest, latest


def _days(written: str) -> tuple[date, date]:
    """The first and last day of a year, month, day, season, decade or century."""
    digits = written.rstrip("?~%")
    if digits.endswith("X"):
        return date(int(digits.replace("X", "0")), 1, 1), date(int(digits.replace("X", "9")), 12, 31)
    year, month, day = (int(digits[at:end] or 0) for at, end in ((0, 4), (5, 7), (8, 10)))
    if day:
        return date(year, month, day), date(year, month, day)
    if month > 12:  # a season: 21 is March to May, 24 is December to February
        month = 3 * (month - 20)
        ends = min(12 * year + month + 1, 12 * 9999 + 11)
        return date(year, month, 1), _last_day(ends // 12, ends % 12 + 1)
    return date(year, month or 1, 1), _last_day(year, month or 12)


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


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
