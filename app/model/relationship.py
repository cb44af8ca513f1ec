"""Relationships: lasting ties between two actors."""

from typing import Generic

from pydantic import Field, computed_field
from sqlmodel import SQLModel

from app.model.columns import closed, foreign_key, record_key
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape
from app.model.vocabularies import SYMMETRIC, RelationshipStatus, RelationshipType


class Relationship(SQLModel, table=True):
    id: int = record_key()
    type: RelationshipType = closed(RelationshipType, index=True)
    subject_id: int = foreign_key("actor")
    object_id: int = foreign_key("actor")
    status: RelationshipStatus = closed(RelationshipStatus, index=True)


class RelationshipFields(Shape, Generic[R, D]):
    type: RelationshipType = Field(description="The type of relationship.", examples=["trade"])
    subject: R = Field(description="The actor that the relationship starts from.")
    object: R = Field(description="The actor that the relationship leads to.")
    period: D | None = Field(default=None, description="The time in which it existed; null if the text gives none.")
    status: RelationshipStatus = Field(description="Current, former or prospective.", examples=["current"])


class RelationshipDraft(RelationshipFields[Reference, DateDraft], RecordDraft):
    """A relationship in a bundle."""


class RelationshipPublic(Provenance, RelationshipFields[Ref, Date], Identity):
    """A lasting tie between two actors: trade, patronage, alliance, membership …"""

    @computed_field(description="True if subject and object are interchangeable.", examples=[True])  # type: ignore[prop-decorator]
    @property
    def symmetric(self) -> bool:
        return self.type in SYMMETRIC


def relationship_types(symmetric: bool) -> list[RelationshipType]:
    """The symmetric relationship types, or the others."""
    return [kind for kind in RelationshipType if (kind in SYMMETRIC) is symmetric]


RELATIONSHIP_KIND = Kind(
    name=KindName.RELATIONSHIP,
    plural="relationships",
    description="Lasting ties between two actors.",
    table=Relationship,
    public=RelationshipPublic,
    draft=RelationshipDraft,
    dated_by="period",
    schema_type="Role",
)
