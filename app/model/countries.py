"""Country codes: ISO 3166-1 alpha-2, and those of former countries in ISO 3166-3."""

from typing import Annotated

import pycountry
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError


def country_name(code: str) -> str | None:
    """The name of a present or former country by its code; None if ISO 3166 has no such code."""
    country = pycountry.countries.get(alpha_2=code) or pycountry.historic_countries.get(alpha_2=code)
    return country.name if country else None


def _known(code: str) -> str:
    if country_name(code) is None:
        raise PydanticCustomError(
            "country",
            "'{code}' is not an ISO 3166-1 alpha-2 code; examples: KP, or SU for the Soviet Union",
            {"code": code},
        )
    return code


CountryCode = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$"), AfterValidator(_known)]
