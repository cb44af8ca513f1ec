"""SQLModel classes of the tables that events need, with their relationships."""

from datetime import date
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import registry
from sqlmodel import Field, Relationship, SQLModel


class Table(SQLModel, registry=registry()):
    """Base class with its own registry, separate from Dossier's."""


def _ordered(column: str, **more: Any) -> Any:
    return Relationship(sa_relationship_kwargs={"order_by": column, "viewonly": True, **more})


class RecordTopic(Table, table=True):
    __tablename__ = "record_topic"

    record_id: int = Field(foreign_key="record.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    topic: str


class RecordActor(Table, table=True):
    __tablename__ = "record_actor"

    record_id: int = Field(foreign_key="record.id", primary_key=True)
    actor_id: int = Field(foreign_key="record.id", primary_key=True)


class RecordDate(Table, table=True):
    __tablename__ = "record_date"

    record_id: int = Field(foreign_key="record.id", primary_key=True)
    pointer: str = Field(primary_key=True)
    text: str
    edtf: str | None = None
    earliest: date | None = None
    latest: date | None = None
    approximate: bool = False


class Record(Table, table=True):
    id: int = Field(primary_key=True)
    kind: str
    slug: str
    document_id: int | None = Field(default=None, foreign_key="record.id")
    name: str
    sort_name: str
    summary: str
    earliest: date | None = None
    latest: date | None = None
    evidence_count: int
    revision: int
    updated_at: str

    document: "Record" = Relationship(sa_relationship_kwargs={"remote_side": "Record.id", "viewonly": True})
    topics: list[RecordTopic] = _ordered("RecordTopic.ordinal")
    actors: list["Record"] = _ordered(
        "Record.slug",
        secondary="record_actor",
        primaryjoin="Record.id == RecordActor.record_id",
        secondaryjoin="Record.id == RecordActor.actor_id",
    )
    dates: list[RecordDate] = _ordered("RecordDate.pointer")
    evidence: list["Evidence"] = _ordered(
        "Evidence.start, Evidence.end",
        primaryjoin="and_(Record.id == Evidence.record_id, Record.document_id == foreign(Evidence.document_id))",
    )


class Evidence(Table, table=True):
    id: str = Field(primary_key=True)
    record_id: int = Field(foreign_key="record.id")
    document_id: int = Field(foreign_key="record.id")
    passage: int
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    supports: list[str] = Field(sa_type=JSON)


class EventLocation(Table, table=True):
    __tablename__ = "event_location"

    owner_id: int = Field(foreign_key="event.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    name: str
    country: str | None = None


class EventParticipant(Table, table=True):
    __tablename__ = "event_participant"

    owner_id: int = Field(foreign_key="event.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    actor_id: int = Field(foreign_key="record.id")
    role: str
    capacity: str | None = None
    position: str | None = None

    actor: Record = Relationship(sa_relationship_kwargs={"viewonly": True})


class EventRelated(Table, table=True):
    __tablename__ = "event_related"

    owner_id: int = Field(foreign_key="event.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    record_id: int = Field(foreign_key="record.id")
    relation: str

    record: Record = Relationship(sa_relationship_kwargs={"viewonly": True})


class Event(Table, table=True):
    id: int = Field(foreign_key="record.id", primary_key=True)
    type: str
    mode: str | None = None
    modality: str
    outcome_text: str | None = None
    outcome_status: str | None = None
    attribution_id: int | None = None

    record: Record = Relationship(sa_relationship_kwargs={"viewonly": True})
    attribution: Record | None = Relationship(
        sa_relationship_kwargs={"viewonly": True, "primaryjoin": "foreign(Event.attribution_id) == Record.id"}
    )
    locations: list[EventLocation] = _ordered("EventLocation.ordinal")
    participants: list[EventParticipant] = _ordered("EventParticipant.ordinal")
    related: list[EventRelated] = _ordered("EventRelated.ordinal")
