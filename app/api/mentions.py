"""The mentions of an actor in the texts."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from app.api.parameters import FormatQuery, selectable, several, sortable
from app.api.records import LIST_OF_RECORD_PROBLEMS, RecordId
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.actor import ACTOR_KIND
from app.model.evidence import Anchor
from app.model.shape import Slug
from app.model.tables import DOCUMENT_RECORD, MENTION
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.lookup import find_record
from app.query.order import SortKey
from app.query.rows import ref_columns, to_json

router = api_router("actors")


class MentionPublic(Anchor):
    """A place where a document mentions an actor by name or alias."""


@selectable(MentionPublic)
@sortable("document", "start")
class MentionsQuery(FormatQuery):
    """The parameters of the mentions of an actor."""

    document: Annotated[tuple[Slug, ...], one_of(DOCUMENT_RECORD.c.slug)] = several("Document of the mentions.")


@router.get(
    "/{id}/mentions",
    operation_id="list_actor_mentions",
    response_model=Page[MentionPublic],
    responses=LIST_OF_RECORD_PROBLEMS,
)
def list_mentions(
    id: RecordId, params: Annotated[MentionsQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The places where documents mention an actor by name or alias: by document, then in the order of the text."""
    listing = Listing(
        source=MENTION.join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == MENTION.c.document_id),
        columns=(MENTION, *ref_columns("document", DOCUMENT_RECORD)),
        item=to_json(MentionPublic),
        keys=(SortKey("document", DOCUMENT_RECORD.c.slug), SortKey("start", MENTION.c.start)),
        tie=(MENTION.c.start, DOCUMENT_RECORD.c.slug),
        shape=MentionPublic,
        where=(MENTION.c.actor_id == find_record(snapshot, ACTOR_KIND, id).id,),
    )
    return answer_list(snapshot, listing, params, target)
