"""The timeline: dated records of several kinds in one order, or how many there are in each year or month."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import FACETS, LIST_PROBLEMS
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dates import Date
from app.model.event import Event
from app.model.figure import Figure
from app.model.kinds import KINDS
from app.model.record import Record, RecordTopic
from app.model.shape import Ref, Shape, Slug, TermName
from app.model.vocabularies import Modality
from app.query.filters import OF_DOCUMENT, ON_OR_AFTER, ON_OR_BEFORE, in_any_part, one_of, one_of_if_any
from app.query.parameters import SEARCHED, Day, FormatQuery, Names, sort_names, term_of
from app.query.search import MATCHES
from app.query.timeline import DATED, Bucket, buckets, entries

router = api_router("timeline")

Dated = Literal["event", "sanction", "statement", "relationship", "figure", "document"]


class TimelineEntry(Shape):
    """A dated record, as a timeline shows it."""

    record: Ref = Field(description="The record.")
    type: str = Field(
        description="What sort it is: its `type`; a sanction's `status`, a figure's `metric`, and `document` for one.",
        examples=["consult"],
    )
    date: Date = Field(description="Its date.")
    actors: list[Ref] = Field(description="The actors in any part of it.")


class CountByKind(Shape):
    """How many of some records are of each kind; 0 also for those that were not asked for."""

    event: int = Field(description="Events.", examples=[3])
    sanction: int = Field(description="Sanctions.", examples=[1])
    statement: int = Field(description="Statements.", examples=[2])
    relationship: int = Field(description="Relationships.", examples=[0])
    figure: int = Field(description="Figures.", examples=[0])
    document: int = Field(description="Documents.", examples=[0])


class TimelineBucket(Shape):
    """The records of a year or a month. Each counts once, where it stands."""

    start: date = Field(description="The first day of the year or month.", examples=["2022-01-01"])
    end: date = Field(description="The last, included.", examples=["2022-12-31"])
    count: int = Field(description="How many records stand here.", examples=[6])
    by_kind: CountByKind = Field(description="The same by kind.")
    vague: int = Field(
        description="How many of them may fall outside as well: their dates reach beyond it, or are open.",
        examples=[2],
    )


class TimelineQuery(FormatQuery):
    """The parameters of the timeline."""

    bucket: Bucket | None = Field(
        default=None, description="Count the records by year or month, instead of listing them."
    )
    kind: Annotated[tuple[Dated, ...], one_of(Record.kind)] = Field(
        default=("event", "sanction", "statement"),
        max_length=len(DATED),
        description="Only records of this kind; repeat it for either.",
    )
    modality: Annotated[tuple[Modality, ...], one_of_if_any(Event.modality, Figure.modality)] = Field(
        default=(),
        max_length=5,
        description="Of events and figures, only those that are so: `actual` and `habitual` leave out what is planned, "
        "imagined or denied. Records of other kinds have no modality, and stay. Repeat it for either.",
    )
    actor: Annotated[tuple[Slug, ...], in_any_part(*(KINDS[name] for name in DATED))] = Field(
        default=(), max_length=50, description="Only records in which this actor has some part; repeat it for either."
    )
    topic: Annotated[tuple[TermName, ...], one_of(RecordTopic.topic)] = Field(
        default=(),
        max_length=50,
        description="Only records about this topic; repeat it for either.",
        json_schema_extra=term_of("topic"),
    )
    document: Annotated[tuple[Slug, ...], OF_DOCUMENT] = Field(
        default=(), max_length=50, description="Only records that this document introduced or gives evidence for."
    )
    date_from: Annotated[Day | None, ON_OR_AFTER] = Field(
        default=None,
        description="Only records that may fall on this day or later: their dates overlap it, open ends included.",
    )
    date_to: Annotated[Day | None, ON_OR_BEFORE] = Field(
        default=None, description="Only records that may fall on this day or earlier; likewise."
    )
    q: Annotated[str | None, MATCHES] = Field(default=None, min_length=1, max_length=200, description=SEARCHED)
    facets: Annotated[tuple[str, ...], Names("kind", "modality", "actor", "topic", "document")] = Field(
        default=(), description=FACETS
    )
    sort: Annotated[tuple[str, ...], sort_names("date")] = Field(
        default=(), description="`-date` puts the latest first. Kind and `id` break ties."
    )


ENTRIES = entries(TimelineEntry)


@router.get(
    "",
    operation_id="list_timeline",
    response_model=Page[TimelineEntry] | Page[TimelineBucket],
    responses=LIST_PROBLEMS,
)
def list_timeline(params: Annotated[TimelineQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Events, sanctions and statements in one order of time, or counted by year or month with `bucket`.

    A record stands on the first day of its date; where the date is open how long before, on its last. So each record
    comes once, and is counted in one bucket, however vague its date is: `vague` says of how many in a bucket the date
    reaches beyond it. With `date_from`, records may stand before it that last until then. Records without a date, or
    with one that cannot be resolved, are left out. So are buckets in which no record stands: `start` and `end` show
    where there is a gap.

    An event may be only planned or imagined: `modality` leaves such events out.
    """
    listing = buckets(params.bucket, TimelineBucket) if params.bucket else ENTRIES
    return answer_list(snapshot, listing, params, target)
