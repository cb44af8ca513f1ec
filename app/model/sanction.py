"""Sanctions: legal restrictions, regimes of them, and their enforcement."""

from typing import Generic

from pydantic import Field
from sqlalchemy import JSON
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import Part, closed, foreign_key, record_key
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import Conduct, MeasureType, Modality, SanctionStatus


class Sanction(SQLModel, table=True):
    id: int = record_key()
    authority_id: int | None = foreign_key("actor", null=True)
    programme: str | None = None
    instrument_name: str | None = None
    instrument_symbol: str | None = None
    part_of_id: int | None = foreign_key("sanction", null=True)
    status: SanctionStatus = closed(SanctionStatus, index=True)
    reason: str | None = None
    trigger_id: int | None = foreign_key("event", null=True)


class SanctionTarget(Part, table=True):
    target_id: int = foreign_key("actor")


class SanctionBinds(Part, table=True):
    target_id: int = foreign_key("actor")


class SanctionMeasure(Part, table=True):
    type: MeasureType = closed(MeasureType)
    goods: list[str] = Column(sa_type=JSON)
    description: str


class SanctionEnforcement(Part, table=True):
    actor_id: int = foreign_key("actor")
    conduct: Conduct = closed(Conduct)
    modality: Modality = closed(Modality)
    text: str | None = None
    summary: str


class Instrument(Shape):
    """The legal act of a sanction."""

    name: Text = Field(description="The name.", examples=["UN Security Council Resolution 2371"])
    symbol: Text | None = Field(default=None, description="The official symbol.", examples=["S/RES/2371 (2017)"])


class Measure(Shape):
    """A restriction of a sanction."""

    type: MeasureType = Field(description="The type of restriction.", examples=["export_ban"])
    goods: list[Text] = Field(
        default=[], description="The goods that it covers, if the text gives them.", examples=[["coal", "iron ore"]]
    )
    description: Text = Field(description="The restriction in our words.")


class Enforcement(Shape, Generic[R, D]):
    """The conduct of an actor toward a sanction."""

    actor: R = Field(description="The actor.")
    conduct: Conduct = Field(description="The conduct of the actor.", examples=["lax"])
    modality: Modality = Field(description="Actual, habitual, planned, hypothetical or negated.", examples=["actual"])
    text: Text | None = Field(default=None, description="The hedge, as the source words it.", examples=["routinely"])
    date: D | None = Field(default=None, description="The date; null if the text gives none.")
    summary: Text = Field(description="The conduct in our words.")


class SanctionFields(Shape, Generic[R, D]):
    authority: R | None = Field(default=None, description="The actor that imposed the sanction.")
    programme: Text | None = Field(default=None, description="The sanctions regime.")
    instrument: Instrument | None = Field(default=None, description="The legal act, if the text names one.")
    part_of: R | None = Field(default=None, description="The wider sanction that this one is part of.")
    targets: list[R] = Field(default=[], description="The actors on whom the sanction is imposed.")
    binds: list[R] = Field(default=[], description="The actors that must apply the sanction.")
    measures: list[Measure] = Field(default=[], description="The restrictions of the sanction.")
    adopted: D | None = Field(default=None, description="The date of adoption; null if the text gives none.")
    status: SanctionStatus = Field(description="The status, according to the text.", examples=["in_force"])
    reason: Text | None = Field(default=None, description="The reason that the text gives, in our words.")
    trigger: R | None = Field(default=None, description="The event that led to the sanction.")
    enforcement: list[Enforcement[R, D]] = Field(default=[], description="The conduct of actors toward the sanction.")


class SanctionDraft(SanctionFields[Reference, DateDraft], RecordDraft):
    """A sanction in a bundle."""


class SanctionPublic(Provenance, SanctionFields[Ref, Date], Identity):
    """A sanction: its authority, targets, restrictions and enforcement."""


SANCTION_KIND = Kind(
    name=KindName.SANCTION,
    plural="sanctions",
    description="Legal restrictions: their authorities, targets, measures and enforcement.",
    table=Sanction,
    public=SanctionPublic,
    draft=SanctionDraft,
    parts={
        "targets": SanctionTarget,
        "binds": SanctionBinds,
        "measures": SanctionMeasure,
        "enforcement": SanctionEnforcement,
    },
    dated_by="adopted",
    schema_type="Legislation",
)
