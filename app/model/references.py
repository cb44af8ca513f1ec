"""The columns that refer to records, derived from the tables."""

from sqlalchemy import Column
from sqlmodel import SQLModel

from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.mapping import owner, target
from app.model.tables import EVIDENCE, RECORD, table_of

_OF_RECORDS = {"record", *(table_of(kind.table).name for kind in KINDS.values())}

REFERENCES: tuple[tuple[Column[int], Column[int]], ...] = tuple(
    (found, column)
    for table in SQLModel.metadata.sorted_tables
    if (found := owner(table)) is not None
    for column in table.c
    if column is not found and column.name != "document_id" and target(table, column.name) in _OF_RECORDS
)
"""Pairs of columns: the owner of a reference, and the reference."""

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


def references_of(kind: Kind, *targets: str) -> list[tuple[Column[int], Column[int]]]:
    """The references of a kind to the tables `targets`, as pairs like those of `REFERENCES`."""
    tables = {table_of(model) for model in (kind.table, *kind.parts.values())}
    return [
        (found, column)
        for found, column in REFERENCES
        if column.table in tables and target(column.table, column.name) in targets
    ]
