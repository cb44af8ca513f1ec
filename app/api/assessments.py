"""Routes of assessments."""

from typing import Annotated

from app.api.parameters import RecordsQuery, several
from app.api.records import record_routers
from app.model.assessment import (
    ASSESSMENT_KIND,
    Assessment,
    AssessmentAbout,
    AssessmentContrastsWith,
    AssessmentDependsOn,
    AssessmentRestates,
    AssessmentRestsOn,
)
from app.model.vocabularies import AssessmentType, Likelihood
from app.query.filters import linked, one_of
from app.query.parameters import Ids, References


class AssessmentsQuery(RecordsQuery):
    """Judgements of the authors, sorted by name: conclusions, forecasts, explanations, questions.

    `likelihood` gives the degree of certainty, with the source's own wording. `rests_on` lists the records that the
    assessment is based on, and `depends_on` the records that must come true first.
    """

    type: Annotated[tuple[AssessmentType, ...], one_of(Assessment.type)] = several("Type of assessment.", 20)
    likelihood: Annotated[tuple[Likelihood, ...], one_of(Assessment.likelihood_level)] = several(
        "Degree of certainty that the wording expresses.", 5
    )
    holder: Annotated[Ids, linked(Assessment.holder_id)] = several("Assessments by this actor, not by the author.")
    about: Annotated[References, linked(AssessmentAbout.target_id)] = several(
        "Assessments about this record (`kind/id`)."
    )
    rests_on: Annotated[References, linked(AssessmentRestsOn.target_id)] = several(
        "Assessments based on this record (`kind/id`)."
    )
    depends_on: Annotated[References, linked(AssessmentDependsOn.target_id)] = several(
        "Assessments that hold only if this record (`kind/id`) comes true."
    )
    contrasts_with: Annotated[References, linked(AssessmentContrastsWith.target_id)] = several(
        "Assessments that contrast with this record (`kind/id`)."
    )
    restates: Annotated[References, linked(AssessmentRestates.target_id)] = several(
        "Assessments that make the same claim as this record (`kind/id`), weaker or stronger."
    )


router, download = record_routers(ASSESSMENT_KIND, AssessmentsQuery)
