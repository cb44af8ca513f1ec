"""Filters: what a parameter of a list means in SQL. A query model's field carries one as its annotation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Alias, ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.advice import hint
from app.model.evidence import EvidenceRow
from app.model.kind import Kind
from app.model.layout import owner, table_of, target
from app.model.record import Record, RecordTopic
from app.model.references import references_of
from app.model.shape import KindName
from app.model.terms import OPEN_TERMS
from app.problems import invalid
from app.query.reader import Reader

RECORD, EVIDENCE, TOPIC = table_of(Record), table_of(EvidenceRow), table_of(RecordTopic)

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Filter:
    """What a parameter asks of a record: a condition made from its value."""

    condition: Callable[[Reader, str, Any], Condition]


def conditions(reader: Reader, question: BaseModel) -> Iterator[Condition]:
    """What a question's filters ask, for those that were given."""
    for name, field in type(question).model_fields.items():
        value = getattr(question, name)
        if value in (None, []):
            continue
        for found in field.metadata:
            if isinstance(found, Filter):
                yield found.condition(reader, name, value)


def one_of(column: Any) -> Filter:
    """The column has one of the values: of the row listed, or of a row that belongs to it."""

    def condition(reader: Reader, name: str, values: Any) -> Condition:
        element = _element(column)
        wanted = values if isinstance(values, list) else [values]
        vocabulary = None if isinstance(element.table, Alias) else target(element.table, element.name)
        if vocabulary in OPEN_TERMS:
            _check_terms(reader, name, vocabulary, wanted)
        return _holds(element, element.in_(wanted))

    return Filter(condition)


def linked(*columns: Any, **where: str) -> Filter:
    """One of the columns refers to one of the records; `where` asks more of the same row."""

    def condition(reader: Reader, _name: str, values: list[str]) -> Condition:
        return or_(
            false(),
            *(
                _holds(
                    element,
                    and_(
                        element.in_(_keys(reader, element, values)),
                        *(element.table.c[k] == v for k, v in where.items()),
                    ),
                )
                for element in map(_element, columns)
            ),
        )

    return Filter(condition)


def in_any_part(kind: Kind) -> Filter:
    """An actor has some part in the record: any field of the kind refers to it."""

    def condition(reader: Reader, _name: str, values: list[str]) -> Condition:
        keys = _find(reader, KindName.ACTOR, values)
        queries = (select(found).where(column.in_(keys)) for found, column in references_of(kind, "actor", "record"))
        return or_(false(), *(RECORD.c.id.in_(query) for query in queries))

    return Filter(condition)


def _of_document(reader: Reader, _name: str, values: list[str]) -> Condition:
    keys = _find(reader, KindName.DOCUMENT, values)
    evidenced = select(EVIDENCE.c.record_id).where(EVIDENCE.c.document_id.in_(keys))
    return or_(RECORD.c.document_id.in_(keys), RECORD.c.id.in_(keys), RECORD.c.id.in_(evidenced))


def _on_or_after(_reader: Reader, _name: str, day: date) -> Condition:
    return or_(RECORD.c.latest >= day, and_(RECORD.c.latest.is_(None), RECORD.c.earliest.is_not(None)))


def _on_or_before(_reader: Reader, _name: str, day: date) -> Condition:
    return or_(RECORD.c.earliest <= day, and_(RECORD.c.earliest.is_(None), RECORD.c.latest.is_not(None)))


OF_DOCUMENT = Filter(_of_document)
"""The document introduced the record, or gives evidence for it."""
ON_OR_AFTER = Filter(_on_or_after)
"""The record may fall on the day or later."""
ON_OR_BEFORE = Filter(_on_or_before)
"""The record may fall on the day or earlier."""


def _element(column: Any) -> Any:
    return column.expression if isinstance(column, InstrumentedAttribute) else column


def _holds(element: Any, condition: Condition) -> Condition:
    """The condition, asked of the row that is listed, or of a row that belongs to it."""
    table = element.table
    if table is RECORD or isinstance(table, Alias):
        return condition
    whose = owner(table)
    if whose is None or whose.name == "id":
        return exists().where(table.c.id == RECORD.c.id, condition)
    return RECORD.c.id.in_(select(whose).where(condition))


def _keys(reader: Reader, element: Any, values: Sequence[str]) -> list[int]:
    """The keys of the records that the values name: ids of the kind referred to, or `kind/id` where any kind is."""
    referred = target(element.table, element.name)
    if referred != "record":
        return _find(reader, KindName(str(referred)), values)
    keys: list[int] = []
    for value in values:
        kind, _, slug = value.partition("/")
        keys += _find(reader, KindName(kind), [slug])
    return keys


def _find(reader: Reader, kind: KindName, slugs: Sequence[str]) -> list[int]:
    query = select(RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug.in_(slugs))
    return [row.id for row in reader.rows(query)]


def _check_terms(reader: Reader, parameter: str, vocabulary: str, values: Sequence[str]) -> None:
    known = [row.term for row in reader.rows(select(table_of(OPEN_TERMS[vocabulary]).c.term))]
    for value in values:
        if value not in known:
            raise invalid(parameter, f"'{value}' is no term of the vocabulary {vocabulary}{hint(value, known)}")
