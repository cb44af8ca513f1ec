"""Routes of relationships."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from app.api.answers import answer_list
from app.api.dependencies import AskedDep, ReaderDep
from app.api.records import BY_DATE, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.model.relationship import RELATIONSHIP, Relationship, RelationshipPublic
from app.model.shape import Slug
from app.model.vocabularies import RelationshipType
from app.query.filters import in_any_part, one_of
from app.query.question import DatedQuestion, field_names

router = APIRouter(prefix="/relationships", tags=["relationships"])
LISTING = records_of(RELATIONSHIP)


class RelationshipsQuestion(DatedQuestion):
    """The parameters of the list of relationships."""

    type: Annotated[list[RelationshipType], one_of(Relationship.type)] = Field(
        default=[], max_length=20, description="The sort of tie; repeat it for either."
    )
    actor: Annotated[list[Slug], in_any_part(RELATIONSHIP)] = Field(
        default=[], max_length=50, description="Only ties of this actor, at either end; repeat it for either."
    )
    sort: Annotated[list[str], BY_DATE] = Field(default=[], description=SORT)
    fields: Annotated[list[str], field_names(RelationshipPublic)] = Field(default=[], description=FIELDS)


@router.get("", operation_id="list_relationships", response_model=Page[RelationshipPublic], responses=LIST_PROBLEMS)
async def list_relationships(
    question: Annotated[RelationshipsQuestion, Query()], reader: ReaderDep, asked: AskedDep
) -> Response:
    """Lasting ties between two actors, by the date of their beginning."""
    return answer_list(reader, LISTING, question, asked)


serve_records(router, RELATIONSHIP)
