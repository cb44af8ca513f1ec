"""Routes of actors."""

from typing import Annotated

from app.api.parameters import RecordsQuery, optional, several
from app.api.records import record_routers
from app.model.actor import ACTOR_KIND, Actor, ActorIdentifier, ActorRole
from app.model.countries import Country, country_name
from app.model.vocabularies import ActorType, Sector
from app.query.filters import linked, one_of, one_of_pairs
from app.query.parameters import Flag, Identifier, Ids


class ActorsQuery(RecordsQuery):
    """Actors that the documents mention, sorted by name.

    They are states, persons, bodies, parties, outlets, companies and groups, named or not. `aliases` lists the words
    that the documents use for an actor, and `/v1/actors/{id}/mentions` the places where they do.
    """

    type: Annotated[tuple[ActorType, ...], one_of(Actor.type)] = several("Type of actor.", 20)
    country: Annotated[tuple[Country, ...], one_of(Actor.country, label=country_name)] = several(
        "Country that the actor is or belongs to, as an ISO 3166-1 alpha-2 code."
    )
    sector: Annotated[tuple[Sector, ...], one_of(Actor.sector)] = several("PLOVER sector code.")
    named: Annotated[Flag | None, one_of(Actor.named)] = optional("`true`: actors that a text names; `false`: others.")
    identifier: Annotated[tuple[Identifier, ...], one_of_pairs(ActorIdentifier.scheme, ActorIdentifier.value)] = (
        several("Identifier in an external scheme, as `scheme:value`, such as `wikidata:Q423`.")
    )
    part_of: Annotated[Ids, linked(Actor.part_of_id)] = several("Actors that belong to this one.")
    organisation: Annotated[Ids, linked(ActorRole.organisation_id)] = several(
        "People who hold or held an office in this body."
    )


router, download = record_routers(ACTOR_KIND, ActorsQuery)
