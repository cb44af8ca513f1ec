"""The time axis of a picture: days as horizontal positions.

The axis is linear. It leaves out long stretches in which nothing begins or ends, and marks each of these breaks.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

BREAK = 56.0
"""The width of a break, in pixels."""
_MOST_BREAKS = 8
_LAST = date.max.toordinal() + 1
_STEPS = {"year": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), "month": (1, 2, 3, 6), "day": (1, 2, 7)}
"""The numbers of units between two ticks."""
_TICK_WIDTH = {"year": 48, "month": 84, "day": 104}
"""The minimum distance of two ticks, which leaves space for their labels."""


class Stretch(NamedTuple):
    """A part of the axis: days up to but excluding `end`, as ordinals, and its left and right position."""

    start: int
    end: int
    left: float
    right: float
    left_out: str
    """The duration of a break, in words; empty for a drawn part."""


class Tick(NamedTuple):
    """A labelled position, with the first and last day that its label names."""

    x: float
    label: str
    first: date
    last: date


class Axis:
    """The axis for some days, at least one, between two horizontal positions."""

    def __init__(self, days: Collection[date], left: float, right: float) -> None:
        span = (max(days) - min(days)).days
        self.unit = "day" if span < 62 else "month" if span < 3 * 366 else "year"
        self.left, self.right = left, right
        self.stretches = list(self._stretches(sorted({self._index(day.toordinal()) for day in days})))
        self._starts = [stretch.start for stretch in self.stretches]

    def x(self, day: float) -> float:
        """The position of a day's beginning, by its ordinal. Days beyond the axis are at its ends."""
        stretch = self.stretches[max(0, bisect_right(self._starts, day) - 1)]
        share = (day - stretch.start) / (stretch.end - stretch.start)
        return stretch.left + max(0.0, min(1.0, share)) * (stretch.right - stretch.left)

    def ticks(self) -> list[Tick]:
        """The ticks, at least one in each stretch."""
        drawn = [stretch for stretch in self.stretches if not stretch.left_out]
        per_day = (drawn[0].right - drawn[0].left) / (drawn[0].end - drawn[0].start)
        day_count = {"year": 365, "month": 30, "day": 1}[self.unit]
        wide = (step for step in _STEPS[self.unit] if step * day_count * per_day >= _TICK_WIDTH[self.unit])
        step = next(wide, _STEPS[self.unit][-1])
        return [tick for stretch in drawn for tick in self._ticks(stretch, step)]

    def _stretches(self, occupied: Sequence[int]) -> Iterator[Stretch]:
        """The stretches around some units, and the breaks between them."""
        kept, breaks = occupied[-1] - occupied[0] + 1, set[int]()
        gaps = sorted(((after - before - 1, before) for before, after in pairwise(occupied)), reverse=True)
        for length, before in gaps[:_MOST_BREAKS] if self.unit == "year" else ():
            if length > max(2, kept / 4):  # longest first, so each is compared with what remains
                breaks.add(before)
                kept -= length
        bounds = [occupied[0]]
        for before, after in pairwise(occupied):
            bounds += [before + 1, after] if before in breaks else []
        edges = [self._start(index) for index in (*bounds, occupied[-1] + 1)]
        parts = list(pairwise(edges))
        days = sum(end - start for start, end in parts[::2])
        per_day = (self.right - self.left - BREAK * len(breaks)) / days
        at = self.left
        for number, (start, end) in enumerate(parts):
            is_break = number % 2 == 1
            width = BREAK if is_break else (end - start) * per_day
            duration = f"{self._index(end) - self._index(start)} years" if is_break else ""
            yield Stretch(start, end, at, at + width, duration)
            at += width

    def _ticks(self, stretch: Stretch, step: int) -> Iterator[Tick]:
        first, last = self._index(stretch.start), self._index(stretch.end - 1)
        fitting = self.right - _TICK_WIDTH[self.unit]
        regular = [index for index in range(first, last + 1) if index % step == 0]
        regular = [index for index in regular if self.x(self._start(index)) <= fitting]
        for index in regular or [first]:
            start, end = self._start(index), self._start(index + (step if regular else 1))
            day = date.fromordinal(start)
            yield Tick(self.x(start), self._label(day), day, date.fromordinal(min(end, _LAST) - 1))

    def _index(self, ordinal: int) -> int:
        """The number of the unit that a day is in. Mondays are multiples of seven."""
        day = date.fromordinal(ordinal)
        return {"year": day.year, "month": 12 * day.year + day.month - 1, "day": ordinal - 1}[self.unit]

    def _start(self, index: int) -> int:
        """The first day of a unit."""
        if self.unit == "day":
            return index + 1
        year, month = (index, 0) if self.unit == "year" else divmod(index, 12)
        return date(year, month + 1, 1).toordinal() if year <= date.max.year else _LAST

    def _label(self, day: date) -> str:
        month = f"{day:%b} {day.year}"
        return {"year": str(day.year), "month": month, "day": f"{day.day} {month}"}[self.unit]
