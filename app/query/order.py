"""The order of a list: sort keys, nulls last in both directions, and where a page begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, cast, false, func, literal, or_


@dataclass(frozen=True)
class SortKey:
    """Something that a list can be sorted by."""

    name: str
    column: ColumnElement[Any]
    nullable: bool = False


@dataclass(frozen=True)
class Term:
    """One column of an ORDER BY, never null."""

    expression: ColumnElement[Any]
    descending: bool = False

    def after(self, value: Any) -> ColumnElement[bool]:
        """The condition for rows that this term alone puts after a value."""
        return self.expression.__lt__(value) if self.descending else self.expression.__gt__(value)


def terms(keys: Sequence[tuple[SortKey, bool]]) -> list[Term]:
    """The ORDER BY of some keys, each with whether it descends. A nullable key is two terms: nulls come last."""
    ordered: list[Term] = []
    for key, descending in keys:
        if key.nullable:
            ordered.append(Term(cast(key.column.is_(None), Integer)))
            lowest: Any = date.min if isinstance(key.column.type, Date) else ""
            ordered.append(Term(func.coalesce(key.column, literal(lowest, key.column.type)), descending))
        else:
            ordered.append(Term(key.column, descending))
    return ordered


def after(ordered: Sequence[Term], key: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for rows that come after the row with this sort key."""
    condition: ColumnElement[bool] = false()
    for term, value in reversed(list(zip(ordered, key, strict=True))):
        value = date.fromisoformat(value) if isinstance(term.expression.type, Date) else value
        condition = or_(term.after(value), and_(term.expression == value, condition))
    return condition
