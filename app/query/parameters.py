"""Types of query parameters, and the base classes of query models."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.model.shape import SLUG, SLUG_LENGTH, KindName
from app.suggest import Refused, hint


class Names:
    """Annotates a `tuple[str, ...]` of different names from a list."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        words = [f"{name[1:]}_descending" if name.startswith("-") else name for name in self.names]
        items = {"type": "string", "enum": list(self.names), "x-enum-varnames": [word.upper() for word in words]}
        return handler(schema) | {"items": items, "uniqueItems": True, "maxItems": len(self.names)}

    def _check(self, given: tuple[str, ...]) -> tuple[str, ...]:
        for name in given:
            if name not in self.names:
                key, _, direction = name.replace(" ", ":").lower().partition(":")  # `date desc` is `-date`
                similar = hint(f"-{key}" if direction.startswith("desc") else key, self.names)
                raise PydanticCustomError("name", "'{name}' is not valid here{hint}", {"name": name, "hint": similar})
            if given.count(name) > 1:
                raise PydanticCustomError("name", "'{name}' is given twice", {"name": name})
        return given


class FreeText:
    """Annotates the type of values that may contain commas: several are repeated, never separated by commas."""


def parts_of(field: FieldInfo) -> Callable[[str], list[str]] | None:
    """The function that splits a value of a parameter with several values; None if it takes one."""
    if get_origin(field.annotation) is not tuple:
        return None
    item, _ = get_args(field.annotation)
    return (lambda value: [value]) if FreeText in getattr(item, "__metadata__", ()) else lambda value: value.split(",")


def _matching(pattern: str, message: str) -> BeforeValidator:
    """Requires an exact notation: Pydantic alone would also accept ` 5`, `5.0` and `2022-03-22T00:00`."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise PydanticCustomError("notation", message)
        return value

    return BeforeValidator(check)


DIGITS = _matching("[0-9]+", "must be a whole number, in digits")
Number = Annotated[int, Field(ge=0, le=2**31 - 1), DIGITS]
Year = Annotated[int, Field(ge=1, le=9999), DIGITS]
Ordinal = Annotated[int, Field(ge=1, le=1_000_000), DIGITS]
Flag = Annotated[bool, _matching("true|false", "must be true or false")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), FreeText]
_ID = {"type": "string", "minLength": 1, "maxLength": SLUG_LENGTH, "pattern": SLUG}
_REFERENCE = {
    "type": "string",
    "maxLength": SLUG_LENGTH + 20,
    "pattern": f"^({'|'.join(KindName)})/{SLUG.strip('^$')}$",
}
# The database is needed to suggest an id, so the filters check the notation.
Ids = tuple[Annotated[str, WithJsonSchema(_ID)], ...]
References = tuple[Annotated[str, WithJsonSchema(_REFERENCE)], ...]
"""Records of any kind, as `kind/id`."""
Identifier = Annotated[
    str,
    StringConstraints(pattern="^[a-z0-9._-]+:[^,]+$", max_length=200),
    Refused("must be scheme:value, as wikidata:Q423"),
]
"""An identifier in an external scheme. No known scheme has values with commas."""

_NEARLY_A_DATE = re.compile("([0-9]{4})[-/. ]?(0?[1-9]|1[0-2])(?:[-/. ]?(0?[1-9]|[12][0-9]|3[01]))?(?![0-9])")
_DateNotation = Annotated[
    str, StringConstraints(pattern="^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$")
]


def _day_of(*, last: bool) -> BeforeValidator:
    """Reads a day, or the first or last day of a month or a year."""

    def day(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not re.fullmatch("[0-9]{4}(-[0-9]{2}){0,2}", value):
            found = _NEARLY_A_DATE.match(value)
            similar = (
                "; did you mean '" + "-".join(f"{part:>02}" for part in found.groups() if part) + "'?" if found else ""
            )
            message = "must be a day, a month or a year, as YYYY-MM-DD, YYYY-MM or YYYY{similar}"
            raise PydanticCustomError("notation", message, {"similar": similar})
        if len(value) == len("YYYY"):
            value += "-12" if last else "-01"
        year, month = int(value[:4]), int(value[5:7])
        if not year or not 1 <= month <= 12:
            message = "must have a year from 0001, a month from 01 to 12, and a day of that month"
            raise PydanticCustomError("calendar", message)
        days = monthrange(year, month)[1]
        if len(value) == len("YYYY-MM"):
            value += f"-{days}" if last else "-01"
        if not 1 <= int(value[8:]) <= days:
            message = "must have a day from 01 to {days} in {month}"
            raise PydanticCustomError("calendar", message, {"days": days, "month": value[:7]})
        return value

    return BeforeValidator(day, json_schema_input_type=_DateNotation)


FirstDay = Annotated[date, _day_of(last=False)]
"""A day, or the first day of a month or year."""
LastDay = Annotated[date, _day_of(last=True)]
"""A day, or the last day of a month or year."""


class BaseQuery(BaseModel):
    """The query parameters of an operation. Unknown parameters are errors."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    def is_quick(self) -> bool:
        """True if the response takes a bounded number of index lookups, however much data there is.

        Quick reads run in the event loop. All others run in a thread.
        """
        return False


class ListQuery(BaseQuery):
    """The parameters that every list has."""

    limit: Annotated[int, Field(ge=1, le=200), DIGITS] = Field(
        default=50, description="Maximum number of items per page.", examples=[10]
    )
    cursor: str | None = Field(
        default=None,
        min_length=1,
        max_length=4000,
        description="The beginning of the page: the `cursor` of a `next` link, unchanged.",
    )

    if TYPE_CHECKING:  # added to each list's model with the accepted names, where the list has them
        sort: tuple[str, ...] = ()
        facets: tuple[str, ...] = ()


class FileQuery(BaseQuery):
    """The parameters of every file that has a whole list."""

    limit: Ordinal | None = Field(default=None, description="Maximum number of rows; all without it.", examples=[100])

    if TYPE_CHECKING:  # added with the accepted names
        sort: tuple[str, ...] = ()
        fields: tuple[str, ...] = ()

    def is_quick(self) -> bool:
        """False: a file grows with the list."""
        return False
