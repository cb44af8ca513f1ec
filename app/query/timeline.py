"""The dated records of all kinds in one order of time, and how many of them fall in each year or month.

A record stands on the day that its date begins; on its last day, where it is open how long before it began. One whose
date the text does not give, or gives in words that cannot be resolved, stands nowhere.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal

import orjson
from pydantic import BaseModel
from sqlalchemy import ColumnElement, FromClause, Integer, String, cast, column, func, or_, select

from app.model.kinds import KINDS
from app.model.shape import KindName, Ref
from app.model.tables import RECORD
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.snapshot import Snapshot
from app.query.sql_bytes import BODY

Bucket = Literal["year", "month"]

DATED = tuple(kind.name for kind in KINDS.values() if kind.dated_by)
"""The kinds whose records can have a date."""
_DAY = func.coalesce(RECORD.c.earliest, RECORD.c.latest)
_STANDS = (RECORD.c.kind.in_(DATED), _DAY.is_not(None))
_NAMED_BY: dict[Bucket, int] = {"year": 4, "month": 7}
"""How many characters of an ISO date name its bucket."""
_SORTS = ("type", "status", "metric")
"""The fields that say what sort of its kind a record is: a kind has the first of them that it has."""


def entries(shape: type[BaseModel]) -> Listing:
    """The list of the dated records, each as a `shape`: `record`, `type`, `date`, `actors`."""
    return Listing(
        source=RECORD,
        columns=(BODY,),
        item=lambda _snapshot, rows: [orjson.dumps(entry(orjson.loads(row.body))) for row in rows],
        keys=(SortKey("date", _DAY),),
        tie=(RECORD.c.kind, RECORD.c.slug),
        where=_STANDS,
        shape=shape,
        any_kind=frozenset({"record"}),
    )


def buckets(size: Bucket, shape: type[BaseModel]) -> Listing:
    """The list of the years or months on which records stand, each as a `shape`: `start`, `end`, `count`, …"""
    bucket = column("bucket", String)
    numbers = [column(name, Integer) for name in ("number", "vague", *DATED)]
    return Listing(
        source=RECORD,
        columns=(bucket, *numbers),
        item=_buckets,
        keys=(SortKey("date", bucket),),
        tie=(),
        where=_STANDS,
        shape=shape,
        grouped=lambda where: _groups(size, where),
    )


def entry(record: dict[str, Any]) -> dict[str, Any]:
    """What a timeline shows of the public JSON of a dated record."""
    kind = KINDS[KindName(record["kind"])]
    assert kind.dated_by is not None  # noqa: S101
    actors = {actor["id"]: actor for actor in _actors(record)}
    return {
        "record": {name: record[name] for name in Ref.model_fields},
        "type": next((record[name] for name in _SORTS if name in record), kind.name),
        "date": record[kind.dated_by],
        "actors": list(actors.values()),
    }


def _actors(part: Any) -> Iterator[dict[str, Any]]:
    """The Refs to actors in any part of a record."""
    if isinstance(part, dict):
        if part.get("kind") == KindName.ACTOR and part.keys() == Ref.model_fields.keys():
            yield part
        else:
            for inner in part.values():
                yield from _actors(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _actors(inner)


def _groups(size: Bucket, where: Sequence[ColumnElement[bool]]) -> FromClause:
    """The rows that meet the conditions, counted by the bucket of the day that they stand on."""

    def name(day: Any) -> ColumnElement[str]:
        return func.substr(cast(day, String), 1, _NAMED_BY[size])

    reaches_out = or_(
        RECORD.c.earliest.is_(None), RECORD.c.latest.is_(None), name(RECORD.c.earliest) != name(RECORD.c.latest)
    )
    bucket = name(_DAY).label("bucket")
    return (
        select(
            bucket,
            func.count().label("number"),
            func.count().filter(reaches_out).label("vague"),
            *(func.count().filter(RECORD.c.kind == kind).label(kind) for kind in DATED),
        )
        .where(*where)
        .group_by(bucket)
        .subquery("buckets")
    )


def _buckets(_snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "start": _start(row.bucket),
                "end": _end(row.bucket),
                "count": row.number,
                "by_kind": {kind.value: getattr(row, kind) for kind in DATED},
                "vague": row.vague,
            }
        )
        for row in rows
    ]


def _start(bucket: str) -> date:
    return date.fromisoformat((bucket + "-01-01")[:10])


def _end(bucket: str) -> date:
    year, month = int(bucket[:4]), int(bucket[5:] or 12)
    return date(year, month, monthrange(year, month)[1])
