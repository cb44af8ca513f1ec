"""Where the texts speak of an actor."""

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import DOCUMENT_COLUMNS, FIELDS, LIST_OF_RECORD_PROBLEMS, SORT, RecordId, document_ref, find
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.actor import ACTOR_KIND
from app.model.evidence import Anchor
from app.model.shape import Slug
from app.model.tables import DOCUMENT_RECORD, MENTION
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.parameters import FormatQuery, field_names, sort_names
from app.query.snapshot import Snapshot

router = api_router("actors")


class MentionPublic(Anchor):
    """A place where a document mentions an actor, by its name or another word for it."""


class MentionsQuery(FormatQuery):
    """The parameters of the mentions of an actor."""

    document: Annotated[tuple[Slug, ...], one_of(DOCUMENT_RECORD.c.slug)] = Field(
        default=(), max_length=50, description="Only mentions in this document."
    )
    sort: Annotated[tuple[str, ...], sort_names("document", "start")] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(MentionPublic)] = Field(default=(), description=FIELDS)


@router.get(
    "/{id}/mentions",
    operation_id="list_actor_mentions",
    response_model=Page[MentionPublic],
    responses=LIST_OF_RECORD_PROBLEMS,
)
def list_mentions(
    id: RecordId,
    params: Annotated[MentionsQuery, Query()],
    snapshot: SnapshotDep,
    target: TargetDep,
) -> Response:
    """Where the documents mention an actor by its name or an alias, in the order of the text."""
    listing = Listing(
        source=MENTION.join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == MENTION.c.document_id),
        columns=(MENTION, *DOCUMENT_COLUMNS),
        item=_mentions,
        keys=(SortKey("document", DOCUMENT_RECORD.c.slug), SortKey("start", MENTION.c.start)),
        tie=(MENTION.c.start, DOCUMENT_RECORD.c.slug),
        shape=Anchor,
        where=(MENTION.c.actor_id == find(snapshot, ACTOR_KIND, id).id,),
    )
    return answer_list(snapshot, listing, params, target)


def _mentions(_snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "document": document_ref(row),
                "passage": row.passage,
                "start": row.start,
                "end": row.end,
                "exact": row.exact,
            }
        )
        for row in rows
    ]
