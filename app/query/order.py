"""The order of a list: sort keys, nulls last in both directions, and where a page continues.

An index returns rows in order only for equality conditions and one range. So a page is read in segments: first the rows
that equal the previous row in all keys but the last, then those that equal it in fewer keys. Rows with a null in a key
follow those with a value.
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
"""Sort keys, each with True if it is descending. No two rows have all keys equal."""


@dataclass(frozen=True)
class Segment:
    """Consecutive rows of an order, which one statement reads."""

    where: tuple[ColumnElement[bool], ...]
    """The condition of these rows. The parameter `key_0` is the last row's value of the first key, and so on."""
    order: tuple[ColumnElement[Any], ...]
    """ORDER BY within the segment."""


def segments(order: Order, nulls: Sequence[bool] | None) -> Iterator[Segment]:
    """The segments after a row, given which of its keys are null; or of the whole list, if `nulls` is None."""
    if nulls is None:
        first, _ = order[0]
        yield Segment((first.column.is_not(None),) if first.nullable else (), _order_by(order))
        if first.nullable:
            yield Segment((first.column.is_(None),), _order_by(order[1:]))
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


def _same(key: SortKey, at: int, null: bool) -> ColumnElement[bool]:
    return key.column.is_(None) if null else key.column == _value(key, at)


def _value(key: SortKey, at: int) -> ColumnElement[Any]:
    return bindparam(f"key_{at}", type_=key.column.type)


def _order_by(order: Order) -> tuple[ColumnElement[Any], ...]:
    """ORDER BY. NULLS LAST would prevent the use of an index, so the first key, never null in a segment, has none."""
    columns = [(key, key.column.desc() if descending else key.column.asc()) for key, descending in order]
    return tuple(column.nulls_last() if key.nullable and at else column for at, (key, column) in enumerate(columns))
