"""Routes of events."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_DATE, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.countries import country_name
from app.model.event import EVENT_KIND, Event, EventLocation, EventParticipant, EventPublic, EventRelated
from app.model.shape import Slug
from app.model.vocabularies import EventType, Modality, Mode, OutcomeStatus, Position, Quad, Relation, types_of
from app.query.filters import derived, in_any_part, linked, one_of
from app.query.parameters import AnyReference, Country, DatedQuery, facet_names, field_names

router = api_router("events")
LISTING = records_of(EVENT_KIND)


class EventsQuery(DatedQuery):
    """The parameters of the list of events."""

    type: Annotated[tuple[EventType, ...], one_of(Event.type)] = Field(
        default=(), max_length=20, description="PLOVER event type; repeat it for either."
    )
    mode: Annotated[tuple[Mode, ...], one_of(Event.mode)] = Field(
        default=(), max_length=20, description="PLOVER mode; repeat it for either."
    )
    quad: Annotated[tuple[Quad, ...], derived(Event.type, types_of)] = Field(
        default=(), max_length=4, description="PLOVER quad of the type; repeat it for either."
    )
    modality: Annotated[tuple[Modality, ...], one_of(Event.modality)] = Field(
        default=(),
        max_length=5,
        description="Whether it happened, is planned, or is only imagined; repeat it for either.",
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(EVENT_KIND)] = Field(
        default=(), max_length=50, description="Only events in which this actor has some part; repeat it for either."
    )
    participant: Annotated[tuple[Slug, ...], linked(EventParticipant.actor_id)] = Field(
        default=(), max_length=50, description="Only events in which this actor takes part, in any role."
    )
    initiator: Annotated[tuple[Slug, ...], linked(EventParticipant.actor_id, role="actor")] = Field(
        default=(), max_length=50, description="Only events that this actor carries out: its role is `actor`."
    )
    recipient: Annotated[tuple[Slug, ...], linked(EventParticipant.actor_id, role="recipient")] = Field(
        default=(), max_length=50, description="Only events that are directed at this actor."
    )
    host: Annotated[tuple[Slug, ...], linked(EventParticipant.actor_id, role="host")] = Field(
        default=(), max_length=50, description="Only events that this actor hosts."
    )
    affected: Annotated[tuple[Slug, ...], linked(EventParticipant.actor_id, role="affected")] = Field(
        default=(), max_length=50, description="Only events that affect this actor."
    )
    position: Annotated[tuple[Position, ...], one_of(EventParticipant.position)] = Field(
        default=(), max_length=3, description="Only votes in which somebody took this position."
    )
    related: Annotated[tuple[AnyReference, ...], linked(EventRelated.record_id)] = Field(
        default=(), max_length=50, description="Only events related to this record, as `kind/id`."
    )
    relation: Annotated[tuple[Relation, ...], one_of(EventRelated.relation)] = Field(
        default=(), max_length=20, description="Only events that relate so to another record."
    )
    country: Annotated[tuple[Country, ...], one_of(EventLocation.country, label=country_name)] = Field(
        default=(), max_length=50, description="The country where it takes place, by ISO 3166-1 alpha-2."
    )
    outcome: Annotated[tuple[OutcomeStatus, ...], one_of(Event.outcome_status)] = Field(
        default=(), max_length=5, description="Only plans and goals of which this came."
    )
    facets: Annotated[
        tuple[str, ...],
        facet_names(
            "type",
            "mode",
            "modality",
            "participant",
            "initiator",
            "recipient",
            "host",
            "affected",
            "position",
            "related",
            "relation",
            "country",
            "outcome",
        ),
    ] = Field(default=(), description=FACETS)
    sort: Annotated[tuple[str, ...], BY_DATE] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(EventPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_events", response_model=Page[EventPublic], responses=LIST_PROBLEMS)
def list_events(params: Annotated[EventsQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Events that the documents report, plan or imagine, oldest first.

    `modality` tells what happened from what is planned or only imagined. Undated events come last.
    """
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, EVENT_KIND)
