"""The change feed: the records created, changed and deleted in each revision, for mirrors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Union

from fastapi import Query
from pydantic import Field, StringConstraints
from sqlalchemy import and_, func
from starlette.responses import Response

from app.api.parameters import list_query, optional, several
from app.api.shapes import Page
from app.http.responses import answer_page
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dataset import ChangeType
from app.model.kinds import KINDS
from app.model.shape import KindName, Ref, Shape
from app.model.tables import CHANGE, RECORD
from app.problems import Conflict
from app.query.filters import one_of
from app.query.listing import Listing, read_page
from app.query.order import SortKey
from app.query.parameters import Flag, ListQuery, Number
from app.query.rows import to_json
from app.query.snapshot import Snapshot

router = api_router("changes")

Dataset = Annotated[str, StringConstraints(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
_ANY_RECORD: Any = Union[tuple(kind.public for kind in KINDS.values())]  # noqa: UP007
_RESTART = "Start again with an empty mirror, without `since` and `dataset`."


class _RecordChange(Shape):
    """A change of one record in one revision."""

    revision: int = Field(description="The revision of the change.", examples=[1])
    at: datetime = Field(description="The time of the change, in UTC.", examples=["2022-05-01T12:00:00Z"])
    change: ChangeType = Field(
        description="`created` or `changed`: store the record's current JSON; `deleted`: remove the record.",
        examples=["created"],
    )
    record: Ref = Field(description="The record, with its current or last name.")


class Change(_RecordChange):
    body: _ANY_RECORD | None = Field(
        description="With `body=true`, the record's current JSON, or null if the record was deleted since."
    )


class ChangePage(Page[Change]):
    """A page of the change feed, oldest change first."""

    dataset: str = Field(
        description="The id of the dataset. Send it with the next `since`: if the dataset was replaced, a 409 follows.",
        examples=["5f48e3e4-9a4a-405b-80c8-1c3840f58fa5"],
    )
    revision: int = Field(description="The current revision. On the last page, it is the next `since`.", examples=[1])


@list_query("revision")
class ChangesQuery(ListQuery):
    """The parameters of the change feed."""

    since: Number = Field(default=0, description="Changes after this revision; 0 for all changes.")
    dataset: Dataset | None = optional(
        "Id of the dataset that `since` belongs to. If this is another dataset, the response is a 409."
    )
    body: Flag = Field(
        default=False, description="Include the record's current JSON with each change.", examples=[True]
    )
    kind: Annotated[tuple[KindName, ...], one_of(CHANGE.c.kind)] = several("Kind of the records.", len(KINDS))


@router.get(
    "",
    response_model=ChangePage,
    responses={Conflict.status: {"description": Conflict.__doc__}},
    summary="List the changes since a revision",
)
def list_changes(params: Annotated[ChangesQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Records that were created, changed or deleted since a revision, oldest change first.

    To keep a mirror, begin with `since=0&body=true` and follow `next`: store each `body` as its record, and remove
    deleted records. From the last page, keep `dataset` and `revision`, and send them as `dataset` and `since` next
    time. A record that changed several times is listed each time, with its current JSON. This is null if the record
    was deleted since: its deletion follows. So the mirror is correct after the last page, even if data is loaded
    meanwhile. After a 409, start again with an empty mirror.
    """
    if params.dataset not in (None, snapshot.dataset):
        raise Conflict(
            f"This is the dataset {snapshot.dataset}, not {params.dataset}: their revisions differ. {_RESTART}"
        )
    if params.since > snapshot.revision:
        raise Conflict(
            f"The dataset is at revision {snapshot.revision}, before {params.since}: it was replaced or restored. "
            f"{_RESTART}"
        )
    record = (CHANGE.c.kind.label("record_kind"), CHANGE.c.slug.label("record_slug"))
    columns = [*CHANGE.c, *record, func.coalesce(RECORD.c.name, CHANGE.c.name).label("record_name")]
    listing = Listing(
        source=CHANGE.outerjoin(RECORD, and_(RECORD.c.kind == CHANGE.c.kind, RECORD.c.slug == CHANGE.c.slug)),
        columns=[*columns, RECORD.c.body] if params.body else columns,
        item=_changes,
        keys=(SortKey("revision", CHANGE.c.revision),),
        tie=(CHANGE.c.id,),
        where=(CHANGE.c.revision > params.since,),
        shape=_RecordChange,
    )
    page = read_page(snapshot, listing, params, target)
    return answer_page(snapshot, page, dataset=snapshot.dataset, revision=snapshot.revision)


def _changes(snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    """The JSON of changes. The stored JSON of a record is inserted as it is."""
    bodies = ((getattr(row, "body", None) or "null").encode() for row in rows)
    items = to_json(_RecordChange)(snapshot, rows)
    return [b'%b,"body":%b}' % (item[:-1], body) for item, body in zip(items, bodies, strict=True)]
