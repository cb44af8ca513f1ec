"""Country codes: ISO 3166-1 alpha-2, and those of former countries in ISO 3166-3."""

import re
from functools import cache
from typing import Annotated, Any

import pycountry
from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_WRITTEN = ("alpha_2", "alpha_3", "name")
_FORMER = {
    "BU": "Burma",
    "DD": "East Germany",
    "SU": "Soviet Union",
    "VD": "North Vietnam",
    "YD": "South Yemen",
    "YU": "Yugoslavia",
    "ZR": "Zaire",
}
"""Former countries that ISO 3166-3 names at length, and CLDR not at all."""


def country_name(code: str) -> str:
    """The usual English name of a country by its code, from CLDR."""
    former = pycountry.historic_countries.get(alpha_2=code)
    return _present().get(code) or _FORMER.get(code) or (former.name if former else code)


def countries() -> dict[str, set[str]]:
    """The English names of each country, usual and formal, by its code."""
    found = {code: {name} for code, name in (_present() | _FORMER).items()}
    for country in pycountry.countries:
        formal = (getattr(country, field, country.name) for field in ("name", "official_name", "common_name"))
        found[country.alpha_2] |= {name for name in formal if "," not in name}
    return found


@cache
def _present() -> dict[str, str]:
    from babel import Locale

    territories = Locale("en").territories  # takes 40 ms to load
    return {country.alpha_2: territories[country.alpha_2] for country in pycountry.countries}


def _known(code: str) -> str:
    if not (pycountry.countries.get(alpha_2=code) or pycountry.historic_countries.get(alpha_2=code)):
        raise PydanticCustomError(
            "country",
            "'{code}' is not an ISO 3166-1 alpha-2 code; examples: KP, or SU for the Soviet Union",
            {"code": code},
        )
    return code


def _written_as_code(value: Any) -> Any:
    """Reject other notations, with the code of the country that they most likely mean: `kp`, `PRK`, `North Korea`."""
    if not isinstance(value, str) or re.fullmatch("[A-Z]{2}", value):
        return value
    names = [(getattr(each, field), each.alpha_2) for each in pycountry.countries for field in _WRITTEN]
    names += [(name, code) for code, name in _present().items()]
    similar = [(len(name), code) for name, code in names if name.lower().startswith(value.lower())]
    hint = f"; did you mean '{min(similar)[1]}'?" if similar and value else ", as KP"
    raise PydanticCustomError("country", "must be an ISO 3166-1 alpha-2 code{hint}", {"hint": hint})


Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$"), BeforeValidator(_written_as_code)]
"""Two capital letters, of a country or not."""
CountryCode = Annotated[Country, AfterValidator(_known)]
