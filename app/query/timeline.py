"""The timeline: dated records of all kinds in order, and their number in each year or month.

A record stands on the first day of its date, or on its last day if the beginning is open. A record without a date may
have that of an event. Records without a resolved date are not on the timeline.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import orjson
from pydantic import BaseModel
from sqlalchemy import ColumnElement, FromClause, Integer, String, cast, column, func, or_, select

from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName, Ref
from app.model.tables import RECORD
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.record_filters import on_or_after, on_or_before
from app.query.rows import to_json
from app.query.snapshot import Snapshot
from app.query.sql_bytes import BODY

Bucket = Literal["year", "month"]

DATED = tuple(kind.name for kind in KINDS.values() if kind.dated_by)
"""The kinds whose records can have a date."""
_EVENT = RECORD.alias("event")
_ON_TIMELINE = (RECORD.c.day.is_not(None),)
_PREFIX: dict[Bucket, int] = {"year": 4, "month": 7}
"""The length of the prefix of an ISO date that names its bucket."""
_TYPES = ("type", "status", "metric")
"""The fields that may classify a record within its kind. The first one that a kind has is shown."""


def _of_event(column: str) -> Any:
    """A column of the event whose date the record has, null if its date is its own."""
    found = select(_EVENT.c[column]).where(_EVENT.c.id == RECORD.c.date_of_id)
    return found.correlate(RECORD).scalar_subquery()


_DATE = tuple(func.coalesce(RECORD.c[bound], _of_event(bound)) for bound in ("earliest", "latest"))
ON_OR_AFTER, ON_OR_BEFORE = on_or_after(*_DATE), on_or_before(*_DATE)
# With the bare column, SQLite would take an index by kind, and sort all rows of these kinds.
_KIND = cast(RECORD.c.kind, String)
OF_KIND = replace(one_of(Record.kind), condition=lambda _snapshot, kinds, _given: _KIND.in_([*map(str, kinds)]))


def entries(shape: type[BaseModel]) -> Listing:
    """The list of the dated records, in a shape with the fields of `_entry`."""
    return Listing(
        source=RECORD,
        columns=(BODY, _of_event("body").label("event")),
        item=lambda _snapshot, rows: [orjson.dumps(_entry(row.body, row.event)) for row in rows],
        keys=(SortKey("date", RECORD.c.day),),
        tie=(RECORD.c.kind, RECORD.c.slug),
        where=_ON_TIMELINE,
        shape=shape,
        any_kind=frozenset({"record"}),
    )


def buckets(size: Bucket, shape: type[BaseModel]) -> Listing:
    """The list of the years or months with records, in a shape with `start`, `end`, `count`, `by_kind` and `vague`."""
    counts = ("number", "vague", *(f"by_kind_{kind}" for kind in DATED))
    bucket = column("bucket", String)
    return Listing(
        source=RECORD,
        columns=(bucket, *(column(name, Integer) for name in counts)),
        item=to_json(shape, _bounds_and_count),
        keys=(SortKey("date", bucket),),
        where=_ON_TIMELINE,
        shape=shape,
        grouped=lambda where: _groups(size, where),
    )


def _entry(body: bytes, event_body: str | None) -> dict[str, Any]:
    """The timeline entry of a record, from its public JSON and that of the event whose date it has."""
    record = orjson.loads(body)
    event = orjson.loads(event_body) if event_body else None
    dated_by = KINDS[KindName(record["kind"])].dated_by
    assert dated_by is not None  # noqa: S101
    return {
        "record": _ref(record),
        "document": record["document"],
        "type": next((record[name] for name in _TYPES if name in record), record["kind"]),
        "modality": record.get("modality"),
        "status": record.get("status"),
        "date": event["date"] if event else record[dated_by],
        "date_of": event and _ref(event),
        "actors": record["actors"],
    }


def _ref(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in Ref.model_fields}


def _groups(size: Bucket, where: Sequence[ColumnElement[bool]]) -> FromClause:
    """The rows that meet the conditions, counted by bucket."""

    def bucket_of(day: Any) -> ColumnElement[str]:
        return func.substr(cast(day, String), 1, _PREFIX[size])

    earliest, latest = _DATE
    vague = or_(earliest.is_(None), latest.is_(None), bucket_of(earliest) != bucket_of(latest))
    bucket = bucket_of(RECORD.c.day).label("bucket")
    return (
        select(
            bucket,
            func.count().label("number"),
            func.count().filter(vague).label("vague"),
            *(func.count().filter(RECORD.c.kind == kind).label(f"by_kind_{kind}") for kind in DATED),
        )
        .where(*where)
        .group_by(bucket)
        .subquery("buckets")
    )


def _bounds_and_count(_snapshot: Snapshot, rows: Sequence[Any]) -> Iterable[dict[str, Any]]:
    """The first and last day of each bucket, and its count. The row can't have a column `count`, which is a method."""
    for row in rows:
        year, month = int(row.bucket[:4]), int(row.bucket[5:] or 12)
        start = date.fromisoformat(f"{row.bucket}-01-01"[:10])
        yield {"start": start, "end": date(year, month, monthrange(year, month)[1]), "count": row.number}
