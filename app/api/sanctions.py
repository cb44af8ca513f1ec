"""Routes of sanctions."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from app.api.answers import answer_list
from app.api.dependencies import AskedDep, ReaderDep
from app.api.records import BY_DATE, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.model.sanction import SANCTION, SanctionMeasure, SanctionPublic
from app.model.shape import Slug
from app.model.vocabularies import MeasureType
from app.query.filters import in_any_part, one_of
from app.query.question import DatedQuestion, field_names

router = APIRouter(prefix="/sanctions", tags=["sanctions"])
LISTING = records_of(SANCTION)


class SanctionsQuestion(DatedQuestion):
    """The parameters of the list of sanctions."""

    type: Annotated[list[MeasureType], one_of(SanctionMeasure.type)] = Field(
        default=[],
        max_length=20,
        description="The sort of restriction, of any of its measures; repeat it for either.",
    )
    actor: Annotated[list[Slug], in_any_part(SANCTION)] = Field(
        default=[],
        max_length=50,
        description="Only sanctions in which this actor has some part; repeat it for either.",
    )
    sort: Annotated[list[str], BY_DATE] = Field(default=[], description=SORT)
    fields: Annotated[list[str], field_names(SanctionPublic)] = Field(default=[], description=FIELDS)


@router.get("", operation_id="list_sanctions", response_model=Page[SanctionPublic], responses=LIST_PROBLEMS)
async def list_sanctions(
    question: Annotated[SanctionsQuestion, Query()], reader: ReaderDep, asked: AskedDep
) -> Response:
    """Sanctions and regimes of them, by the date of their adoption.

    Who imposed them, on whom, what they forbid, and who keeps, weakens or breaks them.
    """
    return answer_list(reader, LISTING, question, asked)


serve_records(router, SANCTION)
