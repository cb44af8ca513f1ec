"""Figures: quantities in a text."""

from typing import Generic, Self

from pydantic import Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import CheckConstraint
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.columns import RecordPart, closed, foreign_key, record_key
from app.model.dates import Date, DateDraft
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import D, KindName, R, Ref, Reference, Shape, TermName, Text
from app.model.vocabularies import FigureRelation, Modality


class Figure(SQLModel, table=True):
    __table_args__ = (CheckConstraint("value_low <= value_high", "value_order"),)

    id: int = record_key()
    metric: str = Column(foreign_key="metric.term", index=True)
    value_low: float | None = None
    value_high: float | None = None
    value_relation: FigureRelation = closed(FigureRelation)
    value_unit: str = Column(foreign_key="unit.term", index=True)
    value_text: str
    modality: Modality = closed(Modality)
    source_id: int | None = foreign_key("actor", null=True)


class FigureAbout(RecordPart, table=True): ...


class Value(Shape):
    """A quantity from `low` to `high`, inclusive. They are equal for a single number; null means open."""

    low: FiniteFloat | None = Field(default=None, description="The lowest value, in `unit`.", examples=[600000])
    high: FiniteFloat | None = Field(default=None, description="The highest value, in `unit`.", examples=[1000000])
    relation: FigureRelation = Field(description="The precision of the value.", examples=["between"])
    unit: TermName = Field(description="The unit: a term of the vocabulary `unit`.", examples=["people"])
    text: Text = Field(description="The source's words.", examples=["between 600,000 and one million people"])

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        low, high = self.low, self.high
        takes, right = {
            "between": ("`low` and a greater `high`", low is not None and high is not None and low < high),
            "at_least": ("`low` without `high`", low is not None and high is None),
            "more_than": ("`low` without `high`", low is not None and high is None),
            "at_most": ("`high` without `low`", low is None and high is not None),
            "less_than": ("`high` without `low`", low is None and high is not None),
        }.get(self.relation, ("equal `low` and `high`", low is not None and low == high))
        if not right:
            given = ["none" if bound is None else f"{bound:.15g}" for bound in (low, high)]
            message = "a value with the relation '{relation}' takes {takes} (given: low {low}, high {high})"
            context = {"relation": str(self.relation), "takes": takes, "low": given[0], "high": given[1]}
            raise PydanticCustomError("bounds", message, context)
        return self


class FigureFields(Shape, Generic[R, D]):
    metric: TermName = Field(description="The measure: a term of the vocabulary `metric`.", examples=["deaths"])
    value: Value = Field(description="The value.")
    modality: Modality = Field(description="Actual, habitual, planned, hypothetical or negated.", examples=["actual"])
    about: list[R] = Field(default=[], description="The records that the figure is about.")
    as_of: D | None = Field(default=None, description="The date of the figure; null if the text gives none.")
    source: R | None = Field(default=None, description="The actor that the text gives as the source; null if none.")


class FigureDraft(FigureFields[Reference, DateDraft], RecordDraft):
    """A figure in a bundle."""


class FigurePublic(Provenance, FigureFields[Ref, Date], Identity):
    """A quantity in a text: its value or range, precision, measure and date."""


FIGURE_KIND = Kind(
    name=KindName.FIGURE,
    plural="figures",
    description="Quantities in the texts, and their precision.",
    table=Figure,
    public=FigurePublic,
    draft=FigureDraft,
    parts={"about": FigureAbout},
    dated_by="as_of",
    schema_type="Observation",
)
