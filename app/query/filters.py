"""Filters: the SQL condition of a list parameter, and the values that a facet of the same name counts.

A filter stands in the annotation of a query model's field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, false, not_, or_, select

from app.model.mapping import owner, target
from app.model.shape import KindName
from app.model.tables import RECORD
from app.model.terms import OPEN_TERMS
from app.problems import invalid_parameters
from app.query.ids import keys_of, malformed, slip
from app.query.snapshot import Snapshot
from app.suggest import hint

VOCABULARY = "x-vocabulary"
"""The key in a parameter's JSON Schema that names the open vocabulary of its values."""

MAX_WARNINGS = 5
"""The maximum number of ids for which a similar one is looked up."""
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
    kinds: Sequence[KindName] = ()
    """The kinds of the records whose ids are the values; of several, as `kind/id`. The values of `pairs` are keys."""
    vocabulary: str | None = None
    """The open vocabulary of the values."""
    label: Callable[[Any], str | None] | None = None
    """Labels a value that is neither a record nor a term."""

    def mistake(self, snapshot: Snapshot, value: str) -> str | None:
        """The message for a value that is no term of the vocabulary, or no id; None for a valid one."""
        if self.kinds:
            return malformed(snapshot, self.kinds, value)
        terms = snapshot.terms(self.vocabulary) if self.vocabulary else {value: ""}
        if value in terms:
            return None
        similar = hint(value, terms, meanings=terms.items()) or f"; /v1/vocabularies/{self.vocabulary} lists the terms"
        return f"'{value}' is not a term of the vocabulary {self.vocabulary}{similar}"

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | ({VOCABULARY: self.vocabulary} if self.vocabulary else {})


@cache
def filters_of(params: type[BaseModel]) -> Mapping[str, Filter]:
    """The filters of a query model, by parameter name. The cache has one entry per query model."""
    fields = params.model_fields.items()
    return {name: note for name, field in fields for note in field.metadata if isinstance(note, Filter)}


def conditions(snapshot: Snapshot, params: BaseModel, *, without: str | None = None) -> Iterator[Condition]:
    """The conditions of the given parameters, except `without`. Raises Invalid for unknown terms and malformed ids."""
    given = vars(params)
    filters = {name: each for name, each in filters_of(type(params)).items() if given[name] not in (None, ())}
    mistakes = (
        (name, mistake)
        for name, each in filters.items()
        if each.vocabulary or each.kinds
        for value in _values(given[name])
        if (mistake := each.mistake(snapshot, value))
    )
    for first in mistakes:
        raise invalid_parameters(islice(chain([first], mistakes), MAX_WARNINGS))
    for name, each in filters.items():
        if name != without:
            yield each.condition(snapshot, given[name], given)


def warnings(snapshot: Snapshot, params: BaseModel) -> list[dict[str, Any]]:
    """A warning for each id in the filters that no record has, or no longer has, for the first `MAX_WARNINGS`."""
    given, filters = vars(params), filters_of(type(params))
    slips = (
        {"parameter": name, "value": value} | found
        for name in sorted(filters.keys() & params.model_fields_set)
        if filters[name].kinds
        for value in dict.fromkeys(given[name])
        if (found := slip(snapshot, filters[name].kinds, value))
    )
    return list(islice(slips, MAX_WARNINGS))


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


def one_of_ids(record: FromClause, kind: KindName) -> Filter:
    """A filter by the ids of the listed records, or of those that are joined to the listed rows."""
    return Filter(
        lambda snapshot, ids, _given: record.c.id.in_(keys_of(snapshot, (kind,), ids).values()), kinds=(kind,)
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
    kinds = referred_kinds(element)
    same_row = [element.table.c[name] == value for name, value in where.items()]

    def condition(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
        return _any_row(element, and_(element.in_(keys_of(snapshot, kinds, ids).values()), *same_row))

    return Filter(condition, _pairs(element, *same_row), kinds)


def linked_to_all(column: Any) -> Filter:
    """A filter by the records that the column refers to: there must be a row for each of them."""
    element = column.expression
    kinds = referred_kinds(element)

    def condition(snapshot: Snapshot, ids: Sequence[str], _given: Parameters) -> Condition:
        keys = keys_of(snapshot, kinds, ids)
        return and_(*(_any_row(element, element == keys[name]) if name in keys else false() for name in ids))

    return Filter(condition, kinds=kinds)


def any_of(*filters: Filter) -> Filter:
    """A filter that finds what any of the filters finds, with one facet of all their values."""

    def condition(snapshot: Snapshot, value: Any, given: Parameters) -> Condition:
        return or_(*(each.condition(snapshot, value, given) for each in filters))

    return replace(filters[0], condition=condition, pairs=[pairs for each in filters for pairs in each.pairs])


def referred_kinds(column: Any) -> Sequence[KindName]:
    """The kinds of the records that a column refers to."""
    table = target(column.table, column.name)
    return tuple(KindName) if table == RECORD.name else (KindName(str(table)),)


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
