"""How long work says how far it is: to whoever started it, and by default to nobody."""

from collections.abc import Iterable, Sized
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Countable(Sized, Iterable[T_co], Protocol[T_co]):
    """Things to go through, as often as need be, of which it is known how many they are."""


class Track(Protocol):
    """Gives the items of a collection one by one, and notes each as done when the next is taken."""

    def __call__(self, sequence: Countable[T], *, description: str) -> Iterable[T]: ...


def untracked(sequence: Countable[T], *, description: str) -> Iterable[T]:
    """A `Track` that tells nobody."""
    return sequence
