"""Routes of actors."""

from typing import Annotated

from app.api.parameters import RecordsQuery, maybe, several
from app.api.records import record_router
from app.model.actor import ACTOR_KIND, Actor, ActorRole
from app.model.countries import country_name
from app.model.vocabularies import ActorType, Sector
from app.query.filters import linked, one_of
from app.query.parameters import Country, Flag, Ids


class ActorsQuery(RecordsQuery):
    """The parameters of the list of actors."""

    type: Annotated[tuple[ActorType, ...], one_of(Actor.type)] = several("Type of actor.", 20)
    country: Annotated[tuple[Country, ...], one_of(Actor.country, label=country_name)] = several(
        "Country that the actor is or belongs to, by ISO 3166-1 alpha-2."
    )
    sector: Annotated[tuple[Sector, ...], one_of(Actor.sector)] = several("PLOVER sector code.")
    named: Annotated[Flag | None, one_of(Actor.named)] = maybe(
        "`true`: actors that a text names; `false`: actors that the texts leave unnamed."
    )
    part_of: Annotated[Ids, linked(Actor.part_of_id)] = several("Actors that belong to this one.")
    organisation: Annotated[Ids, linked(ActorRole.organisation_id)] = several(
        "People who hold or held an office in this body."
    )


router = record_router(
    ACTOR_KIND,
    ActorsQuery,
    """Actors that the documents speak of, by name.

    States, persons, bodies, parties, outlets, companies and groups, named or not. `aliases` are the words that the
    documents use for them; `/v1/actors/{id}/mentions` lists the places.
    """,
)
