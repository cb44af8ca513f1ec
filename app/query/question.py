"""The parameters of a list, and of a record: one model each, which the docs and the SQL are made from."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.advice import hint
from app.model.record import Record, RecordTopic
from app.model.shape import Slug, TermName
from app.query.filters import OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, one_of

COMMA_SEPARATED = "x-comma-separated"
"""Marks in a parameter's schema that its items stand in one value, joined by commas."""
VOCABULARY = "x-vocabulary"
"""Marks in a parameter's schema the open vocabulary that its values are terms of."""


class Names:
    """A list of names in one value, joined by commas; the annotation of a `list[str]`."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._split, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {
            "items": {"type": "string", "enum": list(self.names)},
            "uniqueItems": True,
            "maxItems": len(self.names),
            COMMA_SEPARATED: True,
        }

    def _split(self, values: list[str]) -> list[str]:
        found = [name for value in values for name in value.split(",") if name]
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


Whole = Annotated[int, _as("[0-9]+", "must be a whole number, in digits")]
Day = Annotated[date, _as("[0-9]{4}-[0-9]{2}-[0-9]{2}", "must be a day, as YYYY-MM-DD")]


def sort_names(*keys: str) -> Names:
    """The sort keys of a list, each also descending, with a minus before it."""
    return Names(*(f"{sign}{key}" for key in keys for sign in ("", "-")))


def field_names(shape: type[BaseModel]) -> Names:
    """The top-level fields of a shape, as `fields` names them."""
    return Names(*shape.model_fields, *shape.model_computed_fields)


def term_of(vocabulary: str) -> Any:
    """The JSON Schema note that a parameter takes terms of an open vocabulary."""
    return {VOCABULARY: vocabulary}


class Question(BaseModel):
    """What every question has in common: unknown parameters are errors."""

    model_config = ConfigDict(extra="forbid")


class ListQuestion(Question):
    """The parameters that every list has."""

    limit: Whole = Field(default=50, ge=1, le=200, description="How many items to a page.")
    cursor: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Where the page begins: the `cursor` of a `next` link, taken as it is.",
    )


class RecordsQuestion(ListQuestion):
    """The parameters that every list of records has."""

    id: Annotated[list[Slug], one_of(Record.slug)] = Field(
        default=[], max_length=200, description="Only the records with these ids; repeat it to fetch a set."
    )
    document: Annotated[list[Slug], OF_DOCUMENT] = Field(
        default=[],
        max_length=50,
        description="Only records that this document introduced or gives evidence for.",
    )
    topic: Annotated[list[TermName], one_of(RecordTopic.topic)] = Field(
        default=[],
        max_length=50,
        description="Only records about this topic; repeat it for either.",
        json_schema_extra=term_of("topic"),
    )


class DatedQuestion(RecordsQuestion):
    """The parameters that every list of dated records has."""

    date_from: Annotated[Day | None, ON_OR_AFTER] = Field(
        default=None,
        description="Only records that may fall on this day or later: their dates overlap it, open ends included. "
        "Undated records are left out.",
    )
    date_to: Annotated[Day | None, ON_OR_BEFORE] = Field(
        default=None, description="Only records that may fall on this day or earlier; likewise."
    )
