"""Figures: the quantities that a text gives."""

from typing import Generic, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import CheckConstraint
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import Part, closed, identity, to
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, TermName, Text
from app.model.vocabularies import FigureRelation, Modality


class Figure(SQLModel, table=True):
    __table_args__ = (CheckConstraint("value_low <= value_high", "value_order"),)

    id: int = identity()
    metric: str = Column(foreign_key="metric.term", index=True)
    value_low: float | None = None
    value_high: float | None = None
    value_relation: FigureRelation = closed(FigureRelation)
    value_unit: str = Column(foreign_key="unit.term", index=True)
    value_text: str
    modality: Modality = closed(Modality)
    source_id: int | None = to("actor", null=True)


class FigureAbout(Part, table=True):
    __tablename__ = "figure_about"

    target_id: int = to("record")


class Value(Shape):
    """A quantity: `low` to `high`, both included; equal where the text gives one number, null where it is open."""

    low: float | None = Field(
        default=None, allow_inf_nan=False, description="The least it can be, in `unit`.", examples=[600000]
    )
    high: float | None = Field(
        default=None, allow_inf_nan=False, description="The most it can be, in `unit`.", examples=[1000000]
    )
    relation: FigureRelation = Field(description="How exact it is.", examples=["between"])
    unit: TermName = Field(description="What it counts in: a term of the vocabulary `unit`.", examples=["people"])
    text: Text = Field(description="The source's words.", examples=["between 600,000 and one million people"])

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        wrong = {
            "exactly": self.low is None or self.low != self.high,
            "about": self.low is None or self.low != self.high,
            "between": self.low is None or self.high is None or self.low >= self.high,
            "at_least": self.low is None or self.high is not None,
            "more_than": self.low is None or self.high is not None,
            "at_most": self.high is None or self.low is not None,
            "less_than": self.high is None or self.low is not None,
        }[FigureRelation(self.relation).value]
        if wrong:
            raise PydanticCustomError(
                "bounds",
                "a value that is '{relation}' cannot have low {low} and high {high}: exactly and about give one twice, "
                "between both in order, at_least and more_than low alone, at_most and less_than high alone",
                {"relation": str(self.relation), "low": str(self.low), "high": str(self.high)},
            )
        return self


class FigureFields(Shape, Generic[R, D]):
    metric: TermName = Field(description="What it measures: a term of the vocabulary `metric`.", examples=["deaths"])
    value: Value = Field(description="The quantity.")
    modality: Modality = Field(description="Whether it is a fact, a plan …", examples=["actual"])
    about: list[R] = Field(default=[], description="The records that it is about.")
    as_of: D | None = Field(default=None, description="When it held; null where the text does not say.")
    source: R | None = Field(default=None, description="The actor that the text gives as its source; null: none given.")


class FigureDraft(FigureFields[Reference, DateDraft], RecordDraft):
    """A figure in a bundle."""


class FigurePublic(Provenance, FigureFields[Ref, Date], Identity):
    """A quantity that the text gives: its value or range, how exact it is, what it measures, when."""


FIGURE_KIND = Kind(
    name=KindName.FIGURE,
    plural="figures",
    description="Quantities that the texts give, and how exact they are.",
    table=Figure,
    public=FigurePublic,
    draft=FigureDraft,
    parts={"about": FigureAbout},
    dated_by="as_of",
    schema_type="Observation",
)
