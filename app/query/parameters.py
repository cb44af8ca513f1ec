"""The parameters of a list, and of a record: one model each, which the docs and the SQL are made from."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.model.record import Record, RecordTopic
from app.model.shape import SLUG, SLUG_LENGTH, KindName, Slug, TermName
from app.query.filters import IN_PASSAGE, OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, SINCE_REVISION, one_of
from app.query.search import MATCHES
from app.suggest import hint

COMMA_SEPARATED = "x-comma-separated"
"""Marks in a parameter's schema that its items stand in one value, joined by commas."""
VOCABULARY = "x-vocabulary"
"""Marks in a parameter's schema the open vocabulary that its values are terms of."""


class Names:
    """A list of names in one value, joined by commas; the annotation of a `tuple[str, ...]`."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._split, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {
            "items": {"type": "string", "enum": list(self.names)},
            "uniqueItems": True,
            "minItems": 1,
            "maxItems": len(self.names),
            COMMA_SEPARATED: True,
        }

    def _split(self, value: str) -> list[str]:
        found = value.split(",")
        for name in found:
            if name not in self.names:
                raise PydanticCustomError(
                    "name", "'{name}' cannot stand here{hint}", {"name": name, "hint": hint(name, self.names)}
                )
            if found.count(name) > 1:
                raise PydanticCustomError("name", "'{name}' is named more than once", {"name": name})
        return found


def _as(pattern: str, message: str) -> BeforeValidator:
    """A value must be written so; Pydantic alone would also read ` 5`, `5.0` and `2022-03-22T00:00`."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise PydanticCustomError("written", message)
        return value

    return BeforeValidator(check)


DIGITS = _as("[0-9]+", "must be a whole number, in digits")
Number = Annotated[int, Field(ge=0, le=2**31 - 1), DIGITS]
Year = Annotated[int, Field(ge=1, le=9999), DIGITS]
Ordinal = Annotated[int, Field(ge=1, le=1_000_000), DIGITS]
Flag = Annotated[bool, _as("true|false", "must be true or false")]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
AnyReference = Annotated[
    str, StringConstraints(pattern=f"^({'|'.join(KindName)})/{SLUG.strip('^$')}$", max_length=SLUG_LENGTH + 20)
]
"""A record of any kind, as `kind/id`."""
Day = Annotated[date, _as("[0-9]{4}-[0-9]{2}-[0-9]{2}", "must be a day, as YYYY-MM-DD")]


_UNFILTERED = {"limit", "cursor", "format", "sort", "fields"}


def sort_names(*keys: str) -> Names:
    """The sort keys of a list, each also descending, with a minus before it."""
    return Names(*(f"{sign}{key}" for key in keys for sign in ("", "-")))


def field_names(shape: type[BaseModel]) -> Names:
    """The top-level fields of a shape, as `fields` names them."""
    return Names(*shape.model_fields, *shape.model_computed_fields)


def facet_names(*names: str) -> Names:
    """The facets of a list: the filters whose values can be counted, and those that every list has."""
    return Names(*names, "actor", "topic", "document")


def term_of(vocabulary: str) -> Any:
    """The JSON Schema note that a parameter takes terms of an open vocabulary."""
    return {VOCABULARY: vocabulary}


SEARCHED = (
    "Words that names, aliases, summaries and quotes must have, in any of their English forms, diacritics aside; "
    "in double quotes as a phrase, with `-` before to exclude, with `*` after as a beginning. It filters only: "
    "`/v1/search` ranks."
)


class BaseQuery(BaseModel):
    """What every question has in common: unknown parameters are errors."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    def is_quick(self) -> bool:
        """Whether an index leads to the answer, however much there is: the event loop then waits for it."""
        return True


class ListQuery(BaseQuery):
    """The parameters that every list has."""

    limit: Annotated[int, Field(ge=1, le=200), DIGITS] = Field(
        default=50, description="How many items to a page; in CSV and JSON Lines, how many at most."
    )
    cursor: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Where the page begins: the `cursor` of a `next` link, taken as it is.",
    )

    def is_quick(self) -> bool:
        """Whether nothing is filtered or counted, and one key is all that the list is sorted by."""
        return self.model_fields_set <= _UNFILTERED and len(getattr(self, "sort", ())) <= 1


class FormatQuery(ListQuery):
    """The parameters of a list that can be taken away whole."""

    format: Literal["json", "csv", "jsonl"] | None = Field(
        default=None,
        description="`csv` (for spreadsheets and pandas) and `jsonl` (one record a line) send every item of the "
        "filtered list, up to `limit` if it is given; it beats `Accept`.",
    )


class RecordsQuery(FormatQuery):
    """The parameters that every list of records has."""

    id: Annotated[tuple[Slug, ...], one_of(Record.slug)] = Field(
        default=(), max_length=200, description="Only the records with these ids; repeat it to fetch a set."
    )
    document: Annotated[tuple[Slug, ...], OF_DOCUMENT] = Field(
        default=(),
        max_length=50,
        description="Only records that this document introduced or gives evidence for.",
    )
    passage: Annotated[tuple[Number, ...], IN_PASSAGE] = Field(
        default=(),
        max_length=50,
        description="Only records that a passage with this number supports: of `document`, where it is given.",
    )
    topic: Annotated[tuple[TermName, ...], one_of(RecordTopic.topic)] = Field(
        default=(),
        max_length=50,
        description="Only records about this topic; repeat it for either.",
        json_schema_extra=term_of("topic"),
    )
    revision_from: Annotated[Number | None, SINCE_REVISION] = Field(
        default=None, description="Only records whose JSON changed in this revision or later."
    )
    q: Annotated[str | None, MATCHES] = Field(default=None, min_length=1, max_length=200, description=SEARCHED)


class DatedQuery(RecordsQuery):
    """The parameters that every list of dated records has."""

    date_from: Annotated[Day | None, ON_OR_AFTER] = Field(
        default=None,
        description="Only records that may fall on this day or later: their dates overlap it, open ends included. "
        "Undated records are left out.",
    )
    date_to: Annotated[Day | None, ON_OR_BEFORE] = Field(
        default=None, description="Only records that may fall on this day or earlier; likewise."
    )
