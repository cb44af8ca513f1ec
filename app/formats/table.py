r"""CSV (RFC 4180): one row per item, flat, with documented columns, safe to open in a spreadsheet.

    scalar              unchanged; `true`, `false`; empty for null
    Ref                 its id; `kind/id` if the field may refer to any kind
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
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, get_args, get_origin

import orjson
from pydantic import BaseModel

from app.model.shape import Ref
from app.query.fields import ALWAYS_SHOWN

BOM = "\ufeff".encode()
"""Tells spreadsheets that the file is UTF-8."""
Column = tuple[str, Callable[[Any], Any]]
"""A heading, and the function that makes the cell from an item."""
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


def rows(
    items: Iterable[bytes], shape: type[BaseModel], any_kind: Collection[str] = (), fields: Collection[str] = ()
) -> Iterator[bytes]:
    """The CSV lines of items with a shape, the heading first.

    `any_kind` names the fields whose Refs may be of any kind. `fields` selects columns, besides `ALWAYS_SHOWN`.
    """
    columns = [
        column
        for name, annotation in _fields(shape)
        if name != "evidence" and (not fields or name in fields or name in ALWAYS_SHOWN)
        for column in _columns(name, annotation, _member(name), any_kind)
    ]
    remaining = iter(items)
    first = list(islice(remaining, 1))  # an error is raised before the heading is sent
    yield BOM + _line([heading for heading, _ in columns])
    for content in map(orjson.loads, chain(first, remaining)):
        yield _line([_text(cell(content)) for _, cell in columns])


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    yield from ((name, field.annotation) for name, field in shape.model_fields.items())
    yield from ((name, computed.return_type) for name, computed in shape.model_computed_fields.items())


def _columns(name: str, annotation: Any, value: Callable[[Any], Any], any_kind: Collection[str]) -> Iterator[Column]:
    """The columns of a field. `value` reads the field from an item."""
    inner = _optional(annotation)
    ref = _any_ref if name in any_kind else _ref
    if get_origin(inner) is dict:
        yield name, lambda item: _json(value(item))
    elif get_origin(inner) is list:
        of_objects = _is_object(_optional(get_args(inner)[0]))
        yield name, lambda item: _json(value(item)) if of_objects else _joined(value(item), ref)
    elif _is_object(inner):
        for part, of_part in _fields(inner):
            yield from _columns(f"{name}.{part}", of_part, _member(part, value), any_kind)
    else:
        yield name, lambda item: ref(value(item))


def _member(name: str, of: Callable[[Any], Any] = lambda item: item) -> Callable[[Any], Any]:
    """A function that reads a member of the object that `of` reads. A member of None is None."""

    def member(item: Any) -> Any:
        holder = of(item)
        return None if holder is None else holder[name]

    return member


def _ref(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


def _any_ref(value: Any) -> Any:
    return f"{value['kind']}/{value['id']}" if isinstance(value, dict) else value


def _joined(values: Any, ref: Callable[[Any], Any]) -> str:
    return "|".join(str(ref(value)).replace("\\", "\\\\").replace("|", "\\|") for value in values or ())


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
