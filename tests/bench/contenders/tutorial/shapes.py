"""Response models with the same nesting as Dossier's."""

from datetime import date

from sqlmodel import SQLModel

from tests.bench.contenders.tutorial.tables import Event, Record

_PLURALS = {
    "actor": "actors",
    "event": "events",
    "sanction": "sanctions",
    "statement": "statements",
    "relationship": "relationships",
    "figure": "figures",
    "assessment": "assessments",
    "document": "documents",
}
_QUADS = {
    "verbal_cooperation": ("agree", "consult", "support", "concede"),
    "material_cooperation": ("cooperate", "aid", "retreat"),
    "verbal_conflict": ("request", "accuse", "reject", "threaten"),
    "material_conflict": ("protest", "sanction", "mobilize", "coerce", "assault"),
}
_QUAD_OF = {event_type: quad for quad, types in _QUADS.items() for event_type in types}


class RefPublic(SQLModel):
    """A reference to a record."""

    kind: str
    id: str
    name: str
    url: str

    @classmethod
    def of(cls, record: Record) -> "RefPublic":
        """Build the reference to a record."""
        url = f"/v1/{_PLURALS[record.kind]}/{record.slug}"
        return cls(kind=record.kind, id=record.slug, name=record.name, url=url)


class DatePublic(SQLModel):
    """A date."""

    text: str
    edtf: str | None
    earliest: date | None
    latest: date | None
    approximate: bool


class LocationPublic(SQLModel):
    """A location of an event."""

    name: str
    country: str | None


class ParticipantPublic(SQLModel):
    """A participant of an event."""

    actor: RefPublic
    role: str
    capacity: str | None
    position: str | None


class RelatedPublic(SQLModel):
    """A relation from an event to another record."""

    record: RefPublic
    relation: str


class OutcomePublic(SQLModel):
    """The outcome of an event."""

    text: str
    status: str


class EvidencePublic(SQLModel):
    """A quote."""

    id: str
    passage: int
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    supports: list[str]


class EventPublic(SQLModel):
    """An event."""

    kind: str = "event"
    id: str
    url: str
    name: str
    summary: str
    type: str
    mode: str | None
    modality: str
    date: DatePublic | None
    locations: list[LocationPublic]
    participants: list[ParticipantPublic]
    related: list[RelatedPublic]
    outcome: OutcomePublic | None
    attribution: RefPublic | None
    topics: list[str]
    actors: list[RefPublic]
    document: RefPublic
    evidence: list[EvidencePublic]
    evidence_count: int
    formerly: list[str]
    revision: int
    updated_at: str
    quad: str | None

    @classmethod
    def of(cls, event: Event) -> "EventPublic":
        """Build the response model of an event."""
        record = event.record
        dated = next((found for found in record.dates if found.pointer == "/date"), None)
        outcome = {"text": event.outcome_text, "status": event.outcome_status} if event.outcome_text else None
        return cls(
            id=record.slug,
            url=f"/v1/events/{record.slug}",
            name=record.name,
            summary=record.summary,
            type=event.type,
            mode=event.mode,
            modality=event.modality,
            date=DatePublic.model_validate(dated) if dated else None,
            locations=[LocationPublic.model_validate(location) for location in event.locations],
            participants=[
                ParticipantPublic(
                    actor=RefPublic.of(participant.actor),
                    role=participant.role,
                    capacity=participant.capacity,
                    position=participant.position,
                )
                for participant in event.participants
            ],
            related=[
                RelatedPublic(record=RefPublic.of(related.record), relation=related.relation)
                for related in event.related
            ],
            outcome=OutcomePublic.model_validate(outcome) if outcome else None,
            attribution=RefPublic.of(event.attribution) if event.attribution else None,
            topics=[topic.topic for topic in record.topics],
            actors=[RefPublic.of(actor) for actor in record.actors],
            document=RefPublic.of(record.document),
            evidence=[EvidencePublic.model_validate(evidence) for evidence in record.evidence],
            evidence_count=record.evidence_count,
            formerly=[],  # the benchmark renames nothing
            revision=record.revision,
            updated_at=record.updated_at,
            quad=_QUAD_OF.get(event.type),
        )


class CountPublic(SQLModel):
    """A facet value with its number of events."""

    value: str
    count: int


class EventsPublic(SQLModel):
    """A page of events with the total."""

    items: list[EventPublic]
    total: int
    facets: dict[str, list[CountPublic]] | None = None


class HitPublic(SQLModel):
    """A search hit."""

    record: RefPublic
    score: float
    summary: str
    snippet: str


class HitsPublic(SQLModel):
    """A page of search hits with the total."""

    items: list[HitPublic]
    total: int
