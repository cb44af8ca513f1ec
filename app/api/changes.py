"""The change feed: what happened to records, revision by revision, for those who keep a mirror."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Union

import orjson
from fastapi import Query
from pydantic import Field, StringConstraints, create_model
from sqlalchemy import and_, func
from starlette.responses import Response

from app.api.records import FIELDS, LIST_PROBLEMS, SORT
from app.api.shapes import Page
from app.http.negotiation import JSON
from app.http.responses import answer_page, answer_whole
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dataset import ChangeType
from app.model.kinds import KINDS, ref
from app.model.shape import KindName, Ref, Shape
from app.model.tables import CHANGE, RECORD
from app.problems import Conflict, responses
from app.query.listing import Listing, read_page
from app.query.order import SortKey
from app.query.parameters import Flag, FormatQuery, Number, field_names, sort_names
from app.query.snapshot import Snapshot

router = api_router("changes")

Dataset = Annotated[str, StringConstraints(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
_ANY_RECORD: Any = Union[tuple(kind.public for kind in KINDS.values())]  # noqa: UP007


class _Change(Shape):
    """What happened to one record in one revision."""

    revision: int = Field(description="The revision in which it happened.", examples=[1])
    at: datetime = Field(description="When that was, in UTC.", examples=["2022-05-01T12:00:00Z"])
    change: ChangeType = Field(
        description="`created` and `changed`: put what the record says now; `deleted`: take it away.",
        examples=["created"],
    )
    record: Ref = Field(description="The record, by its name of today, or its last.")


Change: type[_Change] = create_model(
    "Change",
    __base__=_Change,
    body=(
        _ANY_RECORD | None,
        Field(description="With `body=true`, the JSON of the record as it is now; null where it is no more."),
    ),
)


class ChangePage(Page[Change]):
    """A page of the change feed, the oldest change first."""

    dataset: str = Field(
        description="The dataset: send it back with the next `since`, to be told if it is another by then.",
        examples=["5f48e3e4-9a4a-405b-80c8-1c3840f58fa5"],
    )
    revision: int = Field(
        description="The revision that this page was read in: on the last page, the next `since`.", examples=[1]
    )


class ChangesQuery(FormatQuery):
    """The parameters of the change feed."""

    since: Number = Field(default=0, description="Only changes after this revision; 0: all that ever were.")
    dataset: Dataset | None = Field(
        default=None,
        description="The dataset that `since` is a revision of, as a page of the feed or `/v1` named it.",
    )
    body: Flag = Field(default=False, description="Send with each change what the record says now.")
    kind: tuple[KindName, ...] = Field(
        default=(), max_length=8, description="Only changes of records of this kind; repeat it for either."
    )
    sort: Annotated[tuple[str, ...], sort_names("revision")] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(Change)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_changes", response_model=ChangePage, responses=LIST_PROBLEMS | responses(Conflict))
def list_changes(params: Annotated[ChangesQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """What happened to records since a revision: created, changed, deleted, in that order of events.

    To keep a mirror, begin with `since=0&body=true` and follow `next`: put each `body` in the place of its record, and
    take away what was deleted. On the last page keep `dataset` and `revision`, and ask again with them as `dataset` and
    `since`. A record that changed several times comes as often, each time with what it says now (null where it is gone
    by now: its deletion follows), so that after the last page the mirror is right, whatever is loaded meanwhile.
    409: start again, with an empty mirror.
    """
    if params.dataset not in (None, snapshot.dataset):
        raise Conflict(
            f"This is the dataset {snapshot.dataset}, not {params.dataset}: its revisions are others. Start again, "
            "with an empty mirror and without `since` and `dataset`."
        )
    if params.since > snapshot.revision:
        raise Conflict(
            f"The dataset is at revision {snapshot.revision}, which is before {params.since}: it is another, or was "
            "restored. Start again, with an empty mirror and without `since` and `dataset`."
        )
    where = [CHANGE.c.revision > params.since]
    if params.kind:
        where.append(CHANGE.c.kind.in_(params.kind))
    columns = [*CHANGE.c, func.coalesce(RECORD.c.name, CHANGE.c.name).label("title")]
    listing = Listing(
        source=CHANGE.outerjoin(RECORD, and_(RECORD.c.kind == CHANGE.c.kind, RECORD.c.slug == CHANGE.c.slug)),
        columns=[*columns, RECORD.c.body] if params.body else columns,
        item=_changes,
        keys=(SortKey("revision", CHANGE.c.revision),),
        tie=(CHANGE.c.id,),
        where=where,
        shape=_Change,  # a row has no place for what the record says
        any_kind=frozenset({"record"}),
    )
    if target.media_type != JSON:
        return answer_whole(snapshot, listing, params, target)
    page = read_page(snapshot, listing, params, target)
    return answer_page(snapshot, page, params.fields, dataset=snapshot.dataset, revision=snapshot.revision)


def _changes(_snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "revision": row.revision,
                "at": row.at,
                "change": row.change,
                "record": ref(row.kind, row.slug, row.title),
                "body": orjson.Fragment(row.body) if getattr(row, "body", None) else None,
            }
        )
        for row in rows
    ]
