"""The fields of a record in words, by the shape of its kind: a new kind needs no template of its own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel
from pydantic.alias_generators import to_snake
from pydantic.fields import ComputedFieldInfo
from sqlalchemy import select

from app.model.countries import country_name
from app.model.dates import Date
from app.model.mapping import inner_type
from app.model.shape import Ref
from app.model.tables import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import Vocabulary
from app.pages.words import day
from app.query.snapshot import Snapshot


@dataclass(frozen=True)
class Term:
    """A term of a vocabulary."""

    vocabulary: str
    term: str
    label: str
    definition: str


@dataclass(frozen=True)
class Field:
    """A field with a value: a text, a number, a Ref, a date, a `Term`, `Fields` of an object, or a list of these."""

    name: str
    description: str
    value: Any


@dataclass(frozen=True)
class Fields:
    """The fields of an object that have a value."""

    fields: tuple[Field, ...]


class Reading:
    """Reads records for display, with the terms of open vocabularies from a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._terms: dict[tuple[str, str], Term] = {}

    def fields(self, shape: type[BaseModel], values: Mapping[str, Any], skip: Collection[str] = ()) -> Iterator[Field]:
        """The fields of a shape that have a value, except `skip`."""
        shape.model_rebuild()  # computed fields have no type before
        described = shape.model_fields | shape.model_computed_fields
        for name, field in described.items():
            value = values[name]
            if name not in skip and value not in (None, [], ""):
                annotation = field.return_type if isinstance(field, ComputedFieldInfo) else field.annotation
                yield Field(name, field.description or "", self._value(name, inner_type(annotation), value))

    def _value(self, name: str, kind: Any, value: Any) -> Any:
        """A value for display, by the name of its field and the type of the value or of its items."""
        vocabulary = name.removesuffix("s")  # the field `topics` has terms of `topic`
        if isinstance(value, list):
            return [self._value(name, kind, item) for item in value]
        if not isinstance(kind, type):
            return value
        if issubclass(kind, Vocabulary):
            term = kind(value)
            return Term(to_snake(kind.__name__), value, term.label, term.definition)
        if vocabulary in OPEN_TERMS:
            return self.open_term(vocabulary, value)
        if issubclass(kind, BaseModel) and kind not in (Ref, Date):
            return Fields(tuple(self.fields(kind, value)))
        if name == "country":
            return country_name(value)
        return day(date.fromisoformat(value)) if kind is date else value

    def open_term(self, vocabulary: str, term: str) -> Term:
        """A term of an open vocabulary."""
        if (vocabulary, term) not in self._terms:
            table = table_of(OPEN_TERMS[vocabulary])
            rows = self._snapshot.rows(select(table.c.label, table.c.definition).where(table.c.term == term))
            self._terms[vocabulary, term] = Term(vocabulary, term, *rows[0])
        return self._terms[vocabulary, term]
