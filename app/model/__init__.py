"""The data model: one file per kind, with its tables and its public shape."""

from sqlmodel import SQLModel

from app.model import completion, dataset, kinds, terms  # noqa: F401  (registers every table)

# A load replaces rows while others refer to them, so references are checked at the commit.
for _table in SQLModel.metadata.tables.values():
    for _constraint in _table.foreign_key_constraints:
        _constraint.deferrable, _constraint.initially = True, "DEFERRED"
