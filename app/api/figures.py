"""Routes of figures."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from app.api.answers import answer_list
from app.api.dependencies import AskedDep, ReaderDep
from app.api.records import BY_DATE, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.model.figure import FIGURE, Figure, FigurePublic
from app.model.shape import Slug, TermName
from app.query.filters import in_any_part, one_of
from app.query.question import DatedQuestion, field_names, term_of

router = APIRouter(prefix="/figures", tags=["figures"])
LISTING = records_of(FIGURE)


class FiguresQuestion(DatedQuestion):
    """The parameters of the list of figures."""

    type: Annotated[list[TermName], one_of(Figure.metric)] = Field(
        default=[],
        max_length=20,
        description="What it measures; repeat it for either.",
        json_schema_extra=term_of("metric"),
    )
    actor: Annotated[list[Slug], in_any_part(FIGURE)] = Field(
        default=[],
        max_length=50,
        description="Only figures that are about this actor or come from it; repeat it for either.",
    )
    sort: Annotated[list[str], BY_DATE] = Field(default=[], description=SORT)
    fields: Annotated[list[str], field_names(FigurePublic)] = Field(default=[], description=FIELDS)


@router.get("", operation_id="list_figures", response_model=Page[FigurePublic], responses=LIST_PROBLEMS)
async def list_figures(question: Annotated[FiguresQuestion, Query()], reader: ReaderDep, asked: AskedDep) -> Response:
    """Quantities that the documents give, by the date for which they hold.

    `value.relation` says how exact they are: a floor, a range, an estimate.
    """
    return answer_list(reader, LISTING, question, asked)


serve_records(router, FIGURE)
