"""Events: actual, habitual, planned, hypothetical and negated."""

from typing import Generic

from pydantic import Field, ValidationInfo, computed_field, field_validator
from pydantic_core import PydanticCustomError
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import Part, closed, foreign_key, record_key
from app.model.countries import CountryCode
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import (
    EventType,
    Modality,
    Mode,
    OutcomeStatus,
    ParticipantRole,
    Position,
    Quad,
    Relation,
    modes_of,
    quad_of,
)


class Event(SQLModel, table=True):
    id: int = record_key()
    type: EventType = closed(EventType, index=True)
    mode: Mode | None = closed(Mode, null=True)
    modality: Modality = closed(Modality, index=True)
    outcome_text: str | None = None
    outcome_status: OutcomeStatus | None = closed(OutcomeStatus, null=True)
    attribution_id: int | None = foreign_key("record", null=True)


class EventLocation(Part, table=True):
    name: str
    country: str | None = Column(default=None, max_length=2)


class EventParticipant(Part, table=True):
    actor_id: int = foreign_key("actor")
    role: ParticipantRole = closed(ParticipantRole)
    capacity: str | None = None
    position: Position | None = closed(Position, null=True)


class EventRelated(Part, table=True):
    record_id: int = foreign_key("record")
    relation: Relation = closed(Relation)


class Location(Shape):
    """A place of an event."""

    name: Text = Field(description="The place, as named in the text.", examples=["Vladivostok"])
    country: CountryCode | None = Field(default=None, description="ISO 3166-1 alpha-2.", examples=["RU"])


class Participant(Shape, Generic[R]):
    """A participant of an event."""

    actor: R = Field(description="The actor.")
    role: ParticipantRole = Field(description="The role of the actor in the event.", examples=["actor"])
    capacity: Text | None = Field(default=None, description="The actor's capacity there, as given in the text.")
    position: Position | None = Field(default=None, description="The vote of the actor, if the event is a vote.")


class Related(Shape, Generic[R]):
    """A relation of an event to another record."""

    record: R = Field(description="The other record.")
    relation: Relation = Field(description="The relation of the event to that record.", examples=["weakens"])


class Outcome(Shape):
    """The outcome of a plan or a goal, if the text gives it."""

    text: Text = Field(description="The outcome in the words of the source.")
    status: OutcomeStatus = Field(description="The degree to which the goal was met.", examples=["missed"])


class EventFields(Shape, Generic[R, D]):
    type: EventType = Field(description="The PLOVER event type, or `other`.", examples=["consult"])
    mode: Mode | None = Field(default=None, description="A PLOVER mode of the event type.", examples=["visit"])
    modality: Modality = Field(description="Actual, habitual, planned, hypothetical or negated.", examples=["actual"])
    date: D | None = Field(default=None, description="The date; null if the text gives none.")
    locations: list[Location] = Field(default=[], description="The places of the event.")
    participants: list[Participant[R]] = Field(default=[], description="The participants of the event.")
    related: list[Related[R]] = Field(default=[], description="Relations of the event to other records.")
    outcome: Outcome | None = Field(default=None, description="The outcome, if the event is a plan or a goal.")
    attribution: R | None = Field(
        default=None,
        description="The statement or actor on whose word alone the event rests; null: the author asserts it.",
    )

    @field_validator("mode")
    @classmethod
    def _of_type(cls, mode: Mode | None, others: ValidationInfo) -> Mode | None:
        modes = modes_of(EventType(others.data["type"])) if "type" in others.data else ()
        if mode and "type" in others.data and mode not in modes:
            raise PydanticCustomError(
                "mode",
                "'{mode}' is not a mode of '{type}'; its modes are: {modes}",
                {"mode": mode, "type": others.data["type"], "modes": ", ".join(modes) or "none"},
            )
        return mode


class EventDraft(EventFields[Reference, DateDraft], RecordDraft):
    """An event in a bundle."""

    @field_validator("attribution")
    @classmethod
    def _of_somebody(cls, value: str | None) -> str | None:
        if value and value.partition("/")[0] not in (KindName.ACTOR, KindName.STATEMENT):
            raise PydanticCustomError("attribution", "must be `statement/id` or `actor/id`")
        return value


class EventPublic(Provenance, EventFields[Ref, Date], Identity):
    """An event, with its participants and its relations to other records."""

    @computed_field(description="The PLOVER quad, derived from the type; null for `other`.")  # type: ignore[prop-decorator]
    @property
    def quad(self) -> Quad | None:
        return quad_of(EventType(self.type))


EVENT_KIND = Kind(
    name=KindName.EVENT,
    plural="events",
    description="Events that happened, keep happening, are planned or are hypothetical.",
    table=Event,
    public=EventPublic,
    draft=EventDraft,
    parts={"locations": EventLocation, "participants": EventParticipant, "related": EventRelated},
    dated_by="date",
    schema_type="Event",
)
