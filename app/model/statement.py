"""Statements: quoted or reported words."""

from typing import Generic

from pydantic import Field, computed_field
from sqlmodel import SQLModel

from app.model.columns import Part, RecordPart, closed, foreign_key, record_key
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import Stance, StatementType


class Statement(SQLModel, table=True):
    id: int = record_key()
    type: StatementType = closed(StatementType, index=True)
    text: str | None = None
    medium_id: int | None = foreign_key("actor", null=True)
    event_id: int | None = foreign_key("event", null=True)


class StatementSpeaker(Part, table=True):
    actor_id: int = foreign_key("actor")
    capacity: str | None = None


class StatementAbout(RecordPart, table=True): ...


class StatementStance(Part, table=True):
    toward_id: int = foreign_key("record")
    value: Stance = closed(Stance)
    text: str | None = None


class Speaker(Shape, Generic[R]):
    """A speaker of a statement."""

    actor: R = Field(description="The actor.")
    capacity: Text | None = Field(default=None, description="The speaker's capacity, as given in the text.")


class StanceToward(Shape, Generic[R]):
    """An attitude that a statement shows."""

    toward: R = Field(description="The record toward which it is shown.")
    value: Stance = Field(description="The attitude.", examples=["supportive"])
    text: Text | None = Field(default=None, description="The words of the source that show it.")


class StatementFields(Shape, Generic[R, D]):
    type: StatementType = Field(description="The type of statement.", examples=["quote"])
    speakers: list[Speaker[R]] = Field(default=[], description="The speakers; empty if the text names none.")
    text: Text | None = Field(default=None, description="The source's exact words in quotation marks; null: a report.")
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


STATEMENT_KIND = Kind(
    name=KindName.STATEMENT,
    plural="statements",
    description="Quoted or reported words, with their speakers.",
    table=Statement,
    public=StatementPublic,
    draft=StatementDraft,
    parts={"speakers": StatementSpeaker, "about": StatementAbout, "stances": StatementStance},
    dated_by="date",
    schema_type="Statement",
)
