"""The timeline as a picture: dated records as points and bars, in a lane for each kind, with a list of the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.timeline import ENTRIES, TimelineListQuery
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.vocabularies import Modality
from app.pages.axis import Axis
from app.pages.links import next_page, with_query
from app.pages.page import page, page_router
from app.pages.picture import line_style, picture, shorten, surroundings, text_width
from app.query.listing import RequestTarget, read_page
from app.query.parameters import DIGITS
from app.query.snapshot import Snapshot
from app.query.timeline import DATED

router = page_router("/timeline")

MOST = 200
"""The maximum number of entries in a picture."""
WIDTH, LEFT, RIGHT = 1160.0, 52.0, 1108.0
"""The width of a picture, and the ends of its axis. Arrows go beyond the axis."""
FONT = 13.0
_LABEL_WIDTH = 460.0
_ROW, _HEADING, _AXIS, _GAP = 24.0, 30.0, 26.0, 16.0
_HALF, _ARROW, _STUB, _THINNEST = 6.0, 9.0, 40.0, 8.0

Entry = Mapping[str, Any]
Form = Literal["day", "within", "lasting", "about"]
"""A day, some time within the bar, the whole time of it, or about this time."""


class TimelinePictureQuery(TimelineListQuery):
    """The parameters of the timeline. A page is a picture."""

    limit: Annotated[int, Field(ge=1, le=MOST), DIGITS] = MOST


@dataclass
class Mark:
    """An entry as a point or a bar, with its label."""

    entry: Entry
    style: str
    left: float
    right: float
    form: Form
    opens: bool
    """True if it begins before the picture, or at an unknown time."""
    closes: bool
    """True if it ends after the picture, or at an unknown time."""
    label: str
    y: float = 0.0

    @property
    def corners(self) -> str:
        """The corners of the bar. An open end is an arrow."""
        inner = min(_ARROW, (self.right - self.left) / 2) if self.opens or self.closes else 0
        left, right = self.left + inner * self.opens, self.right - inner * self.closes
        top, bottom = self.y - _HALF, self.y + _HALF
        points = [(left, bottom), (self.left, self.y), (left, top), (right, top), (self.right, self.y), (right, bottom)]
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)

    @property
    def anchor(self) -> tuple[str, float]:
        """The anchor of the label and its position: right of the mark, left of it, or in the middle, as it fits."""
        width = text_width(self.label, FONT)
        if self.right + 8 + width <= WIDTH:
            return "start", self.right + 8
        if self.left - 8 - width >= 0:
            return "end", self.left - 8
        return "middle", (self.left + self.right) / 2

    @property
    def extent(self) -> tuple[float, float]:
        """The left and right end of the mark with its label."""
        side, x = self.anchor
        width = text_width(self.label, FONT)
        return min(self.left, x - width * (side == "end")), max(self.right, x + width * (side == "start"))


@dataclass(frozen=True)
class Lane:
    """The marks of a kind, below its heading."""

    kind: Kind
    y: float
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Drawing:
    """A timeline, laid out."""

    axis: Axis
    lanes: Sequence[Lane]
    height: float


@router.get("")
def timeline_page(
    params: Annotated[TimelinePictureQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The page: filters, the picture, and the list."""
    content = _content(snapshot, params, target)
    return page(
        snapshot,
        "timeline.html",
        public_url,
        path="/timeline",
        description="The dated records of all texts in order: vague dates as bars, plans and possibilities dashed.",
        json=with_query("/v1/timeline", target.parameters, "limit", "cursor"),
        svg=with_query("/timeline.svg", target.parameters),
        params=params,
        **content,
    )


@router.get(".svg")
def timeline_svg(
    params: Annotated[TimelinePictureQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The picture alone."""
    return picture(snapshot, "timeline.svg", public_url, **_content(snapshot, params, target))


def _content(snapshot: Snapshot, params: TimelinePictureQuery, target: RequestTarget) -> dict[str, Any]:
    counted = params.model_copy(update={"facets": ("kind", "modality", "actor", "topic", "document")})
    # Cursors are bound to a path: page, picture and API have the same.
    found = read_page(snapshot, ENTRIES, counted, RequestTarget("/v1/timeline", target.parameters))
    entries = [orjson.loads(item) for item in found.items]
    facets = found.facets or {}
    options = {name: [tuple(value.values()) for value in values] for name, values in facets.items()}
    kinds = [(kind, KINDS[kind].plural.capitalize()) for kind in DATED]
    for name, terms in (("kind", kinds), ("modality", [(each, each.label) for each in Modality])):
        counts = {value: count for value, _, count in options[name]}
        options[name] = [(value, label, counts.get(value, 0)) for value, label in terms]
    return surroundings(target) | {
        "options": options,
        "total": found.total,
        "exact": found.exact,
        "next": next_page(found),
        "entries": entries,
        "drawing": draw(entries, params.date_from, params.date_to) if entries else None,
        "narrowed": with_query("/timeline", target.parameters, "date_from", "date_to", "cursor"),
    }


def draw(entries: Sequence[Entry], first: date | None = None, last: date | None = None) -> Drawing:
    """Lay out some entries, at least one. `first` and `last` limit the days of the axis."""
    bounds = [_bounds(entry["date"], first or date.min, last or date.max) for entry in entries]
    axis = Axis({day for days in bounds for day in days}, LEFT, RIGHT)
    lanes, y = [], _AXIS
    for kind in KINDS.values():
        of_kind = [pair for pair in zip(entries, bounds, strict=True) if pair[0]["record"]["kind"] == kind.name]
        marks = sorted((_mark(entry, axis, *days) for entry, days in of_kind), key=lambda mark: mark.left)
        if marks:
            lanes.append(Lane(kind, y, marks))
            y += _HEADING + _ROW * _stack(marks, y + _HEADING) + _GAP
    return Drawing(axis, lanes, y + _AXIS)


def _bounds(dated: Entry, first: date, last: date) -> tuple[date, date]:
    """The first and last known day of a date, moved into the days of the axis."""
    days = (dated["earliest"] or dated["latest"], dated["latest"] or dated["earliest"])
    begins, ends = (max(first, min(last, date.fromisoformat(day))) for day in days)
    return begins, ends


def _mark(entry: Entry, axis: Axis, begins: date, ends: date) -> Mark:
    dated, style = entry["date"], line_style(entry["modality"], entry["status"])
    label = shorten(entry["record"]["name"], _LABEL_WIDTH, FONT)
    left, right = axis.x(begins.toordinal()), axis.x(ends.toordinal() + 1)
    if dated["earliest"] == dated["latest"]:
        middle = (left + right) / 2
        return Mark(entry, style, middle - _HALF, middle + _HALF, "day", False, False, label)
    begins_before, ends_after = dated["earliest"] != str(begins), dated["latest"] != str(ends)
    if begins_before:  # an unknown beginning is near the first known day
        left = (left if dated["edtf"].startswith("/") else LEFT) - _STUB
    if ends_after:
        right = (right if dated["edtf"].endswith("/") else RIGHT) + _STUB
    missing = max(0.0, _THINNEST - (right - left))
    lasting = dated["earliest"] and "/" in dated["edtf"]
    form: Form = "about" if dated["approximate"] else "lasting" if lasting else "within"
    return Mark(entry, style, left - missing / 2, right + missing / 2, form, begins_before, ends_after, label)


def _stack(marks: Sequence[Mark], top: float) -> int:
    """Place each mark into the first row in which it overlaps no other. The number of rows."""
    rows: list[list[tuple[float, float]]] = []
    for mark in marks:
        left, right = mark.extent
        fits = (all(right + _GAP <= start or end + _GAP <= left for start, end in row) for row in rows)
        number = next((number for number, free in enumerate(fits) if free), len(rows))
        if number == len(rows):
            rows.append([])
        rows[number].append((left, right))
        mark.y = top + _ROW * (number + 0.5)
    return len(rows)
