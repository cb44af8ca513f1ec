"""Routes of sanctions."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_DATE, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.sanction import (
    SANCTION_KIND,
    Sanction,
    SanctionEnforcement,
    SanctionMeasure,
    SanctionPublic,
    SanctionTarget,
)
from app.model.shape import Slug
from app.model.vocabularies import Conduct, MeasureType, Modality, SanctionStatus
from app.query.filters import in_any_part, linked, one_of
from app.query.parameters import DatedQuery, facet_names, field_names

router = api_router("sanctions")
LISTING = records_of(SANCTION_KIND)


class SanctionsQuery(DatedQuery):
    """The parameters of the list of sanctions."""

    type: Annotated[tuple[MeasureType, ...], one_of(SanctionMeasure.type)] = Field(
        default=(), max_length=20, description="The sort of restriction, of any of its measures; repeat it for either."
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(SANCTION_KIND)] = Field(
        default=(), max_length=50, description="Only sanctions in which this actor has some part; repeat it for either."
    )
    authority: Annotated[tuple[Slug, ...], linked(Sanction.authority_id)] = Field(
        default=(), max_length=50, description="Only sanctions that this actor imposed."
    )
    target: Annotated[tuple[Slug, ...], linked(SanctionTarget.target_id)] = Field(
        default=(), max_length=50, description="Only sanctions on this actor."
    )
    enforcer: Annotated[tuple[Slug, ...], linked(SanctionEnforcement.actor_id)] = Field(
        default=(), max_length=50, description="Only sanctions that this actor keeps, weakens or breaks."
    )
    conduct: Annotated[tuple[Conduct, ...], one_of(SanctionEnforcement.conduct)] = Field(
        default=(), max_length=10, description="Only sanctions about which somebody does this."
    )
    modality: Annotated[tuple[Modality, ...], one_of(SanctionEnforcement.modality)] = Field(
        default=(), max_length=5, description="Only sanctions about which somebody does, or might do, something so."
    )
    status: Annotated[tuple[SanctionStatus, ...], one_of(Sanction.status)] = Field(
        default=(), max_length=10, description="Where the sanction stands; repeat it for either."
    )
    part_of: Annotated[tuple[Slug, ...], linked(Sanction.part_of_id)] = Field(
        default=(), max_length=50, description="Only sanctions that belong to this wider one."
    )
    trigger: Annotated[tuple[Slug, ...], linked(Sanction.trigger_id)] = Field(
        default=(), max_length=50, description="Only sanctions that this event led to."
    )
    facets: Annotated[
        tuple[str, ...],
        facet_names("type", "authority", "target", "enforcer", "conduct", "modality", "status", "part_of", "trigger"),
    ] = Field(default=(), description=FACETS)
    sort: Annotated[tuple[str, ...], BY_DATE] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(SanctionPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_sanctions", response_model=Page[SanctionPublic], responses=LIST_PROBLEMS)
def list_sanctions(params: Annotated[SanctionsQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Sanctions and regimes of them, by the date of their adoption.

    Who imposed them, on whom, what they forbid, and who keeps, weakens or breaks them.
    """
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, SANCTION_KIND)
