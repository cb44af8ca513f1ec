"""“Did you mean”: error messages that name the most similar valid value."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, ErrorDetails, core_schema
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_MIN_SIMILARITY = 0.6
_MAX_LISTED = 40
"""Longer lists of choices are not shown."""
_MAX_SHOWN = 60
"""The maximum length of a value that an error shows."""
_MESSAGES = {
    "missing": "is missing",
    "string_too_short": "must not be empty",  # no type has another minimum
    "too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} items, and has {actual_length}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_pattern_mismatch": "has another form",
    "string": "must be text",
    "int": "must be a whole number",
    "float": "must be a number",
    "finite": "must be a finite number",
    "bool": "must be true or false",
    "date": "must be a day, as YYYY-MM-DD",
    "list": "must be a list",
    "model": "must be a mapping",
    "dict": "must be a mapping",
}
"""Messages for Pydantic's errors, by their type or its first word. Other errors have messages of this project."""


class Refused:
    """Annotates a type with the error message for values that it does not accept."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(
            handler(source), custom_error_type="refused", custom_error_message=self.message
        )


def hint(
    value: str,
    choices: Iterable[str],
    listed: int = _MAX_LISTED,
    meanings: Iterable[tuple[str, str]] = (),
    notes: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Suggest the most similar choice: `; did you mean 'x'?`. If none is similar, list up to `listed` choices.

    `meanings` has choices with words that describe them. Such a choice is also found by one of these words. `notes` has
    what is added to the suggestion of a choice.
    """
    options = list(choices)
    found = process.extractOne(
        value,
        options,
        scorer=DamerauLevenshtein.normalized_similarity,
        processor=lambda text: text.casefold().replace(" ", "_").replace("-", "_"),
        score_cutoff=_MIN_SIMILARITY,
    )
    similar = found[0] if found else next((each for each, meaning in meanings if _has_word(meaning, value)), None)
    if similar is not None:
        return f"; did you mean '{similar}'?{f' ({notes[similar]})' if notes.get(similar) else ''}"
    return f"; valid are: {', '.join(options)}" if 0 < len(options) <= listed else ""


def _has_word(meaning: str, value: str) -> bool:
    """True if one begins with the other: a word of a meaning, as “meet”, and the value, as `meeting`."""
    found, value = re.findall(r"\w{4,}", meaning.lower()), value.lower()
    return len(value) > 3 and any(word.startswith(value) or value.startswith(word) for word in found)


def explain(error: ErrorDetails, annotation: Any, *, defined: bool = False) -> str:
    """Describe a Pydantic error, with the valid values. `annotation` is the type that was validated.

    With `defined`, a suggested term has its definition.
    """
    given, location = error["input"], error["loc"]
    match error["type"]:
        case "extra_forbidden":
            name = str(location[-1])
            fields = next((list(model.model_fields) for model in _models(_at(annotation, location[:-1]))), [])
            return f"there is no field '{name}'{hint(name, fields)}"
        case "enum" | "literal_error":
            written = shown(given)
            terms = dict(_terms(_at(annotation, location)))
            similar = (
                hint(written, terms, meanings=terms.items(), notes=terms if defined else {})
                or "; /v1/vocabularies lists the terms"
            )
            return f"'{written}' is no valid term{similar}"
        case type_:
            quoted = repr(shown(given)) if isinstance(given, str) else shown(given)
            value = f" (given: {quoted})" if isinstance(given, str | int | float | bool) else ""
            if type_ == "string_type" and value and not isinstance(given, str):
                value += f'; put it in quotes: "{quoted}"'
            if type_ == "refused" and error["msg"].startswith("must be an id") and (slug := slug_of(shown(given))):
                value += f"; did you mean '{slug}'?"
            message = _MESSAGES.get(type_) or _MESSAGES.get(type_.partition("_")[0])
            return f"{message.format_map(error.get('ctx', {})) if message else error['msg']}{value}"


def slug_of(text: str) -> str:
    """The id that some words give: `north-korea` for `North Korea`, and for `actor/North Korea`."""
    letters = unicodedata.normalize("NFKD", text.rpartition("/")[2].lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", letters))


def shown(value: Any) -> str:
    """A value as an error shows it. Python does not write deeply nested values, nor integers of 4,300 digits."""
    match value:
        case str():
            return value[:_MAX_SHOWN]
        case None | float():
            return str(value)
        case int() if abs(value) < 10**_MAX_SHOWN:
            return str(value)
        case _:
            return "…"


def _at(annotation: Any, location: Iterable[int | str]) -> Any:
    """The type at an error's location. Indexes and keys are skipped: an item has the type of its list or mapping."""
    for step in location:
        fields = (model.model_fields[step] for model in _models(annotation) if step in model.model_fields)
        annotation = next((field.annotation for field in fields), annotation)
    return annotation


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models in an annotation."""
    return [part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]


def _terms(annotation: Any) -> Iterator[tuple[str, str]]:
    """The values of the enums and literals in an annotation, each with its meaning if it has one."""
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, StrEnum):
            yield from (
                (term.value, f"{getattr(term, 'label', '')}: {getattr(term, 'definition', '')}".strip(": "))
                for term in part
            )
        elif get_origin(part) is Literal:
            yield from ((str(term), "") for term in get_args(part))


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation, and those inside it: `list[X | None]` has `X | None`, `X` and `None`."""
    yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)
