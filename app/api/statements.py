"""Routes of statements."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import BY_DATE, FACETS, FIELDS, LIST_PROBLEMS, SORT, records_of, serve_records
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.shape import Slug
from app.model.statement import (
    STATEMENT_KIND,
    Statement,
    StatementAbout,
    StatementPublic,
    StatementSpeaker,
    StatementStance,
)
from app.model.vocabularies import Stance, StatementType
from app.query.filters import given, in_any_part, linked, one_of
from app.query.parameters import AnyReference, DatedQuery, Flag, facet_names, field_names

router = api_router("statements")
LISTING = records_of(STATEMENT_KIND)


class StatementsQuery(DatedQuery):
    """The parameters of the list of statements."""

    type: Annotated[tuple[StatementType, ...], one_of(Statement.type)] = Field(
        default=(), max_length=20, description="What sort of statement; repeat it for either."
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(STATEMENT_KIND)] = Field(
        default=(),
        max_length=50,
        description="Only statements in which this actor has some part; repeat it for either.",
    )
    speaker: Annotated[tuple[Slug, ...], linked(StatementSpeaker.actor_id)] = Field(
        default=(), max_length=50, description="Only statements that this actor made."
    )
    medium: Annotated[tuple[Slug, ...], linked(Statement.medium_id)] = Field(
        default=(), max_length=50, description="Only statements made through this outlet or body."
    )
    about: Annotated[tuple[AnyReference, ...], linked(StatementAbout.target_id)] = Field(
        default=(), max_length=50, description="Only statements about this record, as `kind/id`."
    )
    toward: Annotated[tuple[AnyReference, ...], linked(StatementStance.toward_id)] = Field(
        default=(), max_length=50, description="Only statements that show an attitude toward this record, as `kind/id`."
    )
    stance: Annotated[tuple[Stance, ...], one_of(StatementStance.value)] = Field(
        default=(), max_length=3, description="Only statements that show this attitude toward something."
    )
    verbatim: Annotated[Flag | None, given(Statement.text)] = Field(
        default=None, description="Only statements in their own words, or only reports."
    )
    event: Annotated[tuple[Slug, ...], linked(Statement.event_id)] = Field(
        default=(), max_length=50, description="Only statements made at this event."
    )
    facets: Annotated[
        tuple[str, ...], facet_names("type", "speaker", "medium", "about", "toward", "stance", "event")
    ] = Field(default=(), description=FACETS)
    sort: Annotated[tuple[str, ...], BY_DATE] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(StatementPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_statements", response_model=Page[StatementPublic], responses=LIST_PROBLEMS)
def list_statements(params: Annotated[StatementsQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Statements that the documents quote or report, by date.

    `text` holds the words between the source's quotation marks, and is null where the source only reports them;
    `speakers` is empty where it attributes them to nobody.
    """
    return answer_list(snapshot, LISTING, params, target)


serve_records(router, STATEMENT_KIND)
