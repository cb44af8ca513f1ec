"""Rows as JSON: each database row is laid out as a public shape.

A field `x` is read from the column `x`, a `Ref` from `x_kind`, `x_slug` and `x_name` (see `ref_columns`), and a nested
object from columns `x_…`. The object is null if its first column is. Other values are passed beside the row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, get_args

import orjson
from pydantic import BaseModel
from sqlalchemy import FromClause

from app.model.kinds import ref
from app.model.shape import Ref
from app.query.snapshot import Snapshot

_REF_COLUMNS = ("kind", "slug", "name")
Row = Any
"""A database row. Its columns are attributes."""
Items = Callable[[Snapshot, Sequence[Row]], list[bytes]]
"""Makes the JSON of items from rows."""
Computed = Callable[[Snapshot, Sequence[Row]], Iterable[Mapping[str, Any]]]
"""The fields of each row that no column holds."""


def ref_columns(field: str, record: FromClause) -> list[Any]:
    """The columns of the `Ref` in a field, from the row of its record."""
    return [record.c[name].label(f"{field}_{name}") for name in _REF_COLUMNS]


def to_json(shape: type[BaseModel], computed: Computed | None = None) -> Items:
    """A function that lays rows out as a shape, in JSON."""

    def items(snapshot: Snapshot, rows: Sequence[Row]) -> list[bytes]:
        extras = computed(snapshot, rows) if computed and rows else [{}] * len(rows)
        return [orjson.dumps(content(shape, row, extra)) for row, extra in zip(rows, extras, strict=True)]

    return items


def content(shape: type[BaseModel], row: Row, extra: Mapping[str, Any]) -> dict[str, Any]:
    """A row laid out as a shape. `extra` has the fields that no column holds."""
    return {name: extra[name] if name in extra else read(row) for name, read in _readers(shape, "")}


@cache
def _readers(shape: type[BaseModel], prefix: str) -> list[tuple[str, Callable[[Row], Any]]]:
    """The fields of a shape, each with the function that reads it from a row. Cached by shape and prefix."""
    return [(name, _reader(field.annotation, prefix + name)) for name, field in shape.model_fields.items()]


def _reader(annotation: Any, column: str) -> Callable[[Row], Any]:
    arguments = get_args(annotation)
    inner = arguments[0] if type(None) in arguments else annotation
    if inner is Ref:
        columns = attrgetter(*(f"{column}_{name}" for name in _REF_COLUMNS))
        return lambda row: None if (values := columns(row))[0] is None else ref(*values)
    if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        return attrgetter(column)
    readers = _readers(inner, f"{column}_")
    _, first = readers[0]
    return lambda row: None if first(row) is None else {name: read(row) for name, read in readers}
