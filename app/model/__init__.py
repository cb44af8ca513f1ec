"""What an analysis is: one file per kind, tables and public shape together."""

from sqlmodel import SQLModel

from app.model import dataset, kinds, terms  # noqa: F401  (registers every table)

# A load replaces a document's rows while others point at them: references are checked at the commit.
for _table in SQLModel.metadata.tables.values():
    for _constraint in _table.foreign_key_constraints:
        _constraint.deferrable, _constraint.initially = True, "DEFERRED"
