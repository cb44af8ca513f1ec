"""The mapping of shapes to tables, by the naming rule of `Kind`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from app.model.dates import Date, DateDraft
from app.model.kinds import KINDS
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import KindName
from app.model.tables import table_of

_COMMON = frozenset({*Identity.model_fields, *Provenance.model_fields, *RecordDraft.model_fields})


@dataclass(frozen=True)
class Layout:
    """The tables and columns of the fields of a shape."""

    table: Table
    scalars: tuple[str, ...]
    references: Mapping[str, str]
    """Field to the table that the column `field_id` refers to."""
    dates: tuple[str, ...]
    nested: Mapping[str, type[BaseModel]]
    """Field to the shape stored in columns `field_…`."""
    parts: Mapping[str, "Layout"]
    """Field to the layout of the rows of its list."""
    bare: str | None = None
    """For a list of plain values or references, their column."""


def owner(table: Table) -> Column[int] | None:
    """The column that refers to the record to which a row belongs; None if the table has no such column."""
    for name in ("owner_id", "record_id", "id"):
        if name in table.c and target(table, name) == "record":
            return table.c[name]
    return None


@cache
def target(table: Table, column: str) -> str | None:
    """The table that a column refers to; None without a foreign key."""
    return next((key.column.table.name for key in table.c[column].foreign_keys), None)


@cache
def draft_layout(name: KindName) -> Layout:
    """The layout of the fields in a bundle."""
    kind = KINDS[name]
    return _layout(kind.draft, kind.table, kind.parts, skip=_COMMON)


@cache
def public_layout(name: KindName) -> Layout:
    """The layout of the public fields."""
    kind = KINDS[name]
    return _layout(kind.public, kind.table, kind.parts, skip=_COMMON | kind.counts.keys())


def any_kind_fields(name: KindName) -> frozenset[str]:
    """The fields that take references to any kind."""
    layout = public_layout(name)
    references = {field for field, table in layout.references.items() if table == "record"}
    lists = {f for f, part in layout.parts.items() if part.bare and target(part.table, part.bare) == "record"}
    return frozenset(references | lists)


def _layout(
    shape: type[BaseModel],
    model: type[SQLModel],
    parts: Mapping[str, type[SQLModel]],
    skip: frozenset[str] = frozenset(),
) -> Layout:
    table = table_of(model)
    scalars, references, dates, nested, lists = [], {}, [], {}, {}
    for name, field in shape.model_fields.items():
        if name in skip:
            continue
        inner = _inner(field.annotation)
        if name in parts:
            lists[name] = _part(inner, parts[name])
        elif name in table.c:
            scalars.append(name)
        elif inner in (Date, DateDraft):
            dates.append(name)
        elif (target_table := target(table, f"{name}_id") if f"{name}_id" in table.c else None) is not None:
            references[name] = target_table
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            nested[name] = inner
        else:
            raise TypeError(f"{shape.__name__}.{name} has no column in {table.name}")
    return Layout(table, tuple(scalars), references, tuple(dates), nested, lists)


def _part(item: Any, model: type[SQLModel]) -> Layout:
    table = table_of(model)
    bare = [c.name for c in table.c if c.name not in ("owner_id", "ordinal", "document_id")]
    if len(bare) == 1 and not (isinstance(item, type) and issubclass(item, BaseModel) and bare[0] in item.model_fields):
        return Layout(table, (), {}, (), {}, {}, bare=bare[0])
    return _layout(item, model, {})


def _inner(annotation: Any) -> Any:
    """The type inside `list[…]`, `… | None` and `Annotated[…]`."""
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    return _inner(arguments[0]) if arguments and get_origin(annotation) is not None else annotation
