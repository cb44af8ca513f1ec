"""Assessments: what the author concludes, expects, explains or asks."""

from typing import Generic

from pydantic import Field
from sqlmodel import SQLModel

from app.model.columns import Part, closed, identity, to
from app.model.kind import Kind
from app.model.record import Identity, Provenance, RecordDraft
from app.model.shape import KindName, R, Ref, Reference, Shape, Text
from app.model.vocabularies import AssessmentType, Likelihood


class Assessment(SQLModel, table=True):
    id: int = identity()
    type: AssessmentType = closed(AssessmentType, index=True)
    holder_id: int | None = to("actor", null=True)
    likelihood_text: str | None = None
    likelihood_level: Likelihood = closed(Likelihood, index=True)


class AssessmentAbout(Part, table=True):
    __tablename__ = "assessment_about"

    target_id: int = to("record")


class AssessmentRestsOn(Part, table=True):
    __tablename__ = "assessment_rests_on"

    target_id: int = to("record")


class AssessmentDependsOn(Part, table=True):
    __tablename__ = "assessment_depends_on"

    target_id: int = to("record")


class AssessmentContrastsWith(Part, table=True):
    __tablename__ = "assessment_contrasts_with"

    target_id: int = to("record")


class LikelihoodOf(Shape):
    """How sure the author sounds."""

    text: Text | None = Field(
        default=None, description="The source's hedge; null where there is none.", examples=["may"]
    )
    level: Likelihood = Field(description="How sure that is.", examples=["possible"])


class AssessmentFields(Shape, Generic[R]):
    type: AssessmentType = Field(description="What sort of judgement it is.", examples=["forecast"])
    holder: R | None = Field(default=None, description="Whose judgement it is; null: the author's.")
    likelihood: LikelihoodOf = Field(description="How sure they sound.")
    about: list[R] = Field(default=[], description="The records that it is about.")
    rests_on: list[R] = Field(default=[], description="The records that it is drawn from.")
    depends_on: list[R] = Field(default=[], description="What must come true first.")
    contrasts_with: list[R] = Field(default=[], description="The records that it is set against.")


class AssessmentDraft(AssessmentFields[Reference], RecordDraft):
    """An assessment in a bundle."""


class AssessmentPublic(Provenance, AssessmentFields[Ref], Identity):
    """The author's own judgement: what they conclude, expect or explain, and how sure they sound."""


ASSESSMENT_KIND = Kind(
    name=KindName.ASSESSMENT,
    plural="assessments",
    description="What the authors conclude, expect, explain or ask.",
    table=Assessment,
    public=AssessmentPublic,
    draft=AssessmentDraft,
    parts={
        "about": AssessmentAbout,
        "rests_on": AssessmentRestsOn,
        "depends_on": AssessmentDependsOn,
        "contrasts_with": AssessmentContrastsWith,
    },
    schema_type="Claim",
)
