"""Batches of keys, which bound the size of a statement."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement

BATCH = 500
"""The number of keys in a batch."""


def batches(keys: Collection[int]) -> Iterator[list[int]]:
    """The keys in order, in batches."""
    ordered = sorted(keys)
    for at in range(0, len(ordered), BATCH):
        yield ordered[at : at + BATCH]


def among(column: Any, keys: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a column has one of some sorted keys. Consecutive keys become a range, which is faster."""
    if keys and keys[-1] - keys[0] + 1 == len(keys):
        return cast("ColumnElement[bool]", column.between(keys[0], keys[-1]))
    return cast("ColumnElement[bool]", column.in_(keys))
