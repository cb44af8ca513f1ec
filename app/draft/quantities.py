"""Quantities in an English text: the value, the relation and the unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.bundle.numerals import NUMBER, NUMERAL, number
from app.model.vocabularies import FigureRelation

_RELATIONS = {
    FigureRelation.ABOUT: "about|some|around|roughly|approximately|nearly|almost|close to"
    "|an estimated|estimated|circa|~",
    FigureRelation.MORE_THAN: "over|more than|above|exceeding|upwards of|in excess of",
    FigureRelation.AT_LEAST: "at least|no fewer than|no less than|not less than|a minimum of",
    FigureRelation.AT_MOST: "at most|up to|no more than|not more than|as much as|as many as|a maximum of",
    FigureRelation.LESS_THAN: "less than|fewer than|under|below",
}
_UNITS = {
    "countries": r"(?:member )?[Ss]tates|countries|nations|governments",
    "people": r"people|persons?|(?:\w+ )?workers?|soldiers?|troops|civilians?|refugees?|men|women|children|seafarers?"
    r"|sailors?|crew(?: members)?|citizens?|deaths|casualties|fighters|migrants?|students|employees|prisoners"
    r"|hostages|inhabitants|residents|members(?! [Ss]tates)",
    "organisations": "organi[sz]ations|companies|parties|firms|banks|institutions",
    "barrels_per_day": r"barrels (?:per|a) day",
    "barrels": "barrels",
    "tonnes": "(?:metric )?ton(?:ne)?s",
    "cubic_metres": "cubic met(?:re|er)s",
    "square_kilometres": "square kilomet(?:re|er)s|km²",
    "kilometres": r"kilomet(?:re|er)s|km\b",
    "megawatts": r"megawatts|MW\b",
    "percentage_points": "percentage points",
    "percent": r"%|per ?cent\b",
    "usd": "(?:US |American )?dollars",
    "eur": "euros",
    "gbp": "pounds(?: sterling)?",
    "rub": "rou?bles",
    "uah": "hryvnias?",
    "cny": "yuan",
    "jpy": "yen",
    "krw": "won",
    "sek": "kronor",
    "factor": "times (?:as|more|the|larger|higher)",
    "occurrences": "times|occasions",
    **{unit: f"{unit}?" for unit in ("hours", "days", "weeks", "months", "years", "decades", "votes", "seats")},
    "households": "households|families",
}
_CURRENCIES = {"US$": "usd", "$": "usd", "€": "eur", "£": "gbp", "¥": "jpy"}
_ONE = rf"(?P<currency{{0}}>US\$|[$€£¥])?\s?{NUMBER}(?P<sign{{0}}>\s?%)?"
_QUANTITY = re.compile(
    rf"(?:\b(?P<relation>{'|'.join(f'(?:{words})' for words in _RELATIONS.values())})\s(?:the\s)?)?"
    rf"(?:\b(?P<range>between|from)\s)?(?<![\w.,/-]){_ONE.format(1)}"
    rf"(?:\s?(?:and|to|[-–])\s?{_ONE.format(2)})?"
    r"(?P<tail>\sor\s(?:more|less|fewer))?(?![\w-])",
    re.IGNORECASE,
)
_UNIT = re.compile(
    "(?P<between>(?:(?!(?:an?|per|each|every|of|in|to|and|or) )[a-zA-Z][\\w’-]* ){0,2}?)(?:"
    + "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items())
    + r")(?!\w)"
)
_NOUN = re.compile(r"\s(?:(?!of|in|on|at|to|and|or|for|from|with|by)[a-z-]+\s){0,2}?(?P<noun>[a-z]{3,}s)\b")
_PARTS = {"half": 50, "third": 100 / 3, "thirds": 200 / 3, "quarter": 25, "quarters": 75, "majority": 50}
_PART = re.compile(
    rf"(?:\b(?P<relation>{'|'.join(_RELATIONS.values())})\s)?\b"
    r"(?:a |one |two |two-|three |three-|the (?:vast |large |great )?)?"
    r"(?P<part>half|thirds?|quarters?|majority)\s(?:of\s|the\s)(?:it|them|the|its|all|that|this|\w+)",
    re.IGNORECASE,
)
_FACTOR = re.compile(rf"\b(?:by )?a factor of (?P<factor>[\d.]+|{NUMERAL})|\b(?P<fold>[\d.]+|{NUMERAL})-?fold\b")
_REFERENCE = re.compile(
    r"(?:\b[A-Z][\w-]*\.?|\b(?:no|paragraphs?|resolutions?|articles?|pages?|sections?)\.?|[#[])\s?$"
)


@dataclass(frozen=True)
class FoundQuantity:
    """A quantity: its offsets, its bounds, its relation, and its unit with the noun for which it stands."""

    start: int
    end: int
    low: float | None
    high: float | None
    relation: FigureRelation
    unit: str
    noun: str | None = None


def quantities(text: str) -> Iterator[FoundQuantity]:
    """The quantities in a passage whose white space is all U+0020, and whose dates and notes are blank."""
    taken: list[tuple[int, int]] = []
    for found in (*_FACTOR.finditer(text), *_PART.finditer(text), *_QUANTITY.finditer(text)):
        quantity = _read(text, found)
        if quantity and not any(quantity.start < end and start < quantity.end for start, end in taken):
            taken.append((quantity.start, quantity.end))
            yield quantity


def _read(text: str, found: re.Match[str]) -> FoundQuantity | None:
    groups = found.groupdict()
    if "fold" in groups:
        factor = number(groups["factor"] or groups["fold"], None)
        return FoundQuantity(*found.span(), factor, factor, FigureRelation.EXACTLY, "factor")
    if part := groups.get("part"):
        relation = FigureRelation.MORE_THAN if part.lower() == "majority" else _relation(groups["relation"])
        value = round(_PARTS[part.lower()], 1)
        return FoundQuantity(found.start(), found.end(), *_bounds(relation, value), relation, "percent")
    start, end = found.end() - len(found[0].lstrip()), found.end()
    relation = _relation(found["relation"])
    if found["tail"]:
        relation = FigureRelation.AT_LEAST if found["tail"].endswith("more") else FigureRelation.AT_MOST
    low = number(found["number1"], found["scale1"] or found["scale2"])
    second = number(found["number2"], found["scale2"]) if found["number2"] else None
    if second is not None and not found["scale1"] and low > second:
        low = number(found["number1"], None)
    is_range = second is not None and low < second and bool(found["range"] or not found["number1"].isalpha())
    if second is not None and not is_range:
        second, end = None, found.end("sign1") if found["sign1"] else found.end("number1")
    unit, noun, end = _unit(text, found, end)
    explicit = relation != FigureRelation.EXACTLY or is_range
    small = not re.search(r"\d", found["number1"]) and low < 10
    if not explicit and (
        not unit
        or (not found["currency1"] and _REFERENCE.search(text[:start]))
        or (small and (low < 3 or unit == "items"))
    ):
        return None
    values = (low, second) if is_range else _bounds(relation, low)
    end = start + len(text[start:end].rstrip())
    return FoundQuantity(start, end, *values, FigureRelation.BETWEEN if is_range else relation, unit or "items", noun)


def _unit(text: str, found: re.Match[str], end: int) -> tuple[str, str | None, int]:
    """The unit of a number, the noun if it is a count of other things, and the offset after them."""
    if found["sign1"] or (found["sign2"] and found["number2"]):
        return "percent", None, end
    if found["currency1"]:
        return _CURRENCIES[found["currency1"].upper()], None, end
    at = end + (text[end : end + 1] in (" ", "-"))
    if (text[end - 1 : end] == " " or text[end : end + 1] in (" ", "%")) and (unit := _UNIT.match(text, at)):
        return unit.lastgroup or "items", None, unit.end()
    if noun := _NOUN.match(text, end - (text[end - 1] == " ")):
        return "items", noun["noun"], noun.end()
    return "", None, end


def _relation(words: str | None) -> FigureRelation:
    found = (each for each, form in _RELATIONS.items() if words and re.fullmatch(form, words, re.IGNORECASE))
    return next(found, FigureRelation.EXACTLY)


def _bounds(relation: FigureRelation, value: float) -> tuple[float | None, float | None]:
    """The lowest and the highest value of a single number."""
    at_most = relation in (FigureRelation.AT_MOST, FigureRelation.LESS_THAN)
    at_least = relation in (FigureRelation.AT_LEAST, FigureRelation.MORE_THAN)
    return None if at_most else value, None if at_least else value
