r"""CSV (RFC 4180): one row per item, flat, with documented columns, safe to open in a spreadsheet.

    scalar              unchanged; `true`, `false`; empty for null
    Ref                 its id, `kind/id` if the field may refer to any kind; beside it, in `field.name`, its name
    object              one column per field, by these rules: `date.text`, `date.edtf` …; all empty for null
    list                items joined by `|`; `|` and backslash inside an item are preceded by a backslash
    list of objects     JSON in one cell, as for a map; beside it, in `field.part.name`, the names of the Refs in them
    evidence            left out: `/evidence` has it, in a table of its own

A spreadsheet executes a text that begins with `=`, `+`, `-` or `@` (also full-width), a tab or a line break. An
apostrophe is put before such a text, and before one that begins with an apostrophe. To restore any text, remove one
leading apostrophe. Numbers are never changed, so they may begin with a minus.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

import orjson
from pydantic import BaseModel

from app.model.shape import Ref

MEDIA_TYPE = "text/csv"
ALWAYS_SHOWN = ("kind", "id", "url")
"""The fields that identify an item and are never left out."""
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")

Path = tuple[str, ...]
"""The names of members, from the outermost."""


@dataclass(frozen=True)
class Column:
    """A column, with the place of its values in an item."""

    heading: str
    path: Path
    form: Literal["value", "key", "json"] = "value"
    """`key`: the value is a Ref, shown as `kind/id`. `json`: it is a list of objects, or a map."""
    each: Path | None = None
    """For a list, the path inside each of its items."""


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
    shown = [column for column in columns(shape, any_kind) if not fields or column.path[0] in (*fields, *ALWAYS_SHOWN)]
    remaining = iter(items)
    first = list(islice(remaining, 1))  # an error is raised before the heading is sent
    headings = (column.heading.partition(".") for column in shown)
    yield _line([renamed.get(name, name) + dot + rest for name, dot, rest in headings])
    for content in map(orjson.loads, chain(first, remaining)):
        yield _line([_cell(column, content) for column in shown])


def columns(shape: type[BaseModel], any_kind: Collection[str] = ()) -> Iterator[Column]:
    """The columns of items with a shape."""
    for name, annotation in _fields(shape):
        if name != "evidence":
            yield from _columns((name,), annotation, any_kind)


def field_names(shape: type[BaseModel]) -> list[str]:
    """The fields of a shape that have columns."""
    return [name for name, _ in _fields(shape) if name != "evidence"]


def _fields(shape: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    yield from ((name, field.annotation) for name, field in shape.model_fields.items())
    yield from ((name, computed.return_type) for name, computed in shape.model_computed_fields.items())


def _columns(path: Path, annotation: Any, any_kind: Collection[str]) -> Iterator[Column]:
    heading = ".".join(path)
    inner = _optional(annotation)
    of_list: Any = _optional(get_args(inner)[0]) if get_origin(inner) is list else None
    of_any_kind = path[-1] in any_kind
    if get_origin(inner) is dict:
        yield Column(heading, path, "json")
    elif _is_object(of_list):
        yield Column(heading, path, "json")
        for part in (part for part, of_part in _fields(of_list) if _optional(of_part) is Ref):
            yield Column(f"{heading}.{part}.name", path, each=(part, "name"))
    elif of_list is Ref:
        yield Column(heading, path, "key", ()) if of_any_kind else Column(heading, path, each=("id",))
        yield Column(f"{heading}.name", path, each=("name",))
    elif of_list:
        yield Column(heading, path, each=())
    elif inner is Ref:
        yield Column(heading, path, "key") if of_any_kind else Column(heading, (*path, "id"))
        yield Column(f"{heading}.name", (*path, "name"))
    elif _is_object(inner):
        for part, of_part in _fields(inner):
            yield from _columns((*path, part), of_part, any_kind)
    else:
        yield Column(heading, path)


def _cell(column: Column, item: Any) -> Any:
    value = _member(item, column.path)
    if column.form == "json":
        return orjson.dumps(value).decode() if value else ""
    if column.each is None:
        return _text(_key(value) if column.form == "key" else value)
    found = (_member(each, column.each) for each in value or ())
    texts = (_key(each) if column.form == "key" else each for each in found)
    return _text("|".join(str(text).replace("\\", "\\\\").replace("|", "\\|") for text in texts if text is not None))


def _member(item: Any, path: Path) -> Any:
    """The value at a path. A member of None is None."""
    for name in path:
        item = None if item is None else item[name]
    return item


def _key(ref: dict[str, str] | None) -> str | None:
    return f"{ref['kind']}/{ref['id']}" if ref else None


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
