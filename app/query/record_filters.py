"""The filters that records of every kind have: by document, passage, date and revision."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_, select

from app.model.shape import KindName
from app.model.tables import EVIDENCE, MENTION, RECORD, RECORD_ACTOR
from app.query.filters import Condition, Filter, Parameters
from app.query.ids import keys_of
from app.query.snapshot import Snapshot

Day = ColumnElement[date]
_ACTOR, _DOCUMENT = (KindName.ACTOR,), (KindName.DOCUMENT,)
_ID = RECORD.c.id.label("record_id")
_YEAR: ColumnElement[str] = func.substr(cast(RECORD.c.earliest, String), 1, 4)


def on_or_after(earliest: Day, latest: Day) -> Filter:
    """A filter of rows whose dates, from earliest to latest, may fall on the day or later. Undated rows fail."""

    def condition(_snapshot: Snapshot, day: date, given: Parameters) -> Condition:
        end = given.get("date_to")
        if end is not None and end < day:  # nothing can match, although a long interval would pass both conditions
            return false()
        return or_(latest >= day, and_(latest.is_(None), earliest.is_not(None)))

    return Filter(condition)


def on_or_before(earliest: Day, latest: Day) -> Filter:
    """A filter of rows whose dates, from earliest to latest, may fall on the day or earlier. Undated rows fail."""
    return Filter(lambda _snapshot, day, _given: or_(earliest <= day, and_(earliest.is_(None), latest.is_not(None))))


def _of_document(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
    keys = keys_of(snapshot, _DOCUMENT, ids).values()
    evidenced = select(EVIDENCE.c.record_id).where(EVIDENCE.c.document_id.in_(keys))
    return or_(RECORD.c.document_id.in_(keys), RECORD.c.id.in_(keys), RECORD.c.id.in_(evidenced))


def _in_passage(snapshot: Snapshot, numbers: Sequence[int], given: Parameters) -> Condition:
    cited: Condition = EVIDENCE.c.passage.in_(numbers)
    if given.get("document"):
        keys = keys_of(snapshot, _DOCUMENT, given["document"]).values()
        cited = and_(cited, EVIDENCE.c.document_id.in_(keys))
    return RECORD.c.id.in_(select(EVIDENCE.c.record_id).where(cited))


def _mentioning(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
    keys = keys_of(snapshot, _ACTOR, ids).values()
    return RECORD.c.id.in_(select(MENTION.c.document_id).where(MENTION.c.actor_id.in_(keys)))


def _of_actor(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
    keys = keys_of(snapshot, _ACTOR, ids).values()
    naming = select(RECORD_ACTOR.c.record_id).where(RECORD_ACTOR.c.actor_id.in_(keys))
    return or_(RECORD.c.id.in_(keys), RECORD.c.id.in_(naming))


OF_DOCUMENT = Filter(
    _of_document,
    [
        select(EVIDENCE.c.record_id, EVIDENCE.c.document_id.label("value")),
        select(_ID, RECORD.c.document_id.label("value")).where(RECORD.c.document_id.is_not(None)),
        select(_ID, RECORD.c.id.label("value")).where(RECORD.c.document_id.is_(None)),  # a document
    ],
    kinds=_DOCUMENT,
)
"""The document introduced the record, or has evidence for it."""
OF_ACTOR = Filter(
    _of_actor,
    [
        select(RECORD_ACTOR.c.record_id, RECORD_ACTOR.c.actor_id.label("value")),
        select(_ID, RECORD.c.id.label("value")).where(RECORD.c.kind == KindName.ACTOR),
    ],
    kinds=_ACTOR,
)
"""The record is one of the actors, or has one in `actors`."""
OF_ALL_ACTORS = Filter(
    lambda snapshot, ids, given: and_(*(_of_actor(snapshot, [name], given) for name in ids)), kinds=_ACTOR
)
"""The record has all of the actors in `actors`, apart from itself."""
MENTIONING = Filter(
    _mentioning, [select(MENTION.c.document_id.label("record_id"), MENTION.c.actor_id.label("value"))], kinds=_ACTOR
)
"""The record is a document that mentions the actor."""
IN_PASSAGE = Filter(_in_passage)
"""A passage with this number supports the record, in the documents of `document` or in any."""
_DATE = (RECORD.c.earliest, RECORD.c.latest)
ON_OR_AFTER, ON_OR_BEFORE = on_or_after(*_DATE), on_or_before(*_DATE)
IN_YEAR = Filter(
    lambda _snapshot, years, _given: _YEAR.in_([f"{year:04}" for year in years]),
    [select(_ID, _YEAR.label("value")).where(_YEAR.is_not(None))],
)
"""The record's date begins in the year."""
SINCE_REVISION = Filter(lambda _snapshot, revision, _given: RECORD.c.revision >= revision)
"""The record's JSON changed in the revision or later."""
