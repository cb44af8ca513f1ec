"""The timeline: dated records of several kinds in order, and their number in each year or month."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field, create_model
from starlette.responses import Response

from app.api.downloads import csv_router
from app.api.parameters import OR_EARLIER, OR_LATER, ActorsQuery, TopicQuery, WordsQuery, list_query, optional, several
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dates import Date
from app.model.event import Event
from app.model.figure import Figure
from app.model.kinds import KINDS
from app.model.shape import Ref, Shape
from app.model.vocabularies import Modality, RelationshipStatus, SanctionStatus
from app.query.filters import one_of_if_any
from app.query.parameters import FirstDay, LastDay, ListQuery
from app.query.timeline import DATED, OF_KIND, ON_OR_AFTER, ON_OR_BEFORE, Bucket, buckets, entries

router = api_router("timeline")

Dated = Literal[*DATED]  # type: ignore[valid-type]


class TimelineEntry(Shape):
    """A dated record on the timeline."""

    record: Ref = Field(description="The record.")
    document: Ref | None = Field(description="The document that introduced the record; null for a document.")
    type: str = Field(
        description="Its `type`; for a sanction, its `status`; for a figure, its `metric`; for a document, `document`.",
        examples=["consult"],
    )
    modality: Modality | None = Field(description="The modality of an event or a figure; null for other kinds.")
    status: RelationshipStatus | SanctionStatus | None = Field(
        description="The status of a relationship or a sanction; null for other kinds.", examples=["current"]
    )
    date: Date = Field(description="Its date, or that of the event in `date_of`.")
    date_of: Ref | None = Field(
        description="The event whose date a record without a date of its own has here: for a statement, the event at "
        "which it was made; for a vote, the event that it is part of. Null: the date is the record's own."
    )
    actors: list[Ref] = Field(description="Its `actors`.")


_COUNTS: dict[str, Any] = {
    kind.value: (int, Field(description=f"The number of {KINDS[kind].plural}.", examples=[1])) for kind in DATED
}
CountByKind = create_model(
    "CountByKind",
    __base__=Shape,
    __doc__="The number of records of each kind; 0 for kinds that were not requested.",
    **_COUNTS,
)


class TimelineBucket(Shape):
    """The number of records in a year or month. Each record is counted in one bucket only."""

    start: date = Field(description="The first day of the year or month.", examples=["2022-01-01"])
    end: date = Field(description="The last day.", examples=["2022-12-31"])
    count: int = Field(description="The number of records.", examples=[6])
    by_kind: CountByKind = Field(description="The number of records of each kind.")
    vague: int = Field(
        description="The number of records whose date extends beyond the year or month, or has an open end.",
        examples=[2],
    )


class TimelineQuery(TopicQuery, ActorsQuery, WordsQuery):
    """The filters of the timeline."""

    date_from: Annotated[FirstDay | None, ON_OR_AFTER] = optional(f"Records {OR_LATER}")
    date_to: Annotated[LastDay | None, ON_OR_BEFORE] = optional(f"Records {OR_EARLIER}")
    kind: Annotated[tuple[Dated, ...], OF_KIND] = several(
        "Kind of the records.", len(DATED), default=("event", "sanction", "statement")
    )
    modality: Annotated[tuple[Modality, ...], one_of_if_any(Event.modality, Figure.modality)] = several(
        "Modality of events and figures. Use `actual` and `habitual` to leave out planned, hypothetical and negated "
        "ones. Records of other kinds have no modality and are included.",
        5,
    )


@list_query("date", facets=True)
class TimelineListQuery(TimelineQuery, ListQuery):
    """The parameters of the timeline."""


class TimelineBucketsQuery(TimelineListQuery):
    """The parameters of the number of records in each year or month."""

    bucket: Bucket = Field(default="year", description="Count by year or by month.", examples=["month"])


ENTRIES = entries(TimelineEntry)


@router.get("", response_model=Page[TimelineEntry], summary="List dated records in order")
def list_timeline(params: Annotated[TimelineListQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Events, sanctions and statements sorted by date.

    A record is listed once: on the first day of its date, or on the last if the start is open. With `date_from`,
    records that began earlier and last until then are included. A statement without a date has that of the event at
    which it was made, and a vote without one that of the event that it is part of; `date_of` names this event. Other
    records without a date are left out, as are those whose date can't be resolved.

    Events may be planned or hypothetical: use `modality` to leave these out.
    """
    return answer_list(snapshot, ENTRIES, params, target)


@router.get("/buckets", response_model=Page[TimelineBucket], summary="Count dated records by year or month")
def list_timeline_buckets(
    params: Annotated[TimelineBucketsQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The number of the timeline's records in each year or month.

    A record is counted in one bucket, even if its date is vague; `vague` counts such records. Empty buckets are left
    out: compare `start` and `end` to find gaps.
    """
    return answer_list(snapshot, buckets(params.bucket, TimelineBucket), params, target)


download = csv_router("timeline", ENTRIES, TimelineQuery)
