"""Vocabularies: named sets of terms, each with a label, a definition and a source."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic.alias_generators import to_snake

Source = Literal["plover", "local"]


@dataclass(frozen=True, slots=True)
class Term:
    """A built-in term of a vocabulary."""

    term: str
    label: str
    definition: str
    parent: str | None = None
    source: Source = "local"


VOCABULARIES: dict[str, tuple[Term, ...]] = {}
"""The built-in terms of every vocabulary, by its name; a closed vocabulary has no others."""


class Vocabulary(StrEnum):
    """A closed vocabulary. A subclass registers itself: `ActorType` as `actor_type`."""

    label: str
    definition: str
    parents: tuple[str, ...]

    # The defaults are for type checkers, which take the look-up `Modality("actual")` for this call.
    def __new__(cls, term: str, label: str = "", definition: str = "", *parents: str) -> Self:
        """Make a member from its term, label, definition and parents; TypeError where one is missing."""
        if not (term and label and definition):
            raise TypeError(f"{cls.__name__}: the term {term!r} needs a label and a definition")
        member = str.__new__(cls, term)
        member._value_ = term
        member.label = label
        member.definition = definition
        member.parents = tuple(str(parent) for parent in parents)
        return member

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if len(cls):  # PloverVocabulary has no terms of its own
            VOCABULARIES[to_snake(cls.__name__)] = cls.terms()

    @property
    def source(self) -> Source:
        """The origin of the term."""
        return "local"

    @classmethod
    def terms(cls) -> tuple[Term, ...]:
        """The terms in the order of the class; a term with several parents appears once for each."""
        return tuple(
            Term(member.value, member.label, member.definition, parent, member.source)
            for member in cls
            for parent in (member.parents or (None,))
        )


class PloverVocabulary(Vocabulary):
    """A closed vocabulary of PLOVER, the event ontology behind POLECAT."""

    @property
    def source(self) -> Source:
        """The origin of the term: PLOVER."""
        return "plover"
