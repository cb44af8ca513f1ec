"""The mentions of actors in the texts: all, and those of one actor."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.anchors import AnchorsQuery, mentions
from app.api.downloads import csv_router
from app.api.parameters import list_query, several
from app.api.records import RecordId
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.actor import ACTOR_KIND
from app.model.evidence import Mention, MentionPublic
from app.model.tables import MENTION
from app.query.filters import linked, one_of_own
from app.query.lookup import find_record
from app.query.parameters import Ids, ListQuery, Number

router = api_router("mentions")
of_actor: APIRouter = api_router("actors")

MENTIONS = mentions()


@list_query("document", "start")
class ActorMentionsQuery(AnchorsQuery, ListQuery):
    """The parameters of the mentions of an actor."""


class MentionsQuery(AnchorsQuery):
    """The filters of the list of all mentions."""

    actor: Annotated[Ids, linked(Mention.actor_id)] = several("Actor that is mentioned.")
    passage: Annotated[tuple[Number, ...], one_of_own(Mention.passage)] = several(
        "Number of the passage, in `document` if it is given, else in any document."
    )


@list_query("document", "start")
class MentionListQuery(MentionsQuery, ListQuery):
    """The parameters of the list of all mentions."""


@router.get("", response_model=Page[MentionPublic], summary="List all mentions of actors")
def list_mentions(params: Annotated[MentionListQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """The places where documents mention actors by name or alias, sorted by document and position."""
    return answer_list(snapshot, MENTIONS, params, target)


@of_actor.get("/{id}/mentions", response_model=Page[MentionPublic], summary="List the mentions of an actor")
def list_actor_mentions(
    id: RecordId, params: Annotated[ActorMentionsQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The places where documents mention an actor by name or alias, sorted by document and position."""
    key = find_record(snapshot, ACTOR_KIND, id).id
    return answer_list(snapshot, mentions(MENTION.c.actor_id == key), params, target)


download = csv_router("mentions", MENTIONS, MentionsQuery)
