"""Places in the timeline: the day of each record, and the event whose date a record without its own has there.

A statement has the date of the event at which it was made, and a vote that of the event that it is part of.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, select, update

from app.bundle.batches import among, batches
from app.model.event import EventRelated
from app.model.tables import EVENT, PARTICIPANT, RECORD, RECORD_DATE, STATEMENT, table_of
from app.model.vocabularies import ParticipantRole, Relation

_RELATED = table_of(EventRelated)
_IS_PART = _RELATED.c.relation == Relation.PART_OF
_IS_VOTE = exists().where(PARTICIPANT.c.owner_id == _RELATED.c.owner_id, PARTICIPANT.c.role == ParticipantRole.VOTER)


def place(connection: Connection, ids: Collection[int]) -> None:
    """Correct the places of some records, and of those whose places follow from them."""
    while ids:
        moved: set[int] = set()
        for batch in batches(ids):
            if rows := misplaced(connection, batch):
                values: dict[str, Any] = {name: bindparam(name) for name in ("day", "date_of_id")}
                connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(values), rows)
                moved.update(row["key"] for row in rows)
        ids = _dependent(connection, moved)


def misplaced(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The records whose place differs from what their rows give: the `key` of each, and the right place."""
    right: dict[int, tuple[Any, int | None]] = {}
    for record, source, day in connection.execute(_dates(ids)):
        right[record] = (day, None if source == record else source)
    stored = select(RECORD.c.id, RECORD.c.day, RECORD.c.date_of_id).where(among(RECORD.c.id, ids))
    return [
        {"key": key, "day": right[key][0], "date_of_id": right[key][1]}
        for key, *place in connection.execute(stored)
        if tuple(place) != right.setdefault(key, (None, None))
    ]


def _dates(ids: Sequence[int]) -> Select[Any]:
    """Records with the record whose date each can have, and its first day. The last row of several is the best."""
    itself = select(RECORD.c.id.label("record_id"), RECORD.c.id.label("source_id")).where(among(RECORD.c.id, ids))
    source = itself.cte("source", recursive=True)
    dated = exists().where(RECORD_DATE.c.record_id == source.c.source_id, RECORD_DATE.c.pointer == "/date")
    source = source.union(
        select(source.c.record_id, EVENT.c.id)
        .join_from(source, STATEMENT, STATEMENT.c.id == source.c.source_id, isouter=True)
        .join(_RELATED, and_(_RELATED.c.owner_id == source.c.source_id, _IS_PART, _IS_VOTE), isouter=True)
        .join(EVENT, EVENT.c.id == func.coalesce(STATEMENT.c.event_id, _RELATED.c.record_id))
        .where(~dated)
    )
    day = func.coalesce(RECORD.c.earliest, RECORD.c.latest).label("day")
    return (
        select(source.c.record_id, source.c.source_id, day)
        .join(RECORD, RECORD.c.id == source.c.source_id)
        .where(day.is_not(None))
        .order_by(day.desc(), RECORD.c.slug.desc())
    )


def _dependent(connection: Connection, ids: Collection[int]) -> set[int]:
    """The statements made at some events, and the parts of these events."""
    found: set[int] = set()
    for batch in batches(ids):
        for query in (
            select(STATEMENT.c.id).where(STATEMENT.c.event_id.in_(batch)),
            select(_RELATED.c.owner_id).where(_RELATED.c.record_id.in_(batch), _IS_PART),
        ):
            found.update(connection.execute(query).scalars())
    return found
