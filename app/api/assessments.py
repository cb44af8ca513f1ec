"""Routes of assessments."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_NAME, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.assessment import (
    ASSESSMENT_KIND,
    Assessment,
    AssessmentAbout,
    AssessmentContrastsWith,
    AssessmentDependsOn,
    AssessmentPublic,
    AssessmentRestsOn,
)
from app.model.shape import Slug
from app.model.vocabularies import AssessmentType, Likelihood
from app.query.filters import in_any_part, linked, one_of
from app.query.parameters import AnyReference, RecordsQuery, facet_names, field_names

router = api_router("assessments")
LISTING = records_of(ASSESSMENT_KIND)


class AssessmentsQuery(RecordsQuery):
    """The parameters of the list of assessments."""

    type: Annotated[tuple[AssessmentType, ...], one_of(Assessment.type)] = Field(
        default=(), max_length=20, description="What sort of judgement; repeat it for either."
    )
    likelihood: Annotated[tuple[Likelihood, ...], one_of(Assessment.likelihood_level)] = Field(
        default=(), max_length=5, description="How sure the author sounds; repeat it for either."
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(ASSESSMENT_KIND)] = Field(
        default=(), max_length=50, description="Only judgements about this actor, or held by it; repeat it for either."
    )
    holder: Annotated[tuple[Slug, ...], linked(Assessment.holder_id)] = Field(
        default=(), max_length=50, description="Only judgements that this actor holds, rather than the author."
    )
    about: Annotated[tuple[AnyReference, ...], linked(AssessmentAbout.target_id)] = Field(
        default=(), max_length=50, description="Only judgements about this record, as `kind/id`."
    )
    rests_on: Annotated[tuple[AnyReference, ...], linked(AssessmentRestsOn.target_id)] = Field(
        default=(), max_length=50, description="Only judgements drawn from this record, as `kind/id`."
    )
    depends_on: Annotated[tuple[AnyReference, ...], linked(AssessmentDependsOn.target_id)] = Field(
        default=(), max_length=50, description="Only judgements for which this must come true first, as `kind/id`."
    )
    contrasts_with: Annotated[tuple[AnyReference, ...], linked(AssessmentContrastsWith.target_id)] = Field(
        default=(), max_length=50, description="Only judgements set against this record, as `kind/id`."
    )
    facets: Annotated[
        tuple[str, ...],
        facet_names("type", "likelihood", "holder", "about", "rests_on", "depends_on", "contrasts_with"),
    ] = Field(default=(), description=FACETS)
    sort: Annotated[tuple[str, ...], BY_NAME] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(AssessmentPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_assessments", response_model=Page[AssessmentPublic], responses=LIST_PROBLEMS)
def list_assessments(
    params: Annotated[AssessmentsQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """What the authors conclude, expect, explain or ask, by name.

    `likelihood` keeps the hedge in the source's words; `rests_on` and `depends_on` say what it is drawn from and what
    must come true first.
    """
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, ASSESSMENT_KIND)
