"""Statements: quoted or reported words."""

from typing import Any, Generic

from pydantic import Field, computed_field
from sqlalchemy import Select, and_, true
from sqlmodel import SQLModel

from app.model.columns import Part, closed, identity, table_of, to
from app.model.dates import Date, DateDraft
from app.model.edges import edge
from app.model.kind import Kind
from app.model.record import Identity, Provenance, Record, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import Stance, StatementType


class Statement(SQLModel, table=True):
    id: int = identity()
    type: StatementType = closed(StatementType, index=True)
    text: str | None = None
    medium_id: int | None = to("actor", null=True)
    event_id: int | None = to("event", null=True)


class StatementSpeaker(Part, table=True):
    __tablename__ = "statement_speaker"

    actor_id: int = to("actor")
    capacity: str | None = None


class StatementAbout(Part, table=True):
    __tablename__ = "statement_about"

    target_id: int = to("record")


class StatementStance(Part, table=True):
    __tablename__ = "statement_stance"

    toward_id: int = to("record")
    value: Stance = closed(Stance)
    text: str | None = None


class Speaker(Shape, Generic[R]):
    """A speaker of a statement."""

    actor: R = Field(description="The actor.")
    capacity: Text | None = Field(
        default=None, description="The capacity in which the actor speaks, as given in the text."
    )


class StanceToward(Shape, Generic[R]):
    """An attitude that a statement shows."""

    toward: R = Field(description="The record toward which it is shown.")
    value: Stance = Field(description="The attitude.", examples=["supportive"])
    text: Text | None = Field(default=None, description="The words of the source that show it.")


class StatementFields(Shape, Generic[R, D]):
    type: StatementType = Field(description="The type of statement.", examples=["quote"])
    speakers: list[Speaker[R]] = Field(default=[], description="The speakers; empty if the text names none.")
    text: Text | None = Field(
        default=None, description="The words between the quotation marks of the source, exactly; null for a report."
    )
    date: D | None = Field(default=None, description="The date; null if the text gives none.")
    medium: R | None = Field(default=None, description="The outlet or body that published the statement.")
    about: list[R] = Field(default=[], description="The records that the statement is about.")
    stances: list[StanceToward[R]] = Field(default=[], description="The attitudes that the statement shows.")
    event: R | None = Field(default=None, description="The event at which the statement was made.")


class StatementDraft(StatementFields[Reference, DateDraft], RecordDraft):
    """A statement in a bundle."""


class StatementPublic(Provenance, StatementFields[Ref, Date], Identity):
    """A statement: its speakers, words, date, medium and subjects."""

    @computed_field(description="True if `text` has the speaker's own words.", examples=[True])  # type: ignore[prop-decorator]
    @property
    def verbatim(self) -> bool:
        return self.text is not None


def _edges(part: type[Part], column: str) -> Select[Any]:
    """From each speaker to each actor that rows of `part` name in a column."""
    statement, speaker, spoken_of = table_of(Statement), table_of(StatementSpeaker), table_of(part)
    actor = table_of(Record).alias("actor")
    return (
        edge(statement.c.id, speaker.c.actor_id, actor.c.id, statement.c.type, true(), "/date")
        .join(speaker, speaker.c.owner_id == statement.c.id)
        .join(spoken_of, spoken_of.c.owner_id == statement.c.id)
        .join(actor, and_(actor.c.id == spoken_of.c[column], actor.c.kind == KindName.ACTOR))
        .where(speaker.c.actor_id != actor.c.id)
    )


STATEMENT_KIND = Kind(
    name=KindName.STATEMENT,
    plural="statements",
    description="Quoted or reported words, with their speakers.",
    table=Statement,
    public=StatementPublic,
    draft=StatementDraft,
    parts={"speakers": StatementSpeaker, "about": StatementAbout, "stances": StatementStance},
    dated_by="date",
    edges=(_edges(StatementAbout, "target_id"), _edges(StatementStance, "toward_id")),
    schema_type="Statement",
)
