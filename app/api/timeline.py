"""The timeline: dated records of several kinds in order, or their number in each year or month."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field, create_model
from starlette.responses import Response

from app.api.downloads import csv_router
from app.api.parameters import ActorsQuery, SpanQuery, TopicQuery, WordsQuery, list_query, optional, several
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dates import Date
from app.model.event import Event
from app.model.figure import Figure
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import Ref, Shape
from app.model.vocabularies import Modality
from app.query.filters import one_of, one_of_if_any
from app.query.parameters import ListQuery
from app.query.timeline import DATED, Bucket, buckets, entries

router = api_router("timeline")

Dated = Literal[*DATED]  # type: ignore[valid-type]


class TimelineEntry(Shape):
    """A dated record on the timeline."""

    record: Ref = Field(description="The record.")
    type: str = Field(
        description="Its `type`; for a sanction, its `status`; for a figure, its `metric`; for a document, `document`.",
        examples=["consult"],
    )
    date: Date = Field(description="Its date.")
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


class TimelineQuery(TopicQuery, ActorsQuery, SpanQuery, WordsQuery):
    """The filters of the timeline."""

    kind: Annotated[tuple[Dated, ...], one_of(Record.kind)] = several(
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

    bucket: Bucket | None = optional("Count the records by year or month, instead of listing them.", example="year")


ENTRIES = entries(TimelineEntry)


@router.get("", response_model=Page[TimelineEntry] | Page[TimelineBucket], summary="List dated records in order")
def list_timeline(params: Annotated[TimelineListQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Events, sanctions and statements sorted by date, or with `bucket` their number in each year or month.

    A record is placed on the first day of its date, or on the last if the start is open. So it is listed once and
    counted in one bucket, even if its date is vague; `vague` counts such records. With `date_from`, records that began
    earlier and last until then are included. Records whose date is missing or can't be resolved are left out. Empty
    buckets are left out too: compare `start` and `end` to find gaps.

    Events may be planned or hypothetical: use `modality` to leave these out.
    """
    listing = buckets(params.bucket, TimelineBucket) if params.bucket else ENTRIES
    return answer_list(snapshot, listing, params, target)


download = csv_router("timeline", ENTRIES, TimelineQuery)
