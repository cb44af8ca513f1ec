"""CSV (RFC 4180): one row an item, flat, documented columns, safe to open in a spreadsheet.

    a scalar            as it is; true, false; empty for null
    a Ref               its id; `kind/id` where the field can refer to any kind
    an object           a column for each of its fields: `date.text`, `date.edtf` …
    a list              its items joined by `|`; a `|` or a backslash inside an item has a backslash before it
    a list of objects   JSON in one cell
    evidence            left out: `/evidence` has it

A spreadsheet would run a text that begins with `=`, `+`, `-`, `@`, a tab or a return: such a text, and one that begins
with an apostrophe, gets one apostrophe more before it. Take off one leading apostrophe to have the text back.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

import orjson
from pydantic import BaseModel

from app.model.shape import Ref

BOM = "\ufeff".encode()
"""Tells spreadsheets that the file is UTF-8."""
_LEFT_OUT = {"evidence"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True)
class Column:
    """A column: its heading, and how its cell is made from an item."""

    name: str
    cell: Callable[[dict[str, Any]], Any]


def rows(
    items: Iterable[bytes], shape: type[BaseModel], any_kind: frozenset[str], fields: Sequence[str]
) -> Iterator[bytes]:
    """The CSV of items that have a shape, the heading first; `fields` keeps those and what identifies an item."""
    columns = [
        column
        for name, annotation in _fields(shape)
        if name not in _LEFT_OUT and (not fields or name in fields or name in ("kind", "id", "url"))
        for column in _columns(name, annotation, name in any_kind)
    ]
    yield BOM + _line([column.name for column in columns])
    for item in items:
        content = orjson.loads(item)
        yield _line([_text(column.cell(content)) for column in columns])


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in shape.model_fields.items():
        yield name, field.annotation
    for name, computed in shape.model_computed_fields.items():
        yield name, computed.return_type


def _columns(name: str, annotation: Any, any_kind: bool) -> Iterator[Column]:
    inner = _optional(annotation)
    if get_origin(inner) is list:
        item = _optional(get_args(inner)[0])
        if _is_model(item) and item is not Ref:
            yield Column(name, lambda content: orjson.dumps(content[name]).decode() if content[name] else None)
        else:
            yield Column(name, lambda content: "|".join(_joinable(_ref(value, any_kind)) for value in content[name]))
    elif _is_model(inner) and inner is not Ref:
        for part, sub in _fields(inner):
            yield Column(f"{name}.{part}", _part(name, part, sub))
    else:
        yield Column(name, lambda content: _ref(content[name], any_kind))


def _part(name: str, part: str, annotation: Any) -> Callable[[dict[str, Any]], Any]:
    if get_origin(_optional(annotation)) is list:
        return lambda content: orjson.dumps(content[name][part]).decode() if content[name] else None
    return lambda content: content[name] and content[name][part]


def _ref(value: Any, any_kind: bool) -> Any:
    if isinstance(value, dict):
        return f"{value['kind']}/{value['id']}" if any_kind else value["id"]
    return value


def _joinable(value: Any) -> str:
    return str(value).replace("\\", "\\\\").replace("|", "\\|")


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


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
