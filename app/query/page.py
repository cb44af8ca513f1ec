"""The list engine: a page of any list, in any of its orders, with its total and what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, FromClause, func, select

from app.query import cursor
from app.query.filters import conditions
from app.query.order import SortKey, after, terms
from app.query.question import ListQuestion
from app.query.reader import Reader

COUNTED = 10_000
"""Totals are exact up to here."""
_NOT_ASKED = {"limit", "cursor", "fields"}
"""Parameters that a cursor outlives: they change what is shown, not what comes after what."""


@dataclass(frozen=True)
class Listing:
    """Something that can be listed: rows of `source`, each shown by `item` as JSON."""

    source: FromClause
    columns: Sequence[Any]
    """Columns, or a table for all of its columns."""
    item: Callable[[Reader, Sequence[Any]], list[bytes]]
    """Rows to the JSON of their items."""
    keys: Sequence[SortKey]
    """What it can be sorted by; the first is the order that it has by itself, with the minus of `descending`."""
    tie: Sequence[ColumnElement[Any]]
    """What tells rows apart that sort alike."""
    where: Sequence[ColumnElement[bool]] = ()
    descending: bool = False

    def order(self, asked: Sequence[str]) -> list[tuple[SortKey, bool]]:
        """The keys of a `sort` parameter, each with whether it descends, and the tie-break."""
        by_name = {key.name: key for key in self.keys}
        chosen = [(by_name[name.removeprefix("-")], name.startswith("-")) for name in asked]
        return [
            *(chosen or [(self.keys[0], self.descending)]),
            *((SortKey("", column), False) for column in self.tie),
        ]


@dataclass(frozen=True)
class Page:
    """A page of a list."""

    items: list[bytes]
    total: int
    exact: bool
    next: str | None
    """The path of the next page; None where this is the last."""


@dataclass(frozen=True)
class Asked:
    """A question in the words of its URL: the path, and the parameters as they were given."""

    path: str
    parameters: Sequence[tuple[str, str]] = field(default=())

    def fingerprint(self) -> str:
        """What a cursor is bound to: everything that decides which rows come, and in which order."""
        return self.path + "?" + urlencode(sorted(p for p in self.parameters if p[0] not in _NOT_ASKED))

    def next(self, position: str) -> str:
        """The path of the page that begins at a cursor."""
        kept = [parameter for parameter in self.parameters if parameter[0] != "cursor"]
        return f"{self.path}?{urlencode([*kept, ('cursor', position)])}"


def read_page(reader: Reader, listing: Listing, question: ListQuestion, asked: Asked) -> Page:
    """One page of a list. Raises Invalid where a cursor or a term is not right."""
    ordered = terms(listing.order(getattr(question, "sort", ())))
    where = [*listing.where, *conditions(reader, question)]
    rows = (
        select(*listing.columns, *(term.expression.label(f"key_{n}") for n, term in enumerate(ordered)))
        .select_from(listing.source)
        .where(*where)
        .order_by(*(term.expression.desc() if term.descending else term.expression for term in ordered))
        .limit(question.limit + 1)
    )
    if question.cursor is not None:
        rows = rows.where(after(ordered, cursor.decode(question.cursor, asked.fingerprint(), reader.secret)))
    found = reader.rows(rows)
    page = found[: question.limit]
    following = None
    if len(found) > question.limit:
        key = [value.isoformat() if isinstance(value, date) else value for value in page[-1][-len(ordered) :]]
        following = asked.next(cursor.encode(key, asked.fingerprint(), reader.secret))
    total = _count(reader, listing, where)
    return Page(listing.item(reader, page), min(total, COUNTED), total <= COUNTED, following)


def _count(reader: Reader, listing: Listing, where: Sequence[ColumnElement[bool]]) -> int:
    counted = select(1).select_from(listing.source).where(*where).limit(COUNTED + 1).subquery()
    return int(reader.connection.execute(select(func.count()).select_from(counted)).scalar_one())
