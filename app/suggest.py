"""“Did you mean”: error messages that name the most similar valid value."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_MAX_LISTED = 12
"""Longer lists of choices are not shown."""
_MAX_SHOWN = 60
"""The maximum length of a value that an error shows."""


def hint(value: str, choices: Iterable[str]) -> str:
    """Suggest the most similar choice: `; did you mean 'x'?`. If none is similar, list the choices if they are few."""
    options = list(choices)
    found = process.extractOne(value, options, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.5)
    if found:
        return f"; did you mean '{found[0]}'?"
    return f"; valid are: {', '.join(options)}" if 0 < len(options) <= _MAX_LISTED else ""


def explain(error: ErrorDetails, annotation: Any) -> str:
    """Describe a Pydantic error, with the valid values. `annotation` is the type that was validated."""
    given, location = error["input"], error["loc"]
    match error["type"]:
        case "extra_forbidden":
            name = str(location[-1])
            fields = next((list(model.model_fields) for model in _models(_at(annotation, location[:-1]))), [])
            return f"there is no field '{name}'{hint(name, fields)}"
        case "missing":
            return "is missing"
        case "enum" | "literal_error":
            return f"'{_shown(given)}' is no valid term{hint(_shown(given), _terms(_at(annotation, location)))}"
        case _:
            quoted = repr(_shown(given)) if isinstance(given, str) else _shown(given)
            shown = f" (given: {quoted})" if isinstance(given, str | int | float | bool) else ""
            return f"{error['msg']}{shown}"


def _shown(value: Any) -> str:
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


def _terms(annotation: Any) -> Iterator[str]:
    """The values of the enums and literals in an annotation."""
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, Enum):
            yield from (str(member.value) for member in part)
        elif get_origin(part) is Literal:
            yield from map(str, get_args(part))


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation, and those inside it: `list[X | None]` has `X | None`, `X` and `None`."""
    yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)
