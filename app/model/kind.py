"""A kind of record: everything that loading, rendering, lists and documentation need to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select
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
    """A sentence for the documentation: what the records of the kind are."""
    table: type[SQLModel]
    public: type[Identity]
    draft: type[RecordDraft]
    parts: Mapping[str, type[SQLModel]] = field(default_factory=dict)
    unclaimed: frozenset[str] = frozenset()
    """Fields of a draft that need no quote, beside those of `app.model.claims`."""
    counts: Mapping[str, Any] = field(default_factory=dict)
    """Fields that count rows of another table, each with the column of that table which refers to the record.

    A count that later documents add to has a column in `record`.
    """
    dated_by: str | None = None
    """The field whose date dates the record; None keeps the kind out of the timeline."""
    edges: tuple[Select[Any], ...] = ()
    """The edges that its records draw in the graph, made by `app.model.edges`."""
    schema_type: str = "Thing"
    """The type of schema.org that its records are in linked data."""
