"""Routes of actors."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_NAME, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.actor import ACTOR_KIND, Actor, ActorPublic, ActorRole
from app.model.countries import country_name
from app.model.shape import Slug
from app.model.vocabularies import ActorType, Sector
from app.query.filters import in_any_part, linked, one_of
from app.query.parameters import Country, Flag, RecordsQuery, facet_names, field_names

router = api_router("actors")
LISTING = records_of(ACTOR_KIND)


class ActorsQuery(RecordsQuery):
    """The parameters of the list of actors."""

    type: Annotated[tuple[ActorType, ...], one_of(Actor.type)] = Field(
        default=(), max_length=20, description="What sort of actor; repeat it for either."
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(ACTOR_KIND)] = Field(
        default=(), max_length=50, description="Only actors that belong to this actor, or hold an office in it."
    )
    country: Annotated[tuple[Country, ...], one_of(Actor.country, label=country_name)] = Field(
        default=(),
        max_length=50,
        description="The country that it is or belongs to, by ISO 3166-1 alpha-2; repeat it for either.",
    )
    sector: Annotated[tuple[Sector, ...], one_of(Actor.sector)] = Field(
        default=(), max_length=50, description="PLOVER sector code; repeat it for either."
    )
    named: Annotated[Flag | None, one_of(Actor.named)] = Field(
        default=None, description="Only actors that the text names, or only those that it does not."
    )
    part_of: Annotated[tuple[Slug, ...], linked(Actor.part_of_id)] = Field(
        default=(), max_length=50, description="Only actors that belong to this one."
    )
    organisation: Annotated[tuple[Slug, ...], linked(ActorRole.organisation_id)] = Field(
        default=(), max_length=50, description="Only people who hold an office in this body."
    )
    facets: Annotated[tuple[str, ...], facet_names("type", "country", "sector", "named", "part_of", "organisation")] = (
        Field(default=(), description=FACETS)
    )
    sort: Annotated[tuple[str, ...], BY_NAME] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(ActorPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_actors", response_model=Page[ActorPublic], responses=LIST_PROBLEMS)
def list_actors(params: Annotated[ActorsQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Actors the documents speak of, by name.

    States, persons, bodies, parties, outlets, companies and groups, named or not. `aliases` are the words by which
    the documents call them, and `/v1/actors/{id}/mentions` says where.
    """
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, ACTOR_KIND)
