"""The list engine: a page of any list, in any of its orders, with its total and what comes next."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Date, FromClause, Integer, bindparam, func, select

from app.query import cursor
from app.query.facets import count_facets
from app.query.filters import conditions
from app.query.order import Order, Segment, SortKey, segments
from app.query.parameters import ListQuery
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot

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
    item: Callable[[Snapshot, Sequence[Any]], list[bytes]]
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

    total: Callable[[Snapshot], int] | None = None
    """How many rows there are where nothing is filtered, for lists that need not be counted each time."""
    prepared: dict[Any, list[Prepared]] = field(default_factory=dict)
    """The statements of such a list, by the order and by which values of a cursor are null."""

    def order(self, target: Sequence[str]) -> Order:
        """The keys of a `sort` parameter, each with whether it descends, and the tie-break."""
        by_name = {key.name: key for key in self.keys}
        chosen = [(by_name[name.removeprefix("-")], name.startswith("-")) for name in target]
        order = chosen or [(self.keys[0], self.descending)]
        ties = [column for column in self.tie if all(column is not key.column for key, _ in order)]
        return [*order, *((SortKey("", column), False) for column in ties)]


@dataclass(frozen=True)
class ListingPage:
    """A page of a list."""

    items: list[bytes]
    total: int
    exact: bool
    next: str | None
    """The path of the next page; None where this is the last."""
    facets: dict[str, list[dict[str, Any]]] | None = None
    """The values that were counted, by facet; None where none were asked for."""


@dataclass(frozen=True)
class RequestTarget:
    """A question in the words of its URL: the path, and the parameters as they were given."""

    path: str
    parameters: Sequence[tuple[str, str]] = field(default=())
    media_type: str = "application/json"
    """What was negotiated."""

    @cached_property
    def fingerprint(self) -> str:
        """What a cursor is bound to: everything that decides which rows come, and in which order."""
        return self.path + "?" + urlencode(sorted(p for p in self.parameters if p[0] not in _NOT_ASKED))

    def next(self, position: str) -> str:
        """The path of the page that begins at a cursor."""
        kept = [parameter for parameter in self.parameters if parameter[0] != "cursor"]
        return f"{self.path}?{urlencode([*kept, ('cursor', position)])}"


def read_page(snapshot: Snapshot, listing: Listing, params: ListQuery, target: RequestTarget) -> ListingPage:
    """One page of a list. Raises Invalid where a cursor or a term is not right."""
    walk = _Walk(snapshot, listing, params)
    key = cursor.decode(params.cursor, target.fingerprint, snapshot.secret) if params.cursor is not None else None
    found = walk.rows(params.limit + 1, key)
    page = found[: params.limit]
    following = None
    if len(found) > params.limit:
        following = target.next(cursor.encode(walk.key(page[-1]), target.fingerprint, snapshot.secret))
    total = len(found) if key is None and following is None else walk.count()
    facets = getattr(params, "facets", None)
    return ListingPage(
        listing.item(snapshot, page),
        min(total, COUNTED),
        total <= COUNTED,
        following,
        count_facets(snapshot, listing.where, params, facets) if facets else None,
    )


def read_all(snapshot: Snapshot, listing: Listing, params: ListQuery, most: int | None) -> Iterator[bytes]:
    """Every item of a filtered list, or so many at most, in constant memory. Raises Invalid where a term is wrong."""
    walk = _Walk(snapshot, listing, params)
    key, left = None, most
    while left is None or left > 0:
        found = walk.rows(_BATCH if left is None else min(left, _BATCH), key)
        if not found:
            return
        yield from listing.item(snapshot, found)
        key, left = walk.key(found[-1]), left and left - len(found)


class _Walk:
    """The rows of a filtered list in their order, some at a time."""

    def __init__(self, snapshot: Snapshot, listing: Listing, params: ListQuery) -> None:
        self.reader = snapshot
        self.listing = listing
        self.sort = tuple(getattr(params, "sort", ()))
        self.order = listing.order(self.sort)
        self.asked = list(conditions(snapshot, params))
        where = [*listing.where, *self.asked]
        self.source, self.where = (listing.grouped(where), []) if listing.grouped else (listing.source, where)

    def rows(self, most: int, key: Sequence[Any] | None) -> list[Any]:
        """The next rows after the one with this sort key."""
        nulls = None if key is None else tuple(value is None for value in key)
        values = {f"key_{at}": self._bound(at, value) for at, value in enumerate(key or ()) if value is not None}
        found: list[Any] = []
        for statement in self._statements(nulls):
            found += self.reader.rows(statement, values | {"most": most - len(found)})
            if len(found) >= most:
                break
        return found

    def key(self, row: Any) -> list[Any]:
        """The sort key of a row, as a cursor keeps it."""
        return [value.isoformat() if isinstance(value, date) else value for value in row[-len(self.order) :]]

    def count(self) -> int:
        """How many rows there are, up to one more than are counted."""
        if self.listing.total is not None and not self.asked:
            return self.listing.total(self.reader)
        counted = select(1).select_from(self.source).where(*self.where).limit(COUNTED + 1).subquery()
        return int(self.reader.connection.execute(select(func.count()).select_from(counted)).scalar_one())

    def _bound(self, at: int, value: Any) -> Any:
        dated = isinstance(self.order[at][0].column.type, Date)
        return date.fromisoformat(value) if dated else value

    def _statements(self, nulls: tuple[bool, ...] | None) -> Iterator[Any]:
        """The statements that give the list from a place on, one after the other."""
        if self.asked or self.listing.total is None:
            return (self._statement(stretch) for stretch in segments(self.order, nulls))
        prepared = self.listing.prepared
        if (self.sort, nulls) not in prepared:
            found = [Prepared(self._statement(stretch)) for stretch in segments(self.order, nulls)]
            prepared[self.sort, nulls] = found
        return iter(prepared[self.sort, nulls])

    def _statement(self, stretch: Segment) -> Any:
        keys = (key.column.label(f"sorted_{at}") for at, (key, _) in enumerate(self.order))
        return (
            select(*self.listing.columns, *keys)
            .select_from(self.source)
            .where(*self.where, *stretch.where)
            .order_by(*stretch.order)
            .limit(bindparam("most", type_=Integer))
        )
