"""“Did you mean”: error messages that name the nearest valid value."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_MAX_LISTED = 12
"""Longer lists of choices are not written out."""


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """The choice most similar to `value`, or None if none is similar."""
    found = process.extractOne(value, list(choices), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.5)
    return found[0] if found else None


def hint(value: str, choices: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or the choices if none is similar and they are few."""
    options = list(choices)
    found = nearest(value, options)
    if found:
        return f"; did you mean '{found}'?"
    return f"; valid are: {', '.join(options)}" if 0 < len(options) <= _MAX_LISTED else ""


def explain(error: ErrorDetails, annotation: Any) -> str:
    """A message for a Pydantic error that also says what is valid. `annotation` is the type that was validated."""
    given, location = error["input"], error["loc"]
    match error["type"]:
        case "extra_forbidden":
            name = str(location[-1])
            fields = next((list(model.model_fields) for model in _models(_at(annotation, location[:-1]))), [])
            return f"there is no field '{name}'{hint(name, fields)}"
        case "missing":
            return "is missing"
        case "enum" | "literal_error":
            return f"'{given}' is no valid term{hint(str(given), _terms(_at(annotation, location)))}"
        case _:
            quoted = repr(given[:60]) if isinstance(given, str) else str(given)[:60]
            shown = f" (given: {quoted})" if isinstance(given, str | int | float | bool) else ""
            return f"{error['msg']}{shown}"


def _at(annotation: Any, location: Iterable[int | str]) -> Any:
    """The type at an error's location. Indexes and keys stay in the type of their list or mapping."""
    for step in location:
        fields = (model.model_fields[step] for model in _models(annotation) if step in model.model_fields)
        annotation = next((field.annotation for field in fields), annotation)
    return annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _terms(annotation: Any) -> Iterator[str]:
    """The values of the enums and literals that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for argument in get_args(annotation):
            yield from _terms(argument)
