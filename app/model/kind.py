"""What a kind of record is: the one description that loading, rendering, listing and the docs go by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import SQLModel

from app.model.record import Identity, RecordDraft
from app.model.shape import KindName


@dataclass(frozen=True)
class Kind:
    """A kind of record.

    Shapes and tables correspond by name. A field `x` of the public shape is kept in the column `x`; a `Ref` in
    `x_id`; a nested object in columns `x_…`; a date in `record_date`; a list in the rows of the table `parts["x"]`,
    by the same rules.
    """

    name: KindName
    plural: str
    table: type[SQLModel]
    public: type[Identity]
    draft: type[RecordDraft]
    parts: Mapping[str, type[SQLModel]] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)
    """Fields that count rows elsewhere: the column in which those rows name the record.

    A count that `record` has a column for is kept there, as later documents add to it.
    """
    dated_by: str | None = None
    """The field whose date dates the record."""
