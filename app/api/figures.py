"""Routes of figures."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_DATE, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.figure import FIGURE_KIND, Figure, FigureAbout, FigurePublic
from app.model.shape import Slug, TermName
from app.model.vocabularies import FigureRelation, Modality
from app.query.filters import in_any_part, linked, one_of
from app.query.parameters import AnyReference, DatedQuery, facet_names, field_names, term_of

router = api_router("figures")
LISTING = records_of(FIGURE_KIND)


class FiguresQuery(DatedQuery):
    """The parameters of the list of figures."""

    metric: Annotated[tuple[TermName, ...], one_of(Figure.metric)] = Field(
        default=(),
        max_length=20,
        description="What it measures; repeat it for either.",
        json_schema_extra=term_of("metric"),
    )
    unit: Annotated[tuple[TermName, ...], one_of(Figure.value_unit)] = Field(
        default=(),
        max_length=20,
        description="What it counts in; repeat it for either.",
        json_schema_extra=term_of("unit"),
    )
    relation: Annotated[tuple[FigureRelation, ...], one_of(Figure.value_relation)] = Field(
        default=(), max_length=7, description="How exact it is; repeat it for either."
    )
    modality: Annotated[tuple[Modality, ...], one_of(Figure.modality)] = Field(
        default=(), max_length=5, description="Whether it is a fact, a plan, or only imagined; repeat it for either."
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(FIGURE_KIND)] = Field(
        default=(),
        max_length=50,
        description="Only figures that are about this actor or come from it; repeat it for either.",
    )
    about: Annotated[tuple[AnyReference, ...], linked(FigureAbout.target_id)] = Field(
        default=(), max_length=50, description="Only figures about this record, as `kind/id`."
    )
    source: Annotated[tuple[Slug, ...], linked(Figure.source_id)] = Field(
        default=(), max_length=50, description="Only figures that this actor gives."
    )
    facets: Annotated[tuple[str, ...], facet_names("metric", "unit", "relation", "modality", "about", "source")] = (
        Field(default=(), description=FACETS)
    )
    sort: Annotated[tuple[str, ...], BY_DATE] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(FigurePublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_figures", response_model=Page[FigurePublic], responses=LIST_PROBLEMS)
def list_figures(params: Annotated[FiguresQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Quantities that the documents give, by the date for which they hold.

    `value.relation` says how exact they are: a floor, a range, an estimate.
    """
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, FIGURE_KIND)
