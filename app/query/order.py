"""The order of a list: sort keys, nulls last in both directions, and where a page continues.

An index gives a list in order only for equality conditions and one range. So a list is read in segments, one after the
other: rows that share the last row's first keys and follow it in a later one, then rows that differ earlier, and at the
end rows with a null key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam


@dataclass(frozen=True)
class SortKey:
    """A column that a list can be sorted by, and its name in `sort`."""

    name: str
    column: ColumnElement[Any]
    nullable: bool = False


Order = Sequence[tuple[SortKey, bool]]
"""Sort keys, each with whether it descends. No two rows have all keys equal."""


@dataclass(frozen=True)
class Segment:
    """Rows that stand together in an order."""

    where: tuple[ColumnElement[bool], ...]
    """The condition of these rows. The parameter `key_0` is the last row's value of the first key, and so on."""
    order: tuple[ColumnElement[Any], ...]
    """ORDER BY within the segment."""


def segments(order: Order, nulls: Sequence[bool] | None) -> Iterator[Segment]:
    """The segments after a row, given which of its keys are null. For None, all segments of the list."""
    if nulls is None:
        yield from _all(order)
        return
    for at in reversed(range(len(order))):
        key, descending = order[at]
        if nulls[at]:  # nulls are last
            continue
        same = tuple(_same(order[before][0], before, nulls[before]) for before in range(at))
        value = _value(key, at)
        after = key.column < value if descending else key.column > value
        yield Segment((*same, after), _order_by(order[at:]))
        if key.nullable:
            yield Segment((*same, key.column.is_(None)), _order_by(order[at + 1 :]))


def _all(order: Order) -> Iterator[Segment]:
    key, _ = order[0]
    if not key.nullable:
        yield Segment((), _order_by(order))
    else:
        yield Segment((key.column.is_not(None),), _order_by(order))
        yield Segment((key.column.is_(None),), _order_by(order[1:]))


def _same(key: SortKey, at: int, null: bool) -> ColumnElement[bool]:
    return key.column.is_(None) if null else key.column == _value(key, at)


def _value(key: SortKey, at: int) -> ColumnElement[Any]:
    return bindparam(f"key_{at}", type_=key.column.type)


def _order_by(order: Order) -> tuple[ColumnElement[Any], ...]:
    """ORDER BY. The first key is never null in a segment, and NULLS LAST would prevent the use of an index."""
    columns = [(key, key.column.desc() if descending else key.column.asc()) for key, descending in order]
    return tuple(column.nulls_last() if key.nullable and at else column for at, (key, column) in enumerate(columns))
