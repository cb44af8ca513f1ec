"""Dates in an English text, with their EDTF."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.model.dates import bounds

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_MONTH = f"(?P<month>{'|'.join(_MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\b\\.?)"
_DAY = r"(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d|(?:(?:this|last|next|the same|that|the previous) year))\b"
_OF = r",?\s(?:of\s)?"
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "1st": 0, "2nd": 1, "3rd": 2, "4th": 3}
_NO_YEAR = re.compile(
    r"(?:[Rr]esolutions?|[Nn]os?\.|[Pp]aragraphs?|[Aa]rticles?|[Ll]etter|[Ss]ections?|[$€£¥.,/])\s?$|\d[\s,.]$"
)
_PART = re.compile(
    r"(?P<part>early|mid|middle|late|beginning|start|end)(?:\s|-|\sof\s)(?:the\s)?$|(?P<near>about|around|circa|ca\.)\s$",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"(?:(?P<from>since|after|from|starting in)|(?P<to>until|till|by|before|no later than|up to))\s(?:the\s)?$",
    re.IGNORECASE,
)
_VAGUE = (
    r"since then|recently|for (?:a )?long(?: time)?|for (?:decades|years|centuries)|at the same time|at present"
    r"|(?:over|in|during|for) the (?:coming|past|last|next|recent) (?:few )?(?:years|months|weeks|days|decades?)"
    r"|in recent (?:years|months|weeks|days)|(?:a few|some|several) (?:days|weeks|months|years) (?:later|ago|earlier)"
    r"|in the (?:near|distant) (?:future|past)|in the future|soon|currently|current(?= (?:estimates|figures))"
    r"|(?:about |some )?(?:an?|one|two|three|four|five|six|\d+)"
    r" (?:days?|weeks?|months?|years?) (?:after|before|later|ago|earlier)"
)


@dataclass(frozen=True)
class FoundDate:
    """A date: its offsets, and its EDTF, or None if the words cannot be resolved."""

    start: int
    end: int
    edtf: str | None


class Calendar:
    """Recognises dates. `published` is the EDTF of the document's date. It tells which year “this year” is."""

    def __init__(self, published: str | None = None) -> None:
        self._published = published or ""
        self._year = self._published[:4]
        """The year of the last date, which holds for “on March 22nd” after it."""

    def dates(self, text: str) -> Iterator[FoundDate]:
        """The dates in a passage whose white space is all U+0020, in order."""
        self._year, at = self._published[:4], 0
        while found := min(
            (match for form in _FORMS if (match := form.search(text, at))),
            key=lambda match: (match.start(), -match.end()),
            default=None,
        ):
            at = found.end()
            if (edtf := _FORMS[found.re](self, found)) is not None and not (
                found.groupdict().get("bare") and _NO_YEAR.search(text[: found.start()])
            ):
                yield self._limited(text, found, edtf)

    def _limited(self, text: str, found: re.Match[str], edtf: str) -> FoundDate:
        """The date with the words before it, such as “since”, “early” or “the end of”."""
        start = found.start()
        if edtf and "/" not in edtf and (part := _PART.search(text, 0, start)):
            start, word = part.start(), (part["part"] or "about").lower()
            if re.fullmatch(r"\d{4}", edtf) and word in ("beginning", "start", "end"):
                edtf += "-12" if word == "end" else "-01"
                limit = _LIMIT.search(text, 0, start + (text[start : start + 4] == "the "))
                edtf = edtf[:4] if limit and limit["to"] else edtf
            elif not edtf.endswith("~"):
                edtf += "~"
        before = re.sub(r"the $", "", text[:start])
        if edtf and "/" not in edtf and (limit := _LIMIT.search(before)):
            start = limit.start()
            edtf = f"{edtf}/.." if limit["from"] else f"../{edtf}"
        try:
            bounds(edtf or "0001")
        except ValueError:
            edtf = ""
        return FoundDate(start, found.end(), edtf or None)

    def _year_of(self, words: str | None) -> str:
        """The year that some words mean; by default, that of the date before."""
        if words and words.isdigit():
            self._year = words
        elif words and self._published:
            shift = {"last": -1, "next": 1, "this": 0}.get(words.split()[0])
            if shift is not None:
                self._year = f"{int(self._published[:4]) + shift:04}"
        return self._year

    def _calendar(self, found: re.Match[str]) -> str:
        year, groups = self._year_of(found["year"]), found.groupdict()
        if not year:
            return ""
        month = next(number for number, name in enumerate(_MONTHS, 1) if name[:3] == found["month"][:3])
        written = f"{year}-{month:02}"
        if not groups.get("day"):
            return written
        last = groups.get("last")
        return f"{written}-{int(found['day']):02}" + (f"/{written}-{int(last):02}" if last else "")

    def _season(self, found: re.Match[str]) -> str:
        words = found["year"] or f"{found['which']} year"
        year = self._year_of(words)
        return f"{year}-{_SEASONS[found['season'].lower()]}" if year else ""

    def _fraction(self, found: re.Match[str]) -> str:
        length = 3 if found["unit"] == "quarter" else 6
        first = _ORDINALS[found["which"].lower()] * length + 1
        year = self._year_of(found["year"])
        return f"{year}-{first:02}/{year}-{first + length - 1:02}" if year and first < 13 else ""

    def _range(self, found: re.Match[str]) -> str:
        self._year = found["first"][: 4 - len(found["last"])] + found["last"]
        return f"{found['first']}/{self._year}"

    def _relative(self, found: re.Match[str]) -> str:
        which, unit = found["which"].lower(), found["unit"]
        if unit == "year":
            return self._year_of(f"{which} year") if self._published else ""
        if unit == "month" and re.match(r"\d{4}-[01]\d", self._published):
            months = int(self._published[:4]) * 12 + int(self._published[5:7]) - 1
            months += {"last": -1, "this": 0, "next": 1}[which]
            return f"{months // 12:04}-{months % 12 + 1:02}"
        return ""

    def _today(self, _found: re.Match[str]) -> str | None:
        return self._published if re.fullmatch(r"\d{4}-\d\d-\d\d", self._published) else None


_FORMS: dict[re.Pattern[str], Callable[[Calendar, re.Match[str]], str | None]] = {
    re.compile(pattern): read
    for pattern, read in {
        r"\b\d{4}-\d\d-\d\d\b": lambda _, found: found[0],
        rf"\b{_DAY}(?:\s?(?:and|to|[-–])\s?(?P<last>\d\d?)(?:st|nd|rd|th)?)?\s(?:of\s)?{_MONTH}(?:{_OF}{_YEAR})?": (
            Calendar._calendar
        ),
        rf"\b{_MONTH}\s{_DAY}(?:\s?(?:and|to|[-–])\s?(?P<last>\d\d?))?(?![\d:.,]\d|\d)(?:{_OF}{_YEAR})?": (
            Calendar._calendar
        ),
        rf"\b{_MONTH}{_OF}{_YEAR}": Calendar._calendar,
        rf"(?:(?<=\b[ibIB][ny]\s)|(?<=(?:ince|ntil|arly|late)\s)){_MONTH}(?P<year>)\b(?!\s\d)": Calendar._calendar,
        rf"\b(?P<season>{'|'.join(_SEASONS)}){_OF}{_YEAR}": Calendar._season,
        rf"\b(?P<which>[Ll]ast|[Tt]his|[Nn]ext)\s(?P<season>{'|'.join(_SEASONS)})(?P<year>)\b": Calendar._season,
        rf"\b(?P<which>{'|'.join(_ORDINALS)})\s(?P<unit>quarter|half)\sof\s{_YEAR}": Calendar._fraction,
        r"\b(?P<decade>1[5-9]\d|20\d)0s\b": lambda _, found: f"{found['decade']}X",
        r"\b(?P<century>1\d|2[01])(?:th|st|nd|rd)[\s-]century\b": lambda _, found: f"{int(found['century']) - 1}XX",
        r"\b(?P<first>1[5-9]\d\d|20\d\d)\s?[-–/]\s?(?P<last>(?:1[5-9]|20)?\d\d)\b(?![-–]\d)": Calendar._range,
        r"\b(?:[Bb]etween|[Ff]rom)\s(?P<first>1[5-9]\d\d|20\d\d)"
        r"\s(?:and|to|until|till)\s(?P<last>1[5-9]\d\d|20\d\d)\b": (Calendar._range),
        r"\b(?P<which>[Tt]his|[Ll]ast|[Nn]ext)\s(?P<unit>year|month|week)\b": Calendar._relative,
        r"(?P<bare>)(?<![\d.,$€£–-])\b(?P<year>1[5-9]\d\d|20\d\d)\b(?!\s?[%°]|[.,]\d|[-–]\d|\s[a-z]+s\b)": (
            lambda calendar, found: calendar._year_of(found["year"])
        ),
        r"\b[Tt]oday\b": Calendar._today,
        rf"\b(?i:{_VAGUE})\b": lambda *_: "",
    }.items()
}
"""The forms of dates, each with the function that reads it; it returns "" for words that cannot be resolved."""
