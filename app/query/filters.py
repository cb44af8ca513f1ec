"""Filters: the SQL condition of a list parameter, and the values that a facet of the same name counts.

A filter stands in the annotation of a query model's field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from sqlalchemy import ColumnElement, Select, and_, exists, false, not_, or_, select

from app.model.mapping import owner, target
from app.model.shape import KindName
from app.model.tables import RECORD
from app.model.terms import OPEN_TERMS
from app.problems import invalid
from app.query.snapshot import Snapshot
from app.suggest import hint

VOCABULARY = "x-vocabulary"
"""The key in a parameter's JSON Schema that names the open vocabulary of its values."""

Condition = ColumnElement[bool]
Parameters = Mapping[str, Any]
"""The parameters of a request, by name."""


@dataclass(frozen=True)
class Filter:
    """The SQL condition of a parameter, and the values to count for its facet."""

    condition: Callable[[Snapshot, Any, Parameters], Condition]
    """Called with the snapshot, the parameter's value, and all parameters."""
    pairs: Sequence[Select[*tuple[Any, ...]]] = ()
    """Queries of each record with each of its values, as `record_id` and `value`. Pairs may repeat. Empty: no facet."""
    counts_records: bool = False
    """The values of `pairs` are keys of records."""
    any_kind: bool = False
    """These records are of any kind, so the parameter names them `kind/id`."""
    vocabulary: str | None = None
    """The open vocabulary of the values."""
    label: Callable[[Any], str | None] | None = None
    """Labels a value that is neither a record nor a term."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | ({VOCABULARY: self.vocabulary} if self.vocabulary else {})


@cache
def filters_of(params: type[BaseModel]) -> Mapping[str, Filter]:
    """The filters of a query model, by parameter name. The cache has one entry per query model."""
    fields = params.model_fields.items()
    return {name: note for name, field in fields for note in field.metadata if isinstance(note, Filter)}


def conditions(snapshot: Snapshot, params: BaseModel, *, without: str | None = None) -> Iterator[Condition]:
    """The conditions of the given parameters, except `without`. Raises Invalid for an unknown term."""
    given = vars(params)
    for name, found in filters_of(type(params)).items():
        if name != without and given[name] not in (None, ()):
            if found.vocabulary:
                _check_terms(snapshot, name, found.vocabulary, _values(given[name]))
            yield found.condition(snapshot, given[name], given)


def one_of(column: Any, *, label: Callable[[Any], str | None] | None = None, facet: bool = True) -> Filter:
    """A filter by the values of a column, of the record itself or of a row that belongs to it."""
    element = column.expression
    vocabulary = target(element.table, element.name)

    def condition(_snapshot: Snapshot, value: Any, _given: Parameters) -> Condition:
        # No stored text has a NUL, and PostgreSQL rejects it in a query.
        return _any_row(element, element.in_([item for item in _values(value) if "\0" not in str(item)]))

    return Filter(
        condition,
        _pairs(element) if facet else (),
        vocabulary=vocabulary if vocabulary in OPEN_TERMS else None,
        label=label,
    )


def one_of_own(column: Any) -> Filter:
    """A filter by the values of a column of the listed row itself, where the listed rows belong to records."""
    return Filter(lambda _snapshot, values, _given: column.expression.in_(values))


def one_of_pairs(first: Any, second: Any) -> Filter:
    """A filter by the values of two columns of a row that belongs to the record, written `first:second`."""
    one, other = first.expression, second.expression

    def condition(_snapshot: Snapshot, values: Sequence[str], _given: Parameters) -> Condition:
        pairs = [value.partition(":") for value in values if "\0" not in value]
        return _any_row(one, or_(false(), *(and_(one == left, other == right) for left, _, right in pairs)))

    return Filter(condition)


def one_of_if_any(*columns: Any) -> Filter:
    """A filter that leaves out records with any other value in the columns. Records without a value pass."""
    elements = [column.expression for column in columns]

    def condition(_snapshot: Snapshot, values: Sequence[Any], _given: Parameters) -> Condition:
        return and_(*(not_(_any_row(element, element.not_in(values))) for element in elements))

    return Filter(condition, [pairs for element in elements for pairs in _pairs(element)])


def derived(column: Any, values_of: Callable[[Any], Sequence[Any]]) -> Filter:
    """A filter by column values that follow from the parameter, as event types follow from a quad."""
    element = column.expression
    return Filter(lambda _snapshot, value, _given: _any_row(element, element.in_(values_of(value))))


def has_value(column: Any) -> Filter:
    """A filter that takes true for records with a value in the column, and false for those with null."""
    element = column.expression
    return Filter(
        lambda _snapshot, value, _given: _any_row(element, element.is_not(None) if value else element.is_(None))
    )


def linked(column: Any, **where: str) -> Filter:
    """A filter by the records that the column refers to. `where` adds conditions on the same row."""
    element = column.expression
    same_row = [element.table.c[name] == value for name, value in where.items()]

    def condition(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
        return _any_row(element, and_(element.in_(referred_keys(snapshot, element, ids)), *same_row))

    any_kind = referred_kind(element) is None
    return Filter(condition, _pairs(element, *same_row), counts_records=True, any_kind=any_kind)


def linked_to_all(column: Any) -> Filter:
    """A filter by the records that the column refers to: there must be a row for each of them."""
    element = column.expression

    def condition(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
        keys = (referred_keys(snapshot, element, [name]) for name in ids)
        return and_(*(_any_row(element, element.in_(found)) for found in keys))

    return Filter(condition)


def any_of(*filters: Filter) -> Filter:
    """A filter that finds what any of the filters finds, with one facet of all their values."""

    def condition(snapshot: Snapshot, value: Any, given: Parameters) -> Condition:
        return or_(*(each.condition(snapshot, value, given) for each in filters))

    return replace(filters[0], condition=condition, pairs=[pairs for each in filters for pairs in each.pairs])


def keys_of(snapshot: Snapshot, kind: KindName, ids: Sequence[str]) -> list[int]:
    """The keys of the records of a kind with these ids. Unknown ids are ignored."""
    query = select(RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug.in_(ids))
    return [row.id for row in snapshot.rows(query)]


def referred_kind(column: Any) -> KindName | None:
    """The kind of the records that a column refers to, or None for any kind."""
    table = target(column.table, column.name)
    return None if table == RECORD.name else KindName(str(table))


def referred_keys(snapshot: Snapshot, column: Any, ids: Sequence[str]) -> list[int]:
    """The keys of the records with these ids. If the column refers to any kind, the ids are `kind/id`."""
    kind = referred_kind(column)
    if kind:
        return keys_of(snapshot, kind, ids)
    named = (value.partition("/") for value in ids)
    return [key for name, _, slug in named for key in keys_of(snapshot, KindName(name), [slug])]


def _values(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _pairs(element: Any, *where: Condition) -> list[Select[Any]]:
    """The query for `Filter.pairs` of a column, or none if its rows belong to no record."""
    owner_key = RECORD.c.id if element.table is RECORD else owner(element.table)
    if owner_key is None:
        return []
    return [select(owner_key.label("record_id"), element.label("value")).where(element.is_not(None), *where)]


def _any_row(element: Any, condition: Condition) -> Condition:
    """The condition on the column's own row: the listed row, or any row that belongs to the listed record."""
    owner_key = owner(element.table)
    if owner_key is None:
        return condition
    if owner_key.name == "id":
        return exists().where(owner_key == RECORD.c.id, condition)
    return RECORD.c.id.in_(select(owner_key).where(condition))


def _check_terms(snapshot: Snapshot, parameter: str, vocabulary: str, values: Sequence[str]) -> None:
    terms = snapshot.terms(vocabulary)
    for value in values:
        if value not in terms:
            suggestion = hint(value, sorted(terms))
            raise invalid(parameter, f"'{value}' is not a term of the vocabulary {vocabulary}{suggestion}")
