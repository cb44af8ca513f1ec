"""Routes of relationships."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_DATE, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.relationship import RELATIONSHIP_KIND, Relationship, RelationshipPublic, types_of
from app.model.shape import Slug
from app.model.vocabularies import RelationshipStatus, RelationshipType
from app.query.filters import derived, in_any_part, linked, one_of
from app.query.parameters import DatedQuery, Flag, facet_names, field_names

router = api_router("relationships")
LISTING = records_of(RELATIONSHIP_KIND)


class RelationshipsQuery(DatedQuery):
    """The parameters of the list of relationships."""

    type: Annotated[tuple[RelationshipType, ...], one_of(Relationship.type)] = Field(
        default=(), max_length=20, description="The sort of tie; repeat it for either."
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(RELATIONSHIP_KIND)] = Field(
        default=(), max_length=50, description="Only ties of this actor, at either end; repeat it for either."
    )
    subject: Annotated[tuple[Slug, ...], linked(Relationship.subject_id)] = Field(
        default=(), max_length=50, description="Only ties that start from this actor."
    )
    object: Annotated[tuple[Slug, ...], linked(Relationship.object_id)] = Field(
        default=(), max_length=50, description="Only ties that lead to this actor."
    )
    status: Annotated[tuple[RelationshipStatus, ...], one_of(Relationship.status)] = Field(
        default=(), max_length=3, description="Whether the tie lasts; repeat it for either."
    )
    symmetric: Annotated[Flag | None, derived(Relationship.type, types_of)] = Field(
        default=None, description="Only ties that read the same both ways, or only those that do not."
    )
    facets: Annotated[tuple[str, ...], facet_names("type", "subject", "object", "status")] = Field(
        default=(), description=FACETS
    )
    sort: Annotated[tuple[str, ...], BY_DATE] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(RelationshipPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_relationships", response_model=Page[RelationshipPublic], responses=LIST_PROBLEMS)
def list_relationships(
    params: Annotated[RelationshipsQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """Lasting ties between two actors, by the date of their beginning."""
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, RELATIONSHIP_KIND)
