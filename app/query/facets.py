"""Facets: how many records of the filtered list have each value, each facet without its own filter applied."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select, union_all

from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import Vocabulary
from app.query.filters import Filter, conditions, filters_of
from app.query.snapshot import Snapshot

SHOWN = 100
"""The values that a facet shows at most: the most frequent."""


def count_facets(
    snapshot: Snapshot, where: Sequence[Any], params: BaseModel, names: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """For each facet, its values with their labels and counts, the most frequent first."""
    filters = filters_of(type(params))
    return {name: _count(snapshot, where, params, name, filters[name]) for name in names}


def _count(
    snapshot: Snapshot, where: Sequence[Any], params: BaseModel, name: str, found: Filter
) -> list[dict[str, Any]]:
    assert found.pairs, f"{name} is no facet"  # noqa: S101
    # The records are chosen by an index alone: their rows, which hold all their JSON, need not be read. What they have
    # is then looked up for them, and for no others.
    listed = select(RECORD.c.id).where(*where, *conditions(snapshot, params, without=name)).cte("listed")
    chosen = (pairs.where(pairs.selected_columns.record_id.in_(select(listed.c.id))) for pairs in found.pairs)
    have = union_all(*chosen).subquery()
    number = func.count(have.c.record_id.distinct()).label("number")
    query = select(have.c.value, number).group_by(have.c.value).order_by(number.desc(), have.c.value).limit(SHOWN)
    counted = [(row.value, row.number) for row in snapshot.rows(query)]
    labels = _labels(snapshot, name, found, [value for value, _ in counted])
    return [{"value": labels[value][0], "label": labels[value][1], "count": number} for value, number in counted]


def _labels(snapshot: Snapshot, name: str, found: Filter, values: Sequence[Any]) -> dict[Any, tuple[Any, str]]:
    """What a parameter calls each value, and what people do."""
    if found.counts_records:
        query = select(RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name).where(RECORD.c.id.in_(values))
        return {
            row.id: (f"{row.kind}/{row.slug}" if found.any_kind else row.slug, row.name) for row in snapshot.rows(query)
        }
    if found.vocabulary:
        table = table_of(OPEN_TERMS[found.vocabulary])
        rows = snapshot.rows(select(table.c.term, table.c.label).where(table.c.term.in_(values)))
        return {row.term: (row.term, row.label) for row in rows}
    return {value: (value, (found.label and found.label(value)) or _label(value)) for value in values}


def _label(value: Any) -> str:
    if isinstance(value, Vocabulary):
        return value.label
    return value.capitalize() if isinstance(value, KindName) else str(value)
