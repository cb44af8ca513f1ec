"""Facets: the values of a filter over the filtered list, with counts. A facet ignores its own filter."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import JSON, Integer, Select, cast, func, literal, literal_column, select, union_all

from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import Vocabulary
from app.query.filters import Filter, conditions, filters_of
from app.query.snapshot import Snapshot

MAX_TOTAL = 10_000
"""The maximum that a total is counted to, and the number of records that the facets of a search are counted over."""
MAX_VALUES = 100
"""The maximum number of values that a facet shows."""
Found = Mapping[str | None, Sequence[int]]
"""The keys of the records that a search found, `MAX_TOTAL` + 1 at most: at None, those that meet all filters; at the
name of a facet, those that meet all but its own."""


def found_keys(snapshot: Snapshot, where: Sequence[Any], params: BaseModel) -> Found:
    """The keys that a list with a query has: the index is searched once for all. Empty without a query."""
    given = vars(params)
    if not given.get("q"):
        return {}
    names = [None, *(name for name in given.get("facets", ()) if given[name])]
    # A search in several parts of a statement is a CTE that is executed once.
    parts = (
        select(literal_column(str(at), Integer).label("part"), RECORD.c.id)
        .where(*where, *conditions(snapshot, params, without=name))
        .limit(MAX_TOTAL + 1)
        .subquery()
        for at, name in enumerate(names)
    )
    found: dict[str | None, list[int]] = {name: [] for name in names}
    for part, key in snapshot.rows(union_all(*map(select, parts))):
        found[names[part]].append(key)
    return found


def selected(snapshot: Snapshot, keys: Sequence[int]) -> Select[Any]:
    """Selects these keys as `id`. A parameter for each would take longer to compile than the statement to execute."""
    sqlite = snapshot.connection.dialect.name == "sqlite"
    each = (func.json_each if sqlite else func.json_array_elements_text)(literal(keys, JSON)).table_valued("value")
    return select(cast(each.c.value, Integer).label("id"))


def count_facets(
    snapshot: Snapshot, where: Sequence[Any], params: BaseModel, found: Found | None = None
) -> dict[str, list[dict[str, Any]]] | None:
    """For each requested facet, its values with labels and counts, most frequent first. None without a request.

    `where` are conditions besides the filters. Those of a search are counted over at most `MAX_TOTAL` records.
    """
    filters, names = filters_of(type(params)), getattr(params, "facets", ())
    found = found_keys(snapshot, where, params) if found is None and names else found

    def records(name: str) -> Select[Any]:
        if found:
            return selected(snapshot, found.get(name, found[None])[:MAX_TOTAL])
        return select(RECORD.c.id).where(*where, *conditions(snapshot, params, without=name))

    return {name: count_values(snapshot, filters[name], records(name)) for name in names} or None


def count_values(snapshot: Snapshot, facet: Filter, records: Select[Any]) -> list[dict[str, Any]]:
    """The values of a facet with labels and counts, most frequent first. `records` selects the keys of the records."""
    # The CTE reads an index only, not the rows with their JSON. The values are then read for these records only.
    listed = records.cte("listed")
    of_listed = (pairs.where(pairs.selected_columns.record_id.in_(select(listed.c.id))) for pairs in facet.pairs)
    pair = union_all(*of_listed).subquery()
    count = func.count(pair.c.record_id.distinct()).label("number")
    counted = snapshot.rows(
        select(pair.c.value, count).group_by(pair.c.value).order_by(count.desc(), pair.c.value).limit(MAX_VALUES)
    )
    labels = _labels(snapshot, facet, [value for value, _ in counted])
    return [{"value": labels[key][0], "label": labels[key][1], "count": number} for key, number in counted]


def _labels(snapshot: Snapshot, facet: Filter, values: Sequence[Any]) -> dict[Any, tuple[Any, str]]:
    """Each value as the parameter takes it, and its label."""
    if facet.kinds:
        records = select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name).where(RECORD.c.id.in_(values))
        rows = snapshot.rows(records)
        return {row.id: (f"{row.kind}/{row.slug}" if len(facet.kinds) > 1 else row.slug, row.name) for row in rows}
    if facet.vocabulary:
        term = table_of(OPEN_TERMS[facet.vocabulary]).c
        rows = snapshot.rows(select(term.term, term.label).where(term.term.in_(values)))
        return {row.term: (row.term, row.label) for row in rows}
    return {value: (value, (facet.label and facet.label(value)) or _label(value)) for value in values}


def _label(value: Any) -> str:
    if isinstance(value, Vocabulary):
        return value.label
    return value.capitalize() if isinstance(value, KindName) else str(value)
