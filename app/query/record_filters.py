"""The filters that records of every kind have: by document, passage, date and revision."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, FromClause, String, and_, cast, false, func, or_, select

from app.model.tables import EVIDENCE, PASSAGE, RECORD
from app.query.filters import Condition, Filter, Parameters, keys_of, referred_kind
from app.query.snapshot import Snapshot

_ID = RECORD.c.id.label("record_id")
_YEAR: ColumnElement[str] = func.substr(cast(RECORD.c.earliest, String), 1, 4)


def on_or_after(dated: FromClause) -> Filter:
    """A filter of rows with `earliest` and `latest` dates that may fall on the day or later. Undated rows fail."""

    def condition(_snapshot: Snapshot, _name: str, day: date, given: Parameters) -> Condition:
        end = given.get("date_to")
        if end is not None and end < day:  # an empty span, which an interval around both days would overlap
            return false()
        return or_(dated.c.latest >= day, and_(dated.c.latest.is_(None), dated.c.earliest.is_not(None)))

    return Filter(condition)


def on_or_before(dated: FromClause) -> Filter:
    """A filter of rows with `earliest` and `latest` dates that may fall on the day or earlier. Undated rows fail."""

    def condition(_snapshot: Snapshot, _name: str, day: date, _given: Parameters) -> Condition:
        return or_(dated.c.earliest <= day, and_(dated.c.earliest.is_(None), dated.c.latest.is_not(None)))

    return Filter(condition)


def _document_keys(snapshot: Snapshot, ids: Sequence[str]) -> list[int]:
    kind = referred_kind(PASSAGE.c.document_id)
    assert kind, "passages belong to records of one kind"  # noqa: S101
    return keys_of(snapshot, kind, ids)


def _of_document(snapshot: Snapshot, _name: str, ids: Sequence[str], _given: Parameters) -> Condition:
    keys = _document_keys(snapshot, ids)
    evidenced = select(EVIDENCE.c.record_id).where(EVIDENCE.c.document_id.in_(keys))
    return or_(RECORD.c.document_id.in_(keys), RECORD.c.id.in_(keys), RECORD.c.id.in_(evidenced))


def _in_passage(snapshot: Snapshot, _name: str, numbers: Sequence[int], given: Parameters) -> Condition:
    cited: Condition = EVIDENCE.c.passage.in_(numbers)
    if given.get("document"):
        cited = and_(cited, EVIDENCE.c.document_id.in_(_document_keys(snapshot, given["document"])))
    return RECORD.c.id.in_(select(EVIDENCE.c.record_id).where(cited))


def _since(_snapshot: Snapshot, _name: str, revision: int, _given: Parameters) -> Condition:
    return RECORD.c.revision >= revision


def _in_year(_snapshot: Snapshot, _name: str, years: Sequence[int], _given: Parameters) -> Condition:
    return _YEAR.in_([f"{year:04}" for year in years])


OF_DOCUMENT = Filter(
    _of_document,
    [
        select(EVIDENCE.c.record_id, EVIDENCE.c.document_id.label("value")),
        select(_ID, RECORD.c.document_id.label("value")).where(RECORD.c.document_id.is_not(None)),
        select(_ID, RECORD.c.id.label("value")).where(RECORD.c.document_id.is_(None)),  # a document
    ],
    counts_records=True,
)
"""The document introduced the record, or has evidence for it."""
IN_PASSAGE = Filter(_in_passage)
"""A passage with this number supports the record, in the documents of `document` or in any."""
ON_OR_AFTER, ON_OR_BEFORE = on_or_after(RECORD), on_or_before(RECORD)
IN_YEAR = Filter(_in_year, [select(_ID, _YEAR.label("value")).where(_YEAR.is_not(None))])
"""The record's date begins in the year."""
SINCE_REVISION = Filter(_since)
"""The record's JSON changed in the revision or later."""
