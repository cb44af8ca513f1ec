"""Progress of long work, reported to the caller, or to nobody by default."""

from collections.abc import Iterable, Sized
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Countable(Sized, Iterable[T_co], Protocol[T_co]):
    """A collection of known length that can be iterated several times."""


class Track(Protocol):
    """Yields the items of a collection, and reports each as done when the next is taken."""

    def __call__(self, sequence: Countable[T], *, description: str) -> Iterable[T]: ...


def untracked(sequence: Countable[T], *, description: str) -> Iterable[T]:
    """A `Track` that reports nothing."""
    return sequence
