"""Doubts: what is possible in a bundle, and probably a slip. Each is a warning, and names what would be right."""

import math
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from app.bundle.anchoring import DocumentText
from app.bundle.matching import code_points
from app.bundle.numerals import NUMBER, SCALES, SHORT_SCALE, number
from app.model.dates import DateDraft, bounds
from app.model.figure import Value
from app.model.vocabularies import PassageType

_YEAR = re.compile(r"(?<!\d)(?:1\d{3}|20\d{2})(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_MONTH_OR_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(-\d\d)?")
_NUMBER = re.compile(rf"(?<![\d.,]){NUMBER.format('')}(?!\d|s\b)", re.IGNORECASE)
_RATIO = re.compile(rf"{NUMBER.format(1)}\s*(?:in|out of)\s(?:every\s)?{NUMBER.format(2)}(?!\d)", re.IGNORECASE)
_FRACTION = re.compile("half|halves|third|quarter|fifth|tenth|dozen|score|double|triple|twice", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")
"""Invisible characters that no script needs, unlike joiners and marks of direction."""
_ENDS = tuple(".!?…:;।。！？؟”’\"')]")


def doubtful_date(date: DateDraft, language: str, *, published: bool) -> str | None:
    """The doubt about a date whose EDTF its own words contradict, or whose EDTF is finer than they are."""
    words, edtf = date.text, date.edtf
    if not edtf:
        return None
    earliest, latest = bounds(edtf)
    months = _months(words, language)
    named = [
        f"the year {year}"
        for year in map(int, _YEAR.findall(words))  # `before 2017` can be `../2016`
        if (earliest and year < earliest.year - (not latest)) or (latest and year > latest.year + (not earliest))
    ]
    if earliest and latest:
        named += [f"month {month:02}" for month in months if not _has_month(earliest, latest, month)]
        days = [*map(int, _DAY.findall(words))]
        if months and days and earliest == latest and latest.day not in days:
            named.append(f"day {days[0]:02}")
    if named:
        return f"edtf '{edtf}' contradicts its text {words!r}, which names {' and '.join(named)}; correct one of them"
    finer = _MONTH_OR_DAY.match(edtf)
    numbers = len(re.findall(r"\d+", words))
    if finer and numbers < 2 and (published if months else published or words.isdigit()) and (finer[1] or not months):
        shown = edtf[: 7 if months else 4]
        return f"edtf '{edtf}' is finer than its text {words!r}; write '{shown}', or quote the words that give the rest"
    return None


def doubtful_value(value: Value) -> str | None:
    """The doubt about a value whose numbers are not those in its English words."""
    if _FRACTION.search(value.text):
        return None
    words = re.sub(r"\ba (?=hundred|thousand|\w{1,2}illion)", "one ", value.text)  # a million
    scales = {scale for scale in SCALES if len(scale) > SHORT_SCALE and scale in words.casefold()} - {"dozen"}
    given: set[float] = set()
    if value.unit == "percent" and (ratio := _RATIO.search(words)):  # one in five
        part, whole = (number(ratio[f"number{each}"], ratio[f"scale{each}"]) for each in (1, 2))
        given = {round(100 * part / whole, digits) for digits in range(3)} if whole else set()
        words = words.replace(ratio[0], "")
    for found in _NUMBER.finditer(words):
        numeral, scale = found["number"].casefold(), found["scale"]
        spoken = tuple(each for each in scales if each in numeral)
        if not spoken or not numeral.startswith(spoken):  # a few hundred
            own = {scale} if spoken or len(scale or "") > 1 else {None, scale, *scales}
            given |= {number(numeral, each) for each in own}
    wrong = [f"{bound:.12g}" for bound in {value.low, value.high} - {None} if not _is_in(bound, given)] if given else ()
    if not wrong:
        return None
    likely = " or ".join(f"{each:.12g}" for each in sorted(given))
    return f"{' and '.join(wrong)} is not in its text {value.text!r}; it gives {likely}, in whole units"


def doubtful_lines(text: DocumentText) -> Iterator[tuple[int, str]]:
    """Lines of a text with characters that nobody sees, and lines that end within a sentence."""
    for character in sorted({*_INVISIBLE.findall(text.text)}):
        line = text.text.count("\n", 0, text.text.index(character)) + 1
        yield line, f"contains {code_points(character)} ({text.text.count(character)}×), which is invisible; remove it"
    paragraphs = {
        number: text.text[passage.start : passage.end]
        for number, passage in text.passages.items()
        if passage.type == PassageType.PARAGRAPH
    }
    wrapped = [
        number
        for number, words in paragraphs.items()
        if not words.endswith(_ENDS) and paragraphs.get(number + 1, "")[:1].islower()
    ]
    if wrapped:
        yield wrapped[0], f"the sentence goes on in the next line ({len(wrapped)}×); write a paragraph in one line"


def _is_in(number: float | None, given: set[float]) -> bool:
    return number is not None and any(math.isclose(number, other) for other in given)


def _months(words: str, language: str) -> list[int]:
    """The months that words name, in full or abbreviated."""
    found = re.findall(r"[^\W\d_]{3,}", words.casefold())
    names = _month_names(language.split("-")[0])
    return sorted({month for word in found for name, month in names if name.startswith(word)})


@lru_cache(maxsize=100)
def _month_names(language: str) -> list[tuple[str, int]]:
    try:
        months = Locale(language).months
    except UnknownLocaleError:  # a language that CLDR does not have
        return []
    wide = (months[context]["wide"] for context in ("format", "stand-alone"))
    return [(name.casefold(), month) for names in wide for month, name in names.items()]


def _has_month(earliest: date, latest: date, month: int) -> bool:
    """True if some day of a month, in any year, lies between two days."""
    return (
        any(
            date(year, month, 1) <= latest and date(year, month, monthrange(year, month)[1]) >= earliest
            for year in {earliest.year, latest.year}
        )
        or latest.year - earliest.year > 1
    )
