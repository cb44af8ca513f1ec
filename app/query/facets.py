"""Facets: the values of a filter over the filtered list, with counts. A facet ignores its own filter."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Select, func, select, union_all

from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import Vocabulary
from app.query.filters import Filter, conditions, filters_of
from app.query.snapshot import Snapshot

MAX_VALUES = 100
"""The maximum number of values that a facet shows."""


def keys_where(*where: Any, most: int | None = None) -> Callable[[Sequence[Any]], Select[Any]]:
    """Selects the keys of the records that meet these conditions and others, `most` at most."""
    return lambda others: select(RECORD.c.id).where(*where, *others).limit(most)


def count_facets(
    snapshot: Snapshot, records: Callable[[Sequence[Any]], Select[Any]], params: BaseModel
) -> dict[str, list[dict[str, Any]]] | None:
    """For each requested facet, its values with labels and counts, most frequent first. None without a request.

    `records` selects the keys of the records that meet some conditions.
    """
    filters, names = filters_of(type(params)), getattr(params, "facets", ())
    of = {name: records(list(conditions(snapshot, params, without=name))) for name in names}
    return {name: count_values(snapshot, filters[name], of[name]) for name in names} or None


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
