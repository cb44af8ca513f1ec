"""The mapping of shapes to tables, by the naming rule of `Kind`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from app.model.dates import Date, DateDraft
from app.model.kinds import KINDS
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import KindName, Ref
from app.model.tables import table_of

_COMMON = frozenset({*Identity.model_fields, *Provenance.model_fields, *RecordDraft.model_fields})


@dataclass(frozen=True)
class Layout:
    """The tables and columns of the fields of a shape."""

    table: Table
    scalars: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    """By field, the table that the column `field_id` refers to."""
    nested: dict[str, type[BaseModel]] = field(default_factory=dict)
    """By field, the shape stored in columns `field_…`."""
    parts: dict[str, "Layout"] = field(default_factory=dict)
    """By field, the layout of the rows of a list."""
    value_column: str | None = None
    """The column of the items of a list, if they are plain values or references."""
    value_target: str | None = None
    """The table that this column refers to."""


def owner(table: Table) -> Column[int] | None:
    """The column of the record that a row belongs to; None if the rows belong to no record."""
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
    """The layout of a kind in a bundle."""
    kind = KINDS[name]
    return _layout(kind.draft, kind.table, kind.parts, skip=_COMMON)


@cache
def public_layout(name: KindName) -> Layout:
    """The layout of a kind in public."""
    kind = KINDS[name]
    return _layout(kind.public, kind.table, kind.parts, skip=_COMMON | kind.counts.keys())


def any_kind_fields(name: KindName) -> frozenset[str]:
    """The fields that can refer to records of any kind."""
    layout = public_layout(name)
    references = {field for field, table in layout.references.items() if table == "record"}
    lists = {field for field, part in layout.parts.items() if part.value_target == "record"}
    return frozenset(references | lists)


def _layout(
    shape: type[BaseModel], model: type[SQLModel], parts: Mapping[str, type[SQLModel]], skip: Collection[str] = ()
) -> Layout:
    table = table_of(model)
    layout = Layout(table)
    for name, info in shape.model_fields.items():
        inner = inner_type(info.annotation)
        if name in skip:
            continue
        if name in parts:
            layout.parts[name] = _part(inner, parts[name])
        elif name in table.c:
            layout.scalars.append(name)
        elif inner in (Date, DateDraft):
            layout.dates.append(name)
        elif f"{name}_id" in table.c and (referred := target(table, f"{name}_id")):
            layout.references[name] = referred
        elif _is_object(inner):
            layout.nested[name] = inner
        else:
            raise TypeError(f"{shape.__name__}.{name} has no column in {table.name}")
    return layout


def _part(item: Any, model: type[SQLModel]) -> Layout:
    if _is_object(item):
        return _layout(item, model, {})
    table = table_of(model)
    [column] = {*table.c.keys()} - {"owner_id", "ordinal", "document_id"}
    return Layout(table, value_column=column, value_target=target(table, column))


def _is_object(annotation: Any) -> bool:
    """True for a shape with columns of its own, which a reference is not."""
    return annotation is not Ref and isinstance(annotation, type) and issubclass(annotation, BaseModel)


def inner_type(annotation: Any) -> Any:
    """The type inside `list[…]`, `… | None` and `Annotated[…]`."""
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    return inner_type(arguments[0]) if arguments and get_origin(annotation) is not None else annotation
