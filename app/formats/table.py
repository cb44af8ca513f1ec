r"""CSV (RFC 4180): one row per item, flat, with documented columns, safe to open in a spreadsheet.

    scalar              unchanged; `true`, `false`; empty for null
    Ref                 its id, `kind/id` if the field may refer to any kind; beside it, in `field.name`, its name
    object              one column per field, by these rules: `date.text`, `date.edtf` …; all empty for null
    list                items joined by `|`; `|` and backslash inside an item are preceded by a backslash
    list of objects     JSON in one cell, as for a map; empty if there are none
    evidence            left out: `/evidence` has it, in a table of its own

A spreadsheet executes a text that begins with `=`, `+`, `-` or `@` (also full-width), a tab or a line break. An
apostrophe is put before such a text, and before one that begins with an apostrophe. To restore any text, remove one
leading apostrophe. Numbers are never changed, so they may begin with a minus.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import itemgetter
from types import MappingProxyType
from typing import Any, get_args, get_origin

import orjson
from pydantic import BaseModel

from app.model.shape import Ref

MEDIA_TYPE = "text/csv"
ALWAYS_SHOWN = ("kind", "id", "url")
"""The fields that identify an item and are never left out."""
Column = tuple[str, Callable[[Any], Any]]
"""A heading, and the function that makes the cell from an item."""
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


def rows(
    items: Iterable[bytes],
    shape: type[BaseModel],
    any_kind: Collection[str] = (),
    fields: Collection[str] = (),
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[bytes]:
    """The CSV lines of items with a shape, the heading first.

    `any_kind` names the fields whose Refs may be of any kind. `fields` selects fields, besides `ALWAYS_SHOWN`.
    `renamed` has other headings for fields.
    """
    columns = [
        column
        for name, annotation in _fields(shape)
        if name in field_names(shape) and (not fields or name in fields or name in ALWAYS_SHOWN)
        for column in _columns(renamed.get(name, name), annotation, _member(name), any_kind)
    ]
    remaining = iter(items)
    first = list(islice(remaining, 1))  # an error is raised before the heading is sent
    yield _line([heading for heading, _ in columns])
    for content in map(orjson.loads, chain(first, remaining)):
        yield _line([_text(cell(content)) for _, cell in columns])


def field_names(shape: type[BaseModel]) -> list[str]:
    """The fields of a shape that have columns."""
    return [name for name, _ in _fields(shape) if name != "evidence"]


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    yield from ((name, field.annotation) for name, field in shape.model_fields.items())
    yield from ((name, computed.return_type) for name, computed in shape.model_computed_fields.items())


def _columns(name: str, annotation: Any, value: Callable[[Any], Any], any_kind: Collection[str]) -> Iterator[Column]:
    """The columns of a field. `value` reads the field from an item."""
    inner = _optional(annotation)
    of_list = _optional(get_args(inner)[0]) if get_origin(inner) is list else None
    ref = _any_ref if name in any_kind else _ref
    if get_origin(inner) is dict or _is_object(of_list):
        yield name, lambda item: _json(value(item))
    elif of_list is Ref:
        yield name, lambda item: _joined(value(item), ref)
        yield f"{name}.name", lambda item: _joined(value(item), itemgetter("name"))
    elif of_list:
        yield name, lambda item: _joined(value(item))
    elif inner is Ref:
        yield name, lambda item: (found := value(item)) and ref(found)
        yield f"{name}.name", _member("name", value)
    elif _is_object(inner):
        for part, of_part in _fields(inner):
            yield from _columns(f"{name}.{part}", of_part, _member(part, value), any_kind)
    else:
        yield name, value


def _member(name: str, of: Callable[[Any], Any] = lambda item: item) -> Callable[[Any], Any]:
    """A function that reads a member of the object that `of` reads. A member of None is None."""

    def member(item: Any) -> Any:
        holder = of(item)
        return None if holder is None else holder[name]

    return member


def _ref(value: dict[str, str]) -> str:
    return value["id"]


def _any_ref(value: dict[str, str]) -> str:
    return f"{value['kind']}/{value['id']}"


def _joined(values: Iterable[Any] | None, read: Callable[[Any], str] = str) -> str:
    return "|".join(read(value).replace("\\", "\\\\").replace("|", "\\|") for value in values or ())


def _json(value: Any) -> str | None:
    return orjson.dumps(value).decode() if value else None


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return "'" + value
    return value


def _line(cells: Sequence[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()


def _optional(annotation: Any) -> Any:
    """The type in `… | None`."""
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    return arguments[0] if len(arguments) == 1 and get_origin(annotation) is not list else annotation


def _is_object(annotation: Any) -> bool:
    """True for an object with columns of its own: not a Ref, not a scalar."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation is not Ref
