"""What a vocabulary is: a named set of terms, each with a label, a definition and a source."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import getdoc
from typing import Literal, Self

Source = Literal["plover", "local"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term as readers see it: what it is called, what it means, and where it comes from."""

    term: str
    label: str
    definition: str
    parent: str | None = None
    source: Source = "local"


class Vocabulary(StrEnum):
    """A closed set of terms, each with a label, a definition and where it comes from.

    The docstring of a subclass is one sentence: it describes the vocabulary to readers of the API.
    """

    label: str
    definition: str
    parents: tuple[str, ...]

    # The defaults are never used: type checkers read the look-up `Modality("actual")` as this call.
    def __new__(cls, term: str, label: str = "", definition: str = "", *parents: str) -> Self:
        """Make a member of its term, label, definition and parents; TypeError where one is missing."""
        if not (term and label and definition):
            raise TypeError(f"{cls.__name__}: the term {term!r} needs a label and a definition")
        member = str.__new__(cls, term)
        member._value_ = term
        member.label = label
        member.definition = definition
        member.parents = tuple(str(parent) for parent in parents)
        return member

    @property
    def source(self) -> Source:
        """Where the term comes from: `local` unless the vocabulary says otherwise."""
        return "local"

    @classmethod
    def terms(cls) -> list[Term]:
        """Every term in the order it is written; one with several parents comes once under each."""
        return [
            Term(member.value, member.label, member.definition, parent, member.source)
            for member in cls
            for parent in (member.parents or (None,))
        ]


class PloverVocabulary(Vocabulary):
    """A closed set of terms that PLOVER, the event ontology behind POLECAT, defines."""

    @property
    def source(self) -> Source:
        """Where the term comes from: PLOVER."""
        return "plover"


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """A vocabulary as it is registered; `members` are the values of a closed one, None for an open one."""

    name: str
    open: bool
    description: str
    terms: Callable[[], list[Term]]
    members: type[Vocabulary] | None

    @classmethod
    def of_closed(cls, name: str, members: type[Vocabulary]) -> Self:
        """The entry of a closed vocabulary, described by its docstring."""
        return cls(name, False, getdoc(members) or "", members.terms, members)

    @classmethod
    def of_open(cls, name: str, description: str, builtin: tuple[Term, ...]) -> Self:
        """The entry of an open vocabulary: its built-in terms, to which bundles may add."""
        return cls(name, True, description, lambda: list(builtin), None)
