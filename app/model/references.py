"""The columns in which records refer to records, and documents add to them; found from the tables themselves."""

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
"""Each column that refers to a record, after the column that says whose reference it is."""

ADDITIONS: tuple[tuple[Column[int], Column[int]], ...] = tuple(
    (table.c.document_id, table.c[name])
    for table in SQLModel.metadata.sorted_tables
    if "document_id" in table.c and table.name != "record"
    for name in ("owner_id", "record_id", "actor_id")
    if name in table.c
)
"""Each column in which a document adds to a record, after the column that says which document."""

KEPT_COUNTS: tuple[tuple[str, Column[int]], ...] = (
    ("evidence_count", EVIDENCE.c.record_id),
    *(
        (name, table_of(column.class_).c[column.key])
        for kind in KINDS.values()
        for name, column in kind.counts.items()
        if name in RECORD.c
    ),
)
"""Each column of `record` that counts what documents add to it, and the column in which the rows counted name it."""


def references_of(kind: Kind, *targets: str) -> list[tuple[Column[int], Column[int]]]:
    """The columns in which records of a kind refer to rows of the tables `targets`, each after its owner's."""
    tables = {table_of(model) for model in (kind.table, *kind.parts.values())}
    return [
        (found, column)
        for found, column in REFERENCES
        if column.table in tables and target(column.table, column.name) in targets
    ]
