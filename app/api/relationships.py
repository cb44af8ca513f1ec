"""Routes of relationships."""

from typing import Annotated

from app.api.parameters import DatedQuery, maybe, several
from app.api.records import record_router
from app.model.relationship import RELATIONSHIP_KIND, Relationship, types_of
from app.model.vocabularies import RelationshipStatus, RelationshipType
from app.query.filters import derived, linked, one_of
from app.query.parameters import Flag, Ids


class RelationshipsQuery(DatedQuery):
    """The parameters of the list of relationships."""

    type: Annotated[tuple[RelationshipType, ...], one_of(Relationship.type)] = several("Type of relationship.", 20)
    subject: Annotated[Ids, linked(Relationship.subject_id)] = several("Relationships with this actor as subject.")
    object: Annotated[Ids, linked(Relationship.object_id)] = several("Relationships with this actor as object.")
    status: Annotated[tuple[RelationshipStatus, ...], one_of(Relationship.status)] = several(
        "Whether the relationship is current.", 3
    )
    symmetric: Annotated[Flag | None, derived(Relationship.type, types_of)] = maybe(
        "`true`: relationships that read the same in both directions; `false`: all others."
    )


router = record_router(
    RELATIONSHIP_KIND, RelationshipsQuery, "Lasting ties between two actors, by the date on which they began."
)
