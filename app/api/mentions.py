"""The mentions of an actor in the texts."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from app.api.anchors import AnchorsQuery, anchors
from app.api.parameters import list_query
from app.api.records import LIST_OF_RECORD_PROBLEMS, RecordId
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.actor import ACTOR_KIND
from app.model.evidence import Anchor
from app.model.tables import MENTION
from app.query.lookup import find_record

router = api_router("actors")


class MentionPublic(Anchor):
    """A place where a document mentions an actor by name or alias."""


@list_query(MentionPublic, "document", "start")
class MentionsQuery(AnchorsQuery):
    """The parameters of the mentions of an actor."""


@router.get("/{id}/mentions", response_model=Page[MentionPublic], responses=LIST_OF_RECORD_PROBLEMS)
def list_actor_mentions(
    id: RecordId, params: Annotated[MentionsQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The places where documents mention an actor by name or alias, sorted by document and position."""
    key = find_record(snapshot, ACTOR_KIND, id).id
    return answer_list(snapshot, anchors(MENTION, MENTION.c.actor_id == key, MentionPublic), params, target)
