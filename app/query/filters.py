"""Filters: what a parameter of a list means in SQL, and what a facet of the same name counts.

A query model's field carries one as its annotation.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import (
    Alias,
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.mapping import owner, target
from app.model.references import references_of
from app.model.shape import KindName
from app.model.tables import EVIDENCE, RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.problems import invalid
from app.query.snapshot import Snapshot
from app.suggest import hint

Condition = ColumnElement[bool]
Parameters = Mapping[str, Any]
"""The parameters of a question, by name."""


@dataclass(frozen=True)
class Filter:
    """What a parameter asks of a record."""

    condition: Callable[[Snapshot, str, Any, Parameters], Condition]
    """Made from the reader, the parameter's name, its value, and the other parameters."""
    pairs: Sequence[Select[*tuple[Any, ...]]] = ()
    """Each record with each value that it has, as `record_id` and `value`: what a facet counts.

    Together they may say the same more than once. With none of them, the filter is no facet.
    """
    counts_records: bool = False
    """Whether the values of `pairs` are records …"""
    any_kind: bool = False
    """… of any kind, which the parameter calls `kind/id`."""
    vocabulary: str | None = None
    """The open vocabulary that the values are terms of."""
    label: Callable[[Any], str | None] | None = None
    """What people call a value that is neither a record nor a term."""


@cache
def filters_of(params: type[BaseModel]) -> Mapping[str, Filter]:
    """The filters of a query model, by the name of their parameter."""
    fields = params.model_fields.items()
    return {name: note for name, field in fields for note in field.metadata if isinstance(note, Filter)}


def conditions(snapshot: Snapshot, params: BaseModel, *, without: str | None = None) -> Iterator[Condition]:
    """What a question's filters ask, for those that were given; `without` leaves one out, as its facet does."""
    given = vars(params)
    for name, found in filters_of(type(params)).items():
        if name != without and given[name] not in (None, ()):
            yield found.condition(snapshot, name, given[name], given)


def one_of(column: Any, *, label: Callable[[Any], str | None] | None = None) -> Filter:
    """The column has one of the values: of the row listed, or of a row that belongs to it. `label` names them."""
    element = _element(column)
    referred = None if isinstance(element.table, Alias) else target(element.table, element.name)
    vocabulary = referred if referred in OPEN_TERMS else None

    def condition(snapshot: Snapshot, name: str, values: Any, _params: Parameters) -> Condition:
        # No text has a NUL, and PostgreSQL refuses to look for one.
        wanted = [value for value in (values if isinstance(values, tuple) else [values]) if "\0" not in str(value)]
        if vocabulary:
            _check_terms(snapshot, name, vocabulary, wanted)
        return _holds(element, element.in_(wanted))

    return Filter(condition, _pairs(element), vocabulary=vocabulary, label=label)


def one_of_if_any(*columns: Any) -> Filter:
    """None of the columns has another value. A record with none of them has nothing of the sort, and passes."""
    elements = [_element(column) for column in columns]

    def condition(_snapshot: Snapshot, _name: str, values: Sequence[Any], _params: Parameters) -> Condition:
        return and_(*(not_(_holds(element, element.not_in(values))) for element in elements))

    return Filter(condition, _pairs(*elements))


def derived(column: Any, values: Callable[[Any], Sequence[Any]]) -> Filter:
    """The column has one of the values that follow from what was asked, as event types follow from a quad."""
    element = _element(column)

    def condition(_snapshot: Snapshot, _name: str, params: Any, _others: Parameters) -> Condition:
        return _holds(element, element.in_(values(params)))

    return Filter(condition)


def given(column: Any) -> Filter:
    """Whether the column has a value at all."""
    element = _element(column)

    def condition(_snapshot: Snapshot, _name: str, wanted: bool, _params: Parameters) -> Condition:
        return _holds(element, element.is_not(None) if wanted else element.is_(None))

    return Filter(condition)


def linked(*columns: Any, **where: str) -> Filter:
    """One of the columns refers to one of the records; `where` asks more of the same row."""
    elements = [_element(column) for column in columns]

    def condition(snapshot: Snapshot, _name: str, values: Sequence[str], _params: Parameters) -> Condition:
        return or_(
            false(),
            *(
                _holds(element, and_(element.in_(_keys(snapshot, element, values)), *_more(element, where)))
                for element in elements
            ),
        )

    any_kind = any(target(element.table, element.name) == "record" for element in elements)
    return Filter(condition, _pairs(*elements, **where), counts_records=True, any_kind=any_kind)


def in_any_part(*kinds: Kind) -> Filter:
    """An actor has some part in the record: any field of the kinds refers to it."""
    columns = [found for kind in kinds for found in references_of(kind, "actor", "record")]

    def condition(snapshot: Snapshot, _name: str, values: Sequence[str], _params: Parameters) -> Condition:
        keys = find(snapshot, KindName.ACTOR, values)
        queries = (select(whose).where(column.in_(keys)) for whose, column in columns)
        return or_(false(), *(RECORD.c.id.in_(query) for query in queries))

    actor = table_of(KINDS[KindName.ACTOR].table)
    pairs = [
        pairs if target(column.table, column.name) == "actor" else pairs.where(exists().where(actor.c.id == column))
        for _, column in columns
        for pairs in _pairs(column)
    ]
    return Filter(condition, pairs, counts_records=True)


def _of_document(snapshot: Snapshot, _name: str, values: Sequence[str], _params: Parameters) -> Condition:
    keys = find(snapshot, KindName.DOCUMENT, values)
    evidenced = select(EVIDENCE.c.record_id).where(EVIDENCE.c.document_id.in_(keys))
    return or_(RECORD.c.document_id.in_(keys), RECORD.c.id.in_(keys), RECORD.c.id.in_(evidenced))


def _in_passage(snapshot: Snapshot, _name: str, numbers: Sequence[int], params: Parameters) -> Condition:
    cited: Condition = EVIDENCE.c.passage.in_(numbers)
    if params.get("document"):
        keys = find(snapshot, KindName.DOCUMENT, params["document"])
        cited = and_(cited, EVIDENCE.c.document_id.in_(keys))
    return RECORD.c.id.in_(select(EVIDENCE.c.record_id).where(cited))


def on_or_after(dated: FromClause) -> Filter:
    """What a row with `earliest` and `latest` dates may fall on the day or later; undated, it does not."""

    def condition(_snapshot: Snapshot, _name: str, day: date, params: Parameters) -> Condition:
        end = params.get("date_to")
        if end is not None and end < day:  # a span that is none, which else what covers both days would overlap
            return false()
        return or_(dated.c.latest >= day, and_(dated.c.latest.is_(None), dated.c.earliest.is_not(None)))

    return Filter(condition)


def on_or_before(dated: FromClause) -> Filter:
    """What a row with `earliest` and `latest` dates may fall on the day or earlier; undated, it does not."""

    def condition(_snapshot: Snapshot, _name: str, day: date, _params: Parameters) -> Condition:
        return or_(dated.c.earliest <= day, and_(dated.c.earliest.is_(None), dated.c.latest.is_not(None)))

    return Filter(condition)


def _since(_snapshot: Snapshot, _name: str, revision: int, _params: Parameters) -> Condition:
    return RECORD.c.revision >= revision


def _in_year(_snapshot: Snapshot, _name: str, years: Sequence[int], _params: Parameters) -> Condition:
    return _YEAR.in_([f"{year:04}" for year in years])


_ID = RECORD.c.id.label("record_id")
_YEAR = func.substr(cast(RECORD.c.earliest, String), 1, 4)
IN_YEAR = Filter(_in_year, [select(_ID, _YEAR.label("value")).where(_YEAR.is_not(None))])
"""The record's date begins in the year."""
OF_DOCUMENT = Filter(
    _of_document,
    [
        select(EVIDENCE.c.record_id, EVIDENCE.c.document_id.label("value")),
        select(_ID, RECORD.c.document_id.label("value")).where(RECORD.c.document_id.is_not(None)),
        select(_ID, RECORD.c.id.label("value")).where(RECORD.c.kind == KindName.DOCUMENT),
    ],
    counts_records=True,
)
"""The document introduced the record, or gives evidence for it."""
IN_PASSAGE = Filter(_in_passage)
"""A passage with the number supports the record: of the document asked for, or of any."""
ON_OR_AFTER = on_or_after(RECORD)
"""The record may fall on the day or later."""
ON_OR_BEFORE = on_or_before(RECORD)
"""The record may fall on the day or earlier."""
SINCE_REVISION = Filter(_since)
"""The record's JSON changed in the revision or later."""


def find(snapshot: Snapshot, kind: KindName, slugs: Sequence[str]) -> list[int]:
    """The keys of the records of a kind that have these ids; unknown ids have none."""
    query = select(RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug.in_(slugs))
    return [row.id for row in snapshot.rows(query)]


def _element(column: Any) -> Any:
    return column.expression if isinstance(column, InstrumentedAttribute) else column


def _more(element: Any, where: Mapping[str, str]) -> list[Condition]:
    return [element.table.c[name] == value for name, value in where.items()]


def _pairs(*elements: Any, **where: str) -> list[Select[Any]]:
    """What a facet of columns counts, but where their rows belong to no record; `where` asks more of the same row."""
    return [
        select(whose.label("record_id"), element.label("value")).where(element.is_not(None), *_more(element, where))
        for element in elements
        if (whose := RECORD.c.id if element.table is RECORD else owner(element.table)) is not None
    ]


def _holds(element: Any, condition: Condition) -> Condition:
    """The condition, asked of the row that is listed, or of a row that belongs to it."""
    table = element.table
    whose = None if isinstance(table, Alias) else owner(table)
    if whose is None or table is RECORD:
        return condition
    if whose.name == "id":
        return exists().where(whose == RECORD.c.id, condition)
    return RECORD.c.id.in_(select(whose).where(condition))


def _keys(snapshot: Snapshot, element: Any, values: Sequence[str]) -> list[int]:
    """The keys of the records that the values name: ids of the kind referred to, or `kind/id` where any kind is."""
    referred = target(element.table, element.name)
    if referred != "record":
        return find(snapshot, KindName(str(referred)), values)
    keys: list[int] = []
    for value in values:
        kind, _, slug = value.partition("/")
        keys += find(snapshot, KindName(kind), [slug])
    return keys


def _check_terms(snapshot: Snapshot, parameter: str, vocabulary: str, values: Sequence[str]) -> None:
    known = snapshot.terms(vocabulary)
    for value in values:
        if value not in known:
            raise invalid(parameter, f"'{value}' is no term of the vocabulary {vocabulary}{hint(value, sorted(known))}")
