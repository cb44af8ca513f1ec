"""Routes of relationships."""

from typing import Annotated

from app.api.parameters import DatedQuery, optional, several
from app.api.records import record_routers
from app.model.relationship import RELATIONSHIP_KIND, Relationship, relationship_types
from app.model.vocabularies import RelationshipStatus, RelationshipType
from app.query.filters import any_of, derived, linked, one_of
from app.query.parameters import Flag, Ids


class RelationshipsQuery(DatedQuery):
    """Lasting ties between two actors, sorted by the date on which they began."""

    type: Annotated[tuple[RelationshipType, ...], one_of(Relationship.type)] = several("Type of relationship.", 20)
    party: Annotated[Ids, any_of(linked(Relationship.subject_id), linked(Relationship.object_id))] = several(
        "Relationships with this actor as subject or object."
    )
    subject: Annotated[Ids, linked(Relationship.subject_id)] = several("Relationships with this actor as subject.")
    object: Annotated[Ids, linked(Relationship.object_id)] = several("Relationships with this actor as object.")
    status: Annotated[tuple[RelationshipStatus, ...], one_of(Relationship.status)] = several(
        "Status of the relationship when the document was written.", 3
    )
    symmetric: Annotated[Flag | None, derived(Relationship.type, relationship_types)] = optional(
        "`true`: relationships that are the same in both directions; `false`: all others."
    )


router, download = record_routers(RELATIONSHIP_KIND, RelationshipsQuery)
