"""The change feed: the records created, changed, deleted and merged in each revision, for mirrors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Union

from fastapi import Query
from pydantic import Field, StringConstraints
from sqlalchemy import and_, func, or_, select
from starlette.responses import Response

from app.api.parameters import list_query, optional, several
from app.api.shapes import Page
from app.http.responses import answer_page
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dataset import ChangeType
from app.model.kinds import KINDS
from app.model.shape import KindName, Ref, Shape
from app.model.tables import CHANGE, FORMER_ID, LOAD, RECORD
from app.problems import Conflict
from app.query import cursor
from app.query.filters import Filter, one_of
from app.query.listing import Listing, read_page
from app.query.order import SortKey
from app.query.parameters import Flag, Ids, ListQuery
from app.query.rows import ref_columns, to_json
from app.query.snapshot import Snapshot
from app.suggest import Refused

router = api_router("changes")

_Since = Annotated[
    str,
    StringConstraints(pattern="^[0-9]{1,9}-[0-9a-f]{1,64}$"),
    Refused("must be the `until` of an earlier response, unchanged; leave it out for all changes"),
]
_OF_DOCUMENT = Filter(
    lambda _snapshot, ids, _given: or_(CHANGE.c.document.in_(ids), CHANGE.c.left.in_(ids)), kinds=(KindName.DOCUMENT,)
)
"""By ids as they were at the time, because the document may have been deleted since."""
_INTO = RECORD.alias("merged_into")
_MERGED = CHANGE.c.change == ChangeType.MERGED
_ANY_RECORD: Any = Union[tuple(kind.public for kind in KINDS.values())]  # noqa: UP007


class _RecordChange(Shape):
    """A change of one record in one revision."""

    revision: int = Field(description="The revision of the change.", examples=[1])
    at: datetime = Field(description="The time of the change, in UTC.", examples=["2022-05-01T12:00:00Z"])
    change: ChangeType = Field(
        description="`created` or `changed`: store the record's current JSON; `deleted`, `merged`: remove the record.",
        examples=["created"],
    )
    record: Ref = Field(description="The record, with its current or last name.")
    merged_into: Ref | None = Field(
        description="For `merged`, the record that has this id under `formerly`, or null if it was deleted since. "
        "Null for other changes."
    )


class Change(_RecordChange):
    body: _ANY_RECORD | None = Field(
        description="With `body=true`, the record's current JSON, or null if the record was deleted or merged since."
    )


class ChangePage(Page[Change]):
    """A page of the change feed, oldest change first."""

    until: str = Field(
        description="The state of the dataset. That of the last page is the next `since`.",
        examples=["1-5f48e3e49a4a405b"],
    )


@list_query("revision")
class ChangesQuery(ListQuery):
    """The parameters of the change feed."""

    since: _Since | None = optional(
        "Changes after this state: the `until` of an earlier response, unchanged. Omit it for all changes."
    )
    body: Flag = Field(
        default=False, description="Include the record's current JSON with each change.", examples=[True]
    )
    kind: Annotated[tuple[KindName, ...], one_of(CHANGE.c.kind)] = several("Kind of the records.", len(KINDS))
    document: Annotated[Ids, _OF_DOCUMENT] = several(
        "Document that introduced the records, or from which they moved to another."
    )


@router.get(
    "",
    response_model=ChangePage,
    responses={Conflict.status: {"description": Conflict.__doc__}},
    summary="List the changes since a revision",
)
def list_changes(params: Annotated[ChangesQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Records that were created, changed, deleted or merged since an earlier state, oldest change first.

    To keep a mirror, begin with `body=true` and follow `next`: store each `body` as its record, and remove deleted and
    merged records. Keep `until` from the last page, and send it as `since` next time. A record that changed several
    times is listed each time, with its current JSON. This is null if the record was deleted or merged since: that
    change follows. So the mirror is correct after the last page, even if data is loaded meanwhile. A 409 means that the
    dataset was replaced, or restored from a backup: start again with an empty mirror, without `since`.

    A mirror of some documents also removes a record whose `body` has another document: it moved there.
    """
    after = _revision_of(snapshot, params.since) if params.since else 0
    if params.cursor is not None:  # the dataset may have been restored since the page before
        revision, *_, token = cursor.decode(params.cursor, target.fingerprint, snapshot.secret)
        _revision_of(snapshot, f"{revision}-{token}")
    record = (CHANGE.c.kind.label("record_kind"), CHANGE.c.slug.label("record_slug"))
    name = func.coalesce(RECORD.c.name, CHANGE.c.name).label("record_name")
    columns = [*CHANGE.c, *record, name, *ref_columns("merged_into", _INTO)]
    listing = Listing(
        source=CHANGE.join(LOAD, LOAD.c.revision == CHANGE.c.revision)
        .outerjoin(RECORD, and_(RECORD.c.kind == CHANGE.c.kind, RECORD.c.slug == CHANGE.c.slug))
        .outerjoin(FORMER_ID, and_(FORMER_ID.c.kind == CHANGE.c.kind, FORMER_ID.c.slug == CHANGE.c.slug, _MERGED))
        .outerjoin(_INTO, _INTO.c.id == FORMER_ID.c.record_id),
        columns=[*columns, RECORD.c.body] if params.body else columns,
        item=_changes,
        keys=(SortKey("revision", CHANGE.c.revision),),
        tie=(CHANGE.c.id, LOAD.c.token),
        where=(CHANGE.c.revision > after,),
        shape=_RecordChange,
    )
    page = read_page(snapshot, listing, params, target)
    return answer_page(snapshot, page, until=f"{snapshot.revision}-{snapshot.token}")


def _revision_of(snapshot: Snapshot, since: str) -> int:
    """The revision of a state. Raises Conflict if the dataset was never in this state."""
    revision, token = since.split("-")
    known = select(LOAD.c.revision).where(LOAD.c.revision == int(revision), LOAD.c.token == token)
    for row in snapshot.rows(known):
        return int(row.revision)
    raise Conflict(
        f"This dataset was never in the state '{since[:40]}': it was replaced, or restored from a backup. "
        "Start again with an empty mirror, without `since`."
    )


def _changes(snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    """The JSON of changes. The stored JSON of a record is inserted as it is."""
    bodies = ((getattr(row, "body", None) or "null").encode() for row in rows)
    items = to_json(_RecordChange)(snapshot, rows)
    return [b'%b,"body":%b}' % (item[:-1], body) for item, body in zip(items, bodies, strict=True)]
