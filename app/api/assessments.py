"""Routes of assessments."""

from typing import Annotated

from app.api.parameters import RecordsQuery, several
from app.api.records import record_router
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
    """The parameters of the list of assessments."""

    type: Annotated[tuple[AssessmentType, ...], one_of(Assessment.type)] = several("Type of assessment.", 20)
    likelihood: Annotated[tuple[Likelihood, ...], one_of(Assessment.likelihood_level)] = several(
        "How sure the holder sounds of what `name` states.", 5
    )
    holder: Annotated[Ids, linked(Assessment.holder_id)] = several(
        "Assessments held by this actor instead of the author."
    )
    about: Annotated[References, linked(AssessmentAbout.target_id)] = several(
        "Assessments about this record, as `kind/id`."
    )
    rests_on: Annotated[References, linked(AssessmentRestsOn.target_id)] = several(
        "Assessments drawn from this record, as `kind/id`."
    )
    depends_on: Annotated[References, linked(AssessmentDependsOn.target_id)] = several(
        "Assessments that hold only if this record comes true, as `kind/id`."
    )
    contrasts_with: Annotated[References, linked(AssessmentContrastsWith.target_id)] = several(
        "Assessments that disagree with this record, as `kind/id`."
    )
    restates: Annotated[References, linked(AssessmentRestates.target_id)] = several(
        "Assessments that make the same claim as this record, weaker or stronger, as `kind/id`."
    )


router = record_router(
    ASSESSMENT_KIND,
    AssessmentsQuery,
    """What the authors conclude, expect, explain or ask, by name.

    `likelihood` keeps the source's hedge in its own words. `rests_on` lists what the assessment is drawn from, and
    `depends_on` what must come true first.
    """,
)
