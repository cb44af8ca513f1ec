"""Filters: the SQL condition of a list parameter, and the values that a facet of the same name counts.

The annotation of a query model's field carries its filter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from sqlalchemy import Alias, ColumnElement, Select, and_, exists, false, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.model.kind import Kind
from app.model.mapping import owner, target
from app.model.references import references_of
from app.model.shape import KindName
from app.model.tables import RECORD, table_of
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

    condition: Callable[[Snapshot, str, Any, Parameters], Condition]
    """Called with the snapshot, the parameter's name, its value, and all parameters."""
    pairs: Sequence[Select[*tuple[Any, ...]]] = ()
    """Each record with each of its values, as `record_id` and `value`. Pairs may repeat. Empty: not a facet."""
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
def filters_of(query: type[BaseModel]) -> Mapping[str, Filter]:
    """The filters of a query model, by parameter name. Cached for each model in the code."""
    fields = query.model_fields.items()
    return {name: note for name, field in fields for note in field.metadata if isinstance(note, Filter)}


def conditions(snapshot: Snapshot, params: BaseModel, *, without: str | None = None) -> Iterator[Condition]:
    """The conditions of the parameters that were given. A facet leaves out (`without`) its own filter."""
    given = vars(params)
    for name, found in filters_of(type(params)).items():
        if name != without and given[name] not in (None, ()):
            yield found.condition(snapshot, name, given[name], given)


def one_of(column: Any, *, label: Callable[[Any], str | None] | None = None, facet: bool = True) -> Filter:
    """A filter by the values of a column, of the record itself or of a row that belongs to it."""
    element = _element(column)
    vocabulary = None if isinstance(element.table, Alias) else target(element.table, element.name)
    vocabulary = vocabulary if vocabulary in OPEN_TERMS else None

    def condition(snapshot: Snapshot, name: str, value: Any, _given: Parameters) -> Condition:
        # No stored text has a NUL, and PostgreSQL rejects it in a query.
        values = [item for item in (value if isinstance(value, tuple) else [value]) if "\0" not in str(item)]
        if vocabulary:
            _check_terms(snapshot, name, vocabulary, values)
        return _any_row(element, element.in_(values))

    return Filter(condition, _pairs(element) if facet else (), vocabulary=vocabulary, label=label)


def one_of_if_any(*columns: Any) -> Filter:
    """A filter that leaves out records with any other value in the columns. Records without a value pass."""
    elements = [_element(column) for column in columns]

    def condition(_snapshot: Snapshot, _name: str, values: Sequence[Any], _given: Parameters) -> Condition:
        return and_(*(not_(_any_row(element, element.not_in(values))) for element in elements))

    return Filter(condition, _pairs(*elements))


def derived(column: Any, values_of: Callable[[Any], Sequence[Any]]) -> Filter:
    """A filter by column values that follow from the parameter, as event types follow from a quad."""
    element = _element(column)

    def condition(_snapshot: Snapshot, _name: str, value: Any, _given: Parameters) -> Condition:
        return _any_row(element, element.in_(values_of(value)))

    return Filter(condition)


def has_value(column: Any) -> Filter:
    """A filter by whether the column is not null."""
    element = _element(column)

    def condition(_snapshot: Snapshot, _name: str, value: bool, _given: Parameters) -> Condition:
        return _any_row(element, element.is_not(None) if value else element.is_(None))

    return Filter(condition)


def linked(*columns: Any, **where: str) -> Filter:
    """A filter by the records that one of the columns refers to. `where` adds conditions on the same row."""
    elements = [_element(column) for column in columns]

    def condition(snapshot: Snapshot, _name: str, ids: Sequence[str], _given: Parameters) -> Condition:
        return or_(
            false(),
            *(
                _any_row(element, and_(element.in_(_referred_keys(snapshot, element, ids)), *_equal(element, where)))
                for element in elements
            ),
        )

    any_kind = any(referred_kind(element) is None for element in elements)
    return Filter(condition, _pairs(*elements, **where), counts_records=True, any_kind=any_kind)


def involves(kind: Kind, *kinds: Kind) -> Filter:
    """A filter of records of `kinds` by records of `kind` that any of their fields refers to."""
    table = table_of(kind.table)
    columns = [found for referring in kinds for found in references_of(referring, table.name, RECORD.name)]

    def condition(snapshot: Snapshot, _name: str, ids: Sequence[str], _given: Parameters) -> Condition:
        keys = keys_of(snapshot, kind.name, ids)
        referring = (select(owner_key).where(column.in_(keys)) for owner_key, column in columns)
        return or_(false(), *(RECORD.c.id.in_(query) for query in referring))

    pairs = [
        pairs if referred_kind(column) else pairs.where(exists().where(table.c.id == column))
        for _, column in columns
        for pairs in _pairs(column)
    ]
    return Filter(condition, pairs, counts_records=True)


def keys_of(snapshot: Snapshot, kind: KindName, ids: Sequence[str]) -> list[int]:
    """The keys of the records of a kind with these ids. Unknown ids are ignored."""
    query = select(RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug.in_(ids))
    return [row.id for row in snapshot.rows(query)]


def referred_kind(column: Any) -> KindName | None:
    """The kind of the records that a column refers to, or None for any kind."""
    table = target(column.table, column.name)
    return None if table == RECORD.name else KindName(str(table))


def _element(column: Any) -> Any:
    return column.expression if isinstance(column, InstrumentedAttribute) else column


def _equal(element: Any, where: Mapping[str, str]) -> list[Condition]:
    return [element.table.c[name] == value for name, value in where.items()]


def _pairs(*elements: Any, **where: str) -> list[Select[Any]]:
    """The pairs that a facet of the columns counts. Columns of rows that belong to no record have none."""
    return [
        select(owner_key.label("record_id"), element.label("value")).where(
            element.is_not(None), *_equal(element, where)
        )
        for element in elements
        if (owner_key := RECORD.c.id if element.table is RECORD else owner(element.table)) is not None
    ]


def _any_row(element: Any, condition: Condition) -> Condition:
    """The condition on the column's own row: the listed row, or any row that belongs to the listed record."""
    table = element.table
    owner_key = None if isinstance(table, Alias) else owner(table)
    if owner_key is None or table is RECORD:
        return condition
    if owner_key.name == "id":
        return exists().where(owner_key == RECORD.c.id, condition)
    return RECORD.c.id.in_(select(owner_key).where(condition))


def _referred_keys(snapshot: Snapshot, element: Any, ids: Sequence[str]) -> list[int]:
    """The keys of the records with these ids, which are `kind/id` where the column refers to any kind."""
    kind = referred_kind(element)
    if kind:
        return keys_of(snapshot, kind, ids)
    named = (value.partition("/") for value in ids)
    return [key for name, _, slug in named for key in keys_of(snapshot, KindName(name), [slug])]


def _check_terms(snapshot: Snapshot, parameter: str, vocabulary: str, values: Sequence[str]) -> None:
    terms = snapshot.terms(vocabulary)
    for value in values:
        if value not in terms:
            raise invalid(
                parameter, f"'{value}' is not a term of the vocabulary {vocabulary}{hint(value, sorted(terms))}"
            )
