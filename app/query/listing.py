"""Lists: a page of any list, in any of its orders, with its total and the cursor of the next page."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Date, FromClause, Integer, bindparam, select

from app.model.tables import RECORD
from app.query import cursor
from app.query.facets import MAX_TOTAL, count_facets, found_keys, selected
from app.query.filters import conditions, warnings
from app.query.order import Order, Segment, SortKey, segments
from app.query.parameters import BaseQuery, ListQuery
from app.query.prepared import Prepared
from app.query.rows import Items, to_json
from app.query.scan import BATCH, count_rows
from app.query.snapshot import Snapshot

_PRESENTATION = {"limit", "cursor", "facets", "evidence"}
"""Parameters that may change from page to page, as they affect neither the rows nor their order."""


@dataclass(frozen=True)
class Listing:
    """A list: the rows of `source`, each shown by `item` as JSON."""

    source: FromClause
    columns: Sequence[Any]
    """Columns to select. A table stands for all of its columns."""
    shape: type[BaseModel]
    """The shape of an item."""
    keys: Sequence[SortKey]
    """The sort keys. The first is the default order, reversed if `descending`."""
    tie: Sequence[ColumnElement[Any]] = ()
    """The columns that break ties."""
    where: Sequence[ColumnElement[bool]] = ()
    item: Items | None = None
    """Makes the JSON of items from rows. By default, the columns of a row become the fields of `shape`."""
    descending: bool = False
    any_kind: frozenset[str] = frozenset()
    """Names of the fields whose Refs may be of any kind; CSV writes those as `kind/id`."""
    grouped: Callable[[Sequence[ColumnElement[bool]]], FromClause] | None = None
    """For a list of groups: filters the rows of `source` by conditions, and groups them. `columns`, `keys` and `tie`
    are then columns of the groups."""
    name: str | None = None
    """The cache key of the list if it is the same for every request. Unfiltered, its statements are then compiled once,
    and its total is counted once per revision."""
    prepared: dict[Any, list[Prepared]] = field(default_factory=dict)
    """The compiled statements, by `sort` and by which values of the cursor are null. Bounded by caching only orders of
    a single key."""

    def order(self, sort: Sequence[str]) -> Order:
        """The order for a `sort` parameter, with the columns that break ties."""
        by_name = {key.name: key for key in self.keys}
        chosen = [(by_name[name.removeprefix("-")], name.startswith("-")) for name in sort]
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
    """The path of the next page, or None on the last page."""
    facets: dict[str, list[dict[str, Any]]] | None = None
    """The values of each requested facet, or None without such a request."""
    warnings: Sequence[dict[str, Any]] = ()
    """A warning for each id in the filters that no record has, up to a maximum."""

    @property
    def count(self) -> dict[str, Any]:
        """The total as JSON."""
        return {"value": self.total, "relation": "eq" if self.exact else "gte"}


@dataclass(frozen=True)
class RequestTarget:
    """The target of a request: its path, and its parameters as sent."""

    path: str
    parameters: Sequence[tuple[str, str]] = ()

    @cached_property
    def fingerprint(self) -> str:
        """The path and the parameters that decide the rows and their order. A cursor is valid for this part only."""
        return self.path + "?" + urlencode(sorted(p for p in self.parameters if p[0] not in _PRESENTATION))

    def next(self, position: str) -> str:
        """The path and query of the page that follows a cursor."""
        kept = [parameter for parameter in self.parameters if parameter[0] != "cursor"]
        return f"{self.path}?{urlencode([*kept, ('cursor', position)])}"


def read_page(snapshot: Snapshot, listing: Listing, params: ListQuery, target: RequestTarget) -> ListingPage:
    """Read one page of a list. Raises Invalid for a wrong cursor or term."""
    walk = _Walk(snapshot, listing, params)
    key = cursor.decode(params.cursor, target.fingerprint, snapshot.secret) if params.cursor is not None else None
    rows = walk.rows(params.limit + 1, key)
    page = rows[: params.limit]
    following = None
    if len(rows) > params.limit:
        following = target.next(cursor.encode(walk.key(page[-1]), target.fingerprint, snapshot.secret))
    total = len(rows) if key is None and following is None else walk.count()
    return ListingPage(
        walk.items(snapshot, page),
        min(total, MAX_TOTAL),
        total <= MAX_TOTAL,
        following,
        count_facets(snapshot, listing.where, params, walk.found),
        warnings(snapshot, params),
    )


def read_all(snapshot: Snapshot, listing: Listing, params: BaseQuery, most: int | None) -> Iterator[bytes]:
    """Every item of a filtered list, or the first `most`, in constant memory. Raises Invalid for a wrong term."""
    walk = _Walk(snapshot, listing, params)
    key: Sequence[Any] | None = None
    left = sys.maxsize if most is None else most
    while left and (rows := walk.rows(min(left, BATCH), key)):
        yield from walk.items(snapshot, rows)
        key, left = walk.key(rows[-1]), left - len(rows)


class _Walk:
    """Reads the rows of a filtered list in order, a batch at a time."""

    def __init__(self, snapshot: Snapshot, listing: Listing, params: BaseQuery) -> None:
        self.snapshot = snapshot
        self.listing = listing
        self.items = listing.item or to_json(listing.shape)
        self.sort = tuple(getattr(params, "sort", ()))
        self.order = listing.order(self.sort)
        filters = list(conditions(snapshot, params))
        self.cached_as = None if filters else listing.name
        self.found = found_keys(snapshot, listing.where, params)
        keys = self.found.get(None, ())
        where = [*listing.where, *filters]
        if self.found and len(keys) <= MAX_TOTAL:
            where = [RECORD.c.id.in_(selected(snapshot, keys))]
        self.source, self.where = (listing.grouped(where), []) if listing.grouped else (listing.source, where)

    def rows(self, most: int, key: Sequence[Any] | None) -> list[Any]:
        """The next rows after the one with this sort key."""
        nulls = None if key is None else tuple(value is None for value in key)
        values = {f"key_{at}": self._value(at, value) for at, value in enumerate(key or ()) if value is not None}
        rows: list[Any] = []
        for statement in self._statements(nulls):
            rows += self.snapshot.rows(statement, values | {"most": most - len(rows)})
            if len(rows) >= most:
                break
        return rows

    def key(self, row: Any) -> Sequence[Any]:
        """The sort key of a row: its last columns."""
        return tuple(row[-len(self.order) :])

    def count(self) -> int:
        """The number of rows, or more than `MAX_TOTAL` if there are more."""
        totals = self.snapshot.state.totals
        if not self.listing.grouped and (found := len(self.found.get(None, ()))):
            return found
        if self.cached_as not in totals:
            counted = select(1).select_from(self.source).where(*self.where).limit(MAX_TOTAL + 1).subquery()
            total = count_rows(self.snapshot.connection, counted)
            if self.cached_as is None:
                return total
            totals[self.cached_as] = total
        return totals[self.cached_as]

    def _value(self, at: int, value: Any) -> Any:
        """A value of a sort key to compare with. Dates are strings in a cursor, and in a row of `Prepared`."""
        dated = isinstance(self.order[at][0].column.type, Date)
        return date.fromisoformat(value) if dated and isinstance(value, str) else value

    def _statements(self, nulls: tuple[bool, ...] | None) -> Iterator[Any]:
        """The statements to execute one after the other for the rows after a sort key, given which values are null."""
        if self.cached_as is None or len(self.sort) > 1:
            return (self._statement(segment) for segment in segments(self.order, nulls))
        prepared = self.listing.prepared
        if (self.sort, nulls) not in prepared:
            prepared[self.sort, nulls] = [Prepared(self._statement(part)) for part in segments(self.order, nulls)]
        return iter(prepared[self.sort, nulls])

    def _statement(self, segment: Segment) -> Any:
        keys = (key.column.label(f"sorted_{at}") for at, (key, _) in enumerate(self.order))
        return (
            select(*self.listing.columns, *keys)
            .select_from(self.source)
            .where(*self.where, *segment.where)
            .order_by(*segment.order)
            .limit(bindparam("most", type_=Integer))
        )
