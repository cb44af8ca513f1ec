"""The order of a list: sort keys, nulls last in both directions, and where a page goes on.

An index gives a list in its order only as long as nothing is asked but equality and one range. So a list is read in
segments, one after the other: what begins like the last row and goes on a little after it, what begins otherwise, and
at the end what has no value to be sorted by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam


@dataclass(frozen=True)
class SortKey:
    """Something that a list can be sorted by."""

    name: str
    column: ColumnElement[Any]
    nullable: bool = False


Order = Sequence[tuple[SortKey, bool]]
"""Sort keys, each with whether it descends. Together they tell all rows apart."""


@dataclass(frozen=True)
class Segment:
    """Rows that stand together in an order."""

    where: tuple[ColumnElement[bool], ...]
    """What tells them from the others; the parameter `key_0` is the last row's value of the first key, and so on."""
    order: tuple[ColumnElement[Any], ...]
    """The order that is left among them."""


def segments(order: Order, nulls: Sequence[bool] | None) -> Iterator[Segment]:
    """What comes after a row of which it is known which keys are null, in order; all of the list, for None."""
    if nulls is None:
        yield from _all(order)
        return
    for at in reversed(range(len(order))):
        key, descending = order[at]
        if nulls[at]:  # nothing comes after null
            continue
        same = tuple(_same(order[before][0], before, nulls[before]) for before in range(at))
        value = _value(key, at)
        after = key.column < value if descending else key.column > value
        yield Segment((*same, after), _sorted(order[at:]))
        if key.nullable:
            yield Segment((*same, key.column.is_(None)), _sorted(order[at + 1 :]))


def _all(order: Order) -> Iterator[Segment]:
    key, _ = order[0]
    if not key.nullable:
        yield Segment((), _sorted(order))
    else:
        yield Segment((key.column.is_not(None),), _sorted(order))
        yield Segment((key.column.is_(None),), _sorted(order[1:]))


def _same(key: SortKey, at: int, null: bool) -> ColumnElement[bool]:
    return key.column.is_(None) if null else key.column == _value(key, at)


def _value(key: SortKey, at: int) -> ColumnElement[Any]:
    return bindparam(f"key_{at}", type_=key.column.type)


def _sorted(order: Order) -> tuple[ColumnElement[Any], ...]:
    """ORDER BY. Of the first key no row here is null, and to say so would keep an index from being used."""
    columns = [(key, key.column.desc() if descending else key.column.asc()) for key, descending in order]
    return tuple(column.nulls_last() if key.nullable and at else column for at, (key, column) in enumerate(columns))
