"""The columns that refer to records, derived from the tables."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, CompoundSelect, String, cast, literal, select, union_all
from sqlmodel import SQLModel

from app.model.columns import CodePoints
from app.model.kinds import KINDS
from app.model.mapping import owner, public_layout, target
from app.model.tables import EVIDENCE, RECORD, RECORD_ACTOR, table_of

_OF_RECORDS = {"record", *(table_of(kind.table).name for kind in KINDS.values())}

REFERENCES: tuple[tuple[Column[int], Column[int]], ...] = tuple(
    (found, column)
    for table in SQLModel.metadata.sorted_tables
    if (found := owner(table)) is not None and table is not RECORD_ACTOR
    for column in table.c
    if column is not found and column.name != "document_id" and target(table, column.name) in _OF_RECORDS
)
"""Pairs of columns: the owner of a reference, and the reference. Without `record_actor`, which is derived."""


def _pointed() -> Iterator[tuple[Column[int], Column[int], ColumnElement[str]]]:
    """The owner of each reference, the reference, and its JSON Pointer in the owner's public JSON."""
    for name in KINDS:
        layout = public_layout(name)
        for field in layout.references:
            yield layout.table.c.id, layout.table.c[f"{field}_id"], literal(f"/{field}")
        for field, part in layout.parts.items():
            item = literal(f"/{field}/") + cast(part.table.c.ordinal, String)
            if part.value_column and part.value_target in _OF_RECORDS:
                yield part.table.c.owner_id, part.table.c[part.value_column], item
            for inner in part.references:
                yield part.table.c.owner_id, part.table.c[f"{inner}_id"], item + f"/{inner}"


def references() -> CompoundSelect[tuple[int, int, str]]:
    """All references: the keys of the referring record and of its target, and the JSON Pointer to the reference."""
    return union_all(
        *(
            select(found.label("record_id"), column.label("target_id"), CodePoints(pointer).label("pointer"))
            for found, column, pointer in _pointed()
        )
    )


ADDITIONS: tuple[tuple[Column[int], Column[int]], ...] = tuple(
    (table.c.document_id, table.c[name])
    for table in SQLModel.metadata.sorted_tables
    if "document_id" in table.c and table.name != "record"
    for name in ("owner_id", "record_id", "actor_id")
    if name in table.c
)
"""Pairs of columns: a document, and the record that it adds a row to."""

KEPT_COUNTS: tuple[tuple[str, Column[int]], ...] = (
    ("evidence_count", EVIDENCE.c.record_id),
    *(
        (name, table_of(column.class_).c[column.key])
        for kind in KINDS.values()
        for name, column in kind.counts.items()
        if name in RECORD.c
    ),
)
"""Columns of `record` that count rows of another table, and the column of that table that refers to the record."""
