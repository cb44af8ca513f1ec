"""Country codes: ISO 3166-1 alpha-2, and those of former countries in ISO 3166-3."""

from functools import cache
from typing import Annotated

import pycountry
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

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


CountryCode = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$"), AfterValidator(_known)]
