"""Tokens of full-text search: words and their stems, the same for every database."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from app.model.folding import fold

_WORD = re.compile(r"(?!(?<=\w['’ʼ])s\b)[^\W_ʼʻʽʹʾʿ]+")
"""Letters and digits; the `s` of a possessive is not a word. Apostrophes that Unicode counts as letters end a word."""
_english = stemmer("porter")
_stemming = Lock()
_folded = lru_cache(maxsize=10_000)(fold)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a folded English word (Porter)."""
    with _stemming:  # the stemmer holds the current word
        return str(_english.stemWord(word)) or word  # the stem of `s` is empty


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(fold(text))


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text, folded, each with its start and end; diacritics that follow belong to the word."""
    # Text is folded letter by letter, and a letter may fold into none or into several.
    places: Sequence[int] = range(len(text))
    if not text.isascii():
        places = [at for at, letter in enumerate(text) for _ in _folded(letter)]
    for match in _WORD.finditer(fold(text)):
        start, end = places[match.start()], places[match.end() - 1] + 1
        while end < len(text) and not _folded(text[end]):
            end += 1
        yield match.group(), start, end
