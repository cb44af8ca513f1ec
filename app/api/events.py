"""Routes of events."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from app.api.answers import answer_list
from app.api.dependencies import AskedDep, ReaderDep
from app.api.records import BY_DATE, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.model.event import EVENT, Event, EventPublic
from app.model.shape import Slug
from app.model.vocabularies import EventType
from app.query.filters import in_any_part, one_of
from app.query.question import DatedQuestion, field_names

router = APIRouter(prefix="/events", tags=["events"])
LISTING = records_of(EVENT)


class EventsQuestion(DatedQuestion):
    """The parameters of the list of events."""

    type: Annotated[list[EventType], one_of(Event.type)] = Field(
        default=[], max_length=20, description="PLOVER event type; repeat it for either."
    )
    actor: Annotated[list[Slug], in_any_part(EVENT)] = Field(
        default=[],
        max_length=50,
        description="Only events in which this actor has some part; repeat it for either.",
    )
    sort: Annotated[list[str], BY_DATE] = Field(default=[], description=SORT)
    fields: Annotated[list[str], field_names(EventPublic)] = Field(default=[], description=FIELDS)


@router.get("", operation_id="list_events", response_model=Page[EventPublic], responses=LIST_PROBLEMS)
async def list_events(question: Annotated[EventsQuestion, Query()], reader: ReaderDep, asked: AskedDep) -> Response:
    """Events that the documents report, plan or imagine, oldest first.

    `modality` tells what happened from what is planned or only imagined. Undated events come last.
    """
    return answer_list(reader, LISTING, question, asked)


serve_records(router, EVENT)
