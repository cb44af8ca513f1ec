"""Assessments: conclusions, expectations, explanations and questions of the author."""

from typing import Generic

from pydantic import Field
from sqlmodel import SQLModel

from app.model.columns import RecordPart, closed, foreign_key, record_key
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import AssessmentType, Likelihood


class Assessment(SQLModel, table=True):
    id: int = record_key()
    type: AssessmentType = closed(AssessmentType, index=True)
    holder_id: int | None = foreign_key("actor", null=True)
    likelihood_text: str | None = None
    likelihood_level: Likelihood = closed(Likelihood, index=True)


class AssessmentAbout(RecordPart, table=True): ...


class AssessmentRestsOn(RecordPart, table=True): ...


class AssessmentDependsOn(RecordPart, table=True): ...


class AssessmentContrastsWith(RecordPart, table=True): ...


class AssessmentRestates(RecordPart, table=True): ...


class LikelihoodOf(Shape):
    """How certain the holder sounds of the proposition that `name` states, put positively, given `depends_on`."""

    text: Text | None = Field(default=None, description="The hedge as the source words it.", examples=["may"])
    level: Likelihood = Field(description="The degree of certainty.", examples=["possible"])


class AssessmentFields(Shape, Generic[R]):
    type: AssessmentType = Field(description="The type of judgement.", examples=["forecast"])
    holder: R | None = Field(default=None, description="The actor who makes the judgement; null: the author.")
    likelihood: LikelihoodOf = Field(
        description="How certain the holder sounds of the proposition that `name` states, put positively, given "
        "`depends_on`."
    )
    about: list[R] = Field(default=[], description="The records that the assessment is about.")
    rests_on: list[R] = Field(default=[], description="The records that the assessment is based on.")
    depends_on: list[R] = Field(default=[], description="The records that must come true first.")
    contrasts_with: list[R] = Field(default=[], description="The records that the assessment disagrees with.")
    restates: list[R] = Field(default=[], description="The records that make the same claim, weaker or stronger.")


class AssessmentDraft(AssessmentFields[Reference], RecordDraft):
    """An assessment in a bundle."""


class AssessmentPublic(Provenance, AssessmentFields[Ref], Identity):
    """A judgement of the author: a conclusion, forecast or explanation, and how certain it sounds."""


ASSESSMENT_KIND = Kind(
    name=KindName.ASSESSMENT,
    plural="assessments",
    description="Judgements of the authors: conclusions, forecasts, explanations, questions.",
    table=Assessment,
    public=AssessmentPublic,
    draft=AssessmentDraft,
    parts={
        "about": AssessmentAbout,
        "rests_on": AssessmentRestsOn,
        "depends_on": AssessmentDependsOn,
        "contrasts_with": AssessmentContrastsWith,
        "restates": AssessmentRestates,
    },
    schema_type="Claim",
)
