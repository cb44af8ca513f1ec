"""The list engine: a page of any list, in any of its orders, with its total and what comes next."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel
from sqlalchemy import ColumnElement, FromClause, func, select

from app.query import cursor
from app.query.facets import count_facets
from app.query.filters import conditions
from app.query.order import SortKey, after, terms
from app.query.question import ListQuestion
from app.query.reader import Reader

COUNTED = 10_000
"""Totals are exact up to here."""
_BATCH = 500
_NOT_ASKED = {"limit", "cursor", "fields", "facets"}
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
    shape: type[BaseModel] | None = None
    """What an item is, for formats that lay it out in columns."""
    any_kind: frozenset[str] = frozenset()
    """The fields of an item that can refer to a record of any kind."""
    grouped: Callable[[Sequence[ColumnElement[bool]]], FromClause] | None = None
    """For items that are groups of rows of `source`: the groups of those rows that meet conditions.

    `columns`, `keys` and `tie` are then of the groups.
    """

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
    facets: dict[str, list[dict[str, Any]]] | None = None
    """The values that were counted, by facet; None where none were asked for."""


@dataclass(frozen=True)
class Asked:
    """A question in the words of its URL: the path, and the parameters as they were given."""

    path: str
    parameters: Sequence[tuple[str, str]] = field(default=())
    media_type: str = "application/json"
    """What was negotiated."""

    def fingerprint(self) -> str:
        """What a cursor is bound to: everything that decides which rows come, and in which order."""
        return self.path + "?" + urlencode(sorted(p for p in self.parameters if p[0] not in _NOT_ASKED))

    def next(self, position: str) -> str:
        """The path of the page that begins at a cursor."""
        kept = [parameter for parameter in self.parameters if parameter[0] != "cursor"]
        return f"{self.path}?{urlencode([*kept, ('cursor', position)])}"


def read_page(reader: Reader, listing: Listing, question: ListQuestion, asked: Asked) -> Page:
    """One page of a list. Raises Invalid where a cursor or a term is not right."""
    walk = _Walk(reader, listing, question)
    key = cursor.decode(question.cursor, asked.fingerprint(), reader.secret) if question.cursor is not None else None
    found = walk.rows(question.limit + 1, key)
    page = found[: question.limit]
    following = None
    if len(found) > question.limit:
        following = asked.next(cursor.encode(walk.key(page[-1]), asked.fingerprint(), reader.secret))
    total = walk.count()
    facets = getattr(question, "facets", None)
    return Page(
        listing.item(reader, page),
        min(total, COUNTED),
        total <= COUNTED,
        following,
        count_facets(reader, listing.where, question, facets) if facets else None,
    )


def read_all(reader: Reader, listing: Listing, question: ListQuestion, most: int | None) -> Iterator[bytes]:
    """Every item of a filtered list, or so many at most, in constant memory. Raises Invalid where a term is wrong."""
    walk = _Walk(reader, listing, question)
    key, left = None, most
    while left is None or left > 0:
        found = walk.rows(_BATCH if left is None else min(left, _BATCH), key)
        if not found:
            return
        yield from listing.item(reader, found)
        key, left = walk.key(found[-1]), left and left - len(found)


class _Walk:
    """The rows of a filtered list in their order, some at a time."""

    def __init__(self, reader: Reader, listing: Listing, question: ListQuestion) -> None:
        self.reader = reader
        self.listing = listing
        self.terms = terms(listing.order(getattr(question, "sort", ())))
        where = [*listing.where, *conditions(reader, question)]
        self.source, self.where = (listing.grouped(where), []) if listing.grouped else (listing.source, where)

    def rows(self, most: int, key: Sequence[Any] | None) -> list[Any]:
        """The next rows after the one with this sort key."""
        columns = (term.expression.label(f"key_{number}") for number, term in enumerate(self.terms))
        order = (term.expression.desc() if term.descending else term.expression for term in self.terms)
        query = select(*self.listing.columns, *columns).select_from(self.source).where(*self.where)
        if key is not None:
            query = query.where(after(self.terms, key))
        return self.reader.rows(query.order_by(*order).limit(most))

    def key(self, row: Any) -> list[Any]:
        """The sort key of a row, as a cursor keeps it."""
        return [value.isoformat() if isinstance(value, date) else value for value in row[-len(self.terms) :]]

    def count(self) -> int:
        """How many rows there are, up to one more than are counted."""
        counted = select(1).select_from(self.source).where(*self.where).limit(COUNTED + 1).subquery()
        return int(self.reader.connection.execute(select(func.count()).select_from(counted)).scalar_one())
