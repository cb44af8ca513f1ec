"""The text form of tsvectors, within the limits of PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence

BARRIER = "\ue000"
"""Separates texts, so that no phrase matches across two of them. No query can contain it."""
_LEXEME_LENGTH = 500
"""Characters of a lexeme; PostgreSQL takes 2046 bytes."""
_POSITIONS = 8
"""Positions of a lexeme; more hardly raise its rank."""
_VECTOR_BYTES = 1_000_000
"""Size of a vector; PostgreSQL takes 1,048,575 bytes."""


def weighted(texts: Sequence[str]) -> str:
    """The vector of texts of up to four weights, the heaviest first.

    Positions only count occurrences: a vector has no room for the true ones of a long text.
    """
    positions: dict[str, list[str]] = {}
    for text, weight in zip(texts, "ABCD", strict=False):
        for word in _lexemes(text):
            found = positions.setdefault(word, [])
            if len(found) < _POSITIONS:
                found.append(f"{len(found) + 1}{weight}")
    return _vector(positions)


def unweighted(text: str) -> str:
    """The vector of a text, without positions."""
    return _vector({word: [] for word in _lexemes(text)})


def lexeme(word: str) -> str:
    """A word, cut to the length of a lexeme."""
    return word[:_LEXEME_LENGTH]


def _lexemes(text: str) -> Iterator[str]:
    return (lexeme(word) for word in text.split() if word != BARRIER)


def _vector(positions: Mapping[str, Sequence[str]]) -> str:
    # Words are letters and digits, so nothing needs an escape.
    pieces, room = [], _VECTOR_BYTES
    for word, found in positions.items():
        room -= len(word.encode()) + 2 * len(found) + 4
        if room < 0:
            break
        pieces.append(f"'{word}'" + (f":{','.join(found)}" if found else ""))
    return " ".join(pieces)
