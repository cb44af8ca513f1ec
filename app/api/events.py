"""Routes of events."""

from typing import Annotated

from app.api.parameters import DatedQuery, optional, several
from app.api.records import record_routers
from app.model.countries import Country, country_name
from app.model.event import EVENT_KIND, Event, EventLocation, EventParticipant, EventRelated
from app.model.vocabularies import EventType, Modality, Mode, OutcomeStatus, Position, Quad, Relation, types_of
from app.query.filters import derived, has_value, linked, one_of
from app.query.parameters import Flag, Ids, References


class EventsQuery(DatedQuery):
    """Events that the documents report, plan, imagine or deny, oldest first. Undated events come last.

    `modality` distinguishes events that happened (`actual`, `habitual`) from planned, hypothetical and negated ones.
    """

    type: Annotated[tuple[EventType, ...], one_of(Event.type)] = several("PLOVER event type.", 20)
    mode: Annotated[tuple[Mode, ...], one_of(Event.mode)] = several("PLOVER mode.", 20)
    quad: Annotated[tuple[Quad, ...], derived(Event.type, types_of)] = several("PLOVER quad of the type.", 4)
    modality: Annotated[tuple[Modality, ...], one_of(Event.modality)] = several("Modality of the event.", 5)
    participant: Annotated[Ids, linked(EventParticipant.actor_id)] = several("Events with this actor in any role.")
    initiator: Annotated[Ids, linked(EventParticipant.actor_id, role="actor")] = several(
        "Events this actor carried out (role `actor`)."
    )
    recipient: Annotated[Ids, linked(EventParticipant.actor_id, role="recipient")] = several(
        "Events directed at this actor (role `recipient`)."
    )
    host: Annotated[Ids, linked(EventParticipant.actor_id, role="host")] = several(
        "Events this actor hosted (role `host`)."
    )
    affected: Annotated[Ids, linked(EventParticipant.actor_id, role="affected")] = several(
        "Events that affected this actor (role `affected`)."
    )
    voter: Annotated[Ids, linked(EventParticipant.actor_id, role="voter")] = several(
        "Votes of this actor (role `voter`)."
    )
    position: Annotated[tuple[Position, ...], one_of(EventParticipant.position)] = several(
        "Votes in which a participant took this position.", 3
    )
    related: Annotated[References, linked(EventRelated.record_id)] = several(
        "Events related to this record (`kind/id`)."
    )
    relation: Annotated[tuple[Relation, ...], one_of(EventRelated.relation)] = several(
        "Events with this relation to another record.", 20
    )
    country: Annotated[tuple[Country, ...], one_of(EventLocation.country, label=country_name)] = several(
        "Country where the event takes place, as an ISO 3166-1 alpha-2 code."
    )
    outcome: Annotated[tuple[OutcomeStatus, ...], one_of(Event.outcome_status)] = several(
        "Plans and goals with this outcome.", 5
    )
    attribution: Annotated[References, linked(Event.attribution_id)] = several(
        "Events that rest on the word of this statement or actor (`kind/id`) alone."
    )
    attributed: Annotated[Flag | None, has_value(Event.attribution_id)] = optional(
        "`true`: events that rest on somebody's word alone; `false`: events that the author asserts.", example=False
    )


router, download = record_routers(EVENT_KIND, EventsQuery)
