"""Lists of the references to a record."""

from typing import Annotated

from pydantic import Field

from app.api.parameters import several
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.references import references as all_references
from app.model.shape import KindName, Ref, Shape
from app.model.tables import RECORD
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.parameters import ListQuery
from app.query.rows import ref_columns


class RecordReference(Shape):
    """A reference from one record to another."""

    record: Ref = Field(description="The record that refers to this one.")
    pointer: str = Field(
        description="JSON Pointer (RFC 6901) to the reference in the JSON of that record.",
        examples=["/participants/0/actor"],
    )


class ReferencesQuery(ListQuery):
    """The parameters of the references to a record."""

    kind: Annotated[tuple[KindName, ...], one_of(Record.kind)] = several("Kind of the referring record.", len(KINDS))


_FOUND = all_references().subquery("reference")


def references(key: int) -> Listing:
    """The list of the references to the record with this key."""
    return Listing(
        source=_FOUND.join(RECORD, RECORD.c.id == _FOUND.c.record_id),
        where=(_FOUND.c.target_id == key,),
        columns=(_FOUND.c.pointer, *ref_columns("record", RECORD)),
        keys=(SortKey("kind", RECORD.c.kind),),
        tie=(RECORD.c.slug, _FOUND.c.pointer),
        shape=RecordReference,
        any_kind=frozenset({"record"}),
    )
