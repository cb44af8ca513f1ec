"""A kind of record: what loading, rendering, lists and documentation need to know about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import SQLModel

from app.model.record import Identity, RecordDraft
from app.model.shape import KindName


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    Shapes map to tables by name. A field `x` is stored in the column `x`; a `Ref` in `x_id`; a nested object in
    columns `x_…`; a date in `record_date`; a list in rows of the table `parts["x"]`, by the same rules.
    """

    name: KindName
    plural: str
    description: str
    """The records of the kind, in a sentence for the documentation."""
    table: type[SQLModel]
    public: type[Identity]
    draft: type[RecordDraft]
    parts: Mapping[str, type[SQLModel]] = field(default_factory=dict)
    unclaimed: frozenset[str] = frozenset()
    """Fields of a draft that need no quote, beside those of `app.model.claims`."""
    counts: Mapping[str, Any] = field(default_factory=dict)
    """Fields that count rows of another table, by the column of that table that refers to the record.

    A count that later documents can raise is kept in a column of `record`.
    """
    dated_by: str | None = None
    """The field with the date of the record; None: the kind is not in the timeline."""
    schema_type: str = "Thing"
    """The schema.org type of its records, for linked data."""
