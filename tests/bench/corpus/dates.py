"""Random dates in words and EDTF, over some decades and in every EDTF form that bundles allow."""

import calendar
from random import Random

FIRST, LAST = 1965, 2024
_SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
Wording = tuple[str, str | None]
"""A date as worded in a text, and its EDTF string, or None if it has none."""


def date(random: Random) -> Wording:
    """Draw a date; days, months, years and recent dates are frequent, other forms rare."""
    year = LAST - int(min(random.expovariate(1 / 12), LAST - FIRST))
    month = random.randint(1, 12)
    shape = random.random()
    if shape < 0.36:
        day = random.randint(1, calendar.monthrange(year, month)[1])
        return f"on {day} {calendar.month_name[month]} {year}", f"{year}-{month:02}-{day:02}"
    if shape < 0.62:
        return f"in {calendar.month_name[month]} {year}", f"{year}-{month:02}"
    if shape < 0.82:
        return f"in {year}", f"{year}"
    return _rare(random, year, month)


def _rare(random: Random, year: int, month: int) -> Wording:
    name = calendar.month_name[month]
    later = year + random.randint(1, 5)
    season = random.choice(list(_SEASONS))
    return random.choices(
        [
            (f"around {name} {year}", f"{year}-{month:02}~"),
            (f"in the {_SEASONS[season]} of {year}", f"{year}-{season}"),
            (f"since {year}", f"{year}/.."),
            (f"until {year}", f"../{year}"),
            (f"from {year} to {later}", f"{year}/{later}"),
            (f"about {year}", f"{year}~"),
            (f"perhaps in {year}", f"{year}?"),
            (f"possibly around {year}", f"{year}%"),
            (f"in the {year // 10 * 10}s", f"{year // 10}X"),
            ("in the last century", "19XX"),
            ("since then", None),
        ],
        [3, 3, 3, 2, 3, 1, 1, 0.5, 1, 0.2, 1],
    )[0]
