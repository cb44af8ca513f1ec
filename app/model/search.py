"""What full-text search looks in: for each record, the stems of its words. The same for every database."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from snowballstemmer import stemmer
from sqlalchemy import Column, Integer, MetaData, String, Table

from app.model.folding import fold

COLUMNS = ("name", "aliases", "summary", "quotes")
PLAIN = "plain"
"""The column that has the words as they stand, for prefixes."""

SEARCH = Table(
    "search",
    MetaData(),
    Column("rowid", Integer, primary_key=True),
    Column("search", String),
    *(Column(name, String) for name in (*COLUMNS, PLAIN)),
)
"""The FTS5 table: `rowid` is the record's key, and the column `search` is what MATCH is asked of."""

_WORD = re.compile(r"(?!(?<=\w['’])s\b)[^\W_]+")
"""Letters and digits; the `s` of a possessive is no word of its own."""
_BARRIER = " \ue000 "
"""Stands between texts, so that no phrase runs from one into the next: a word to FTS5, that no query can have."""
_english = stemmer("porter")
_folded = lru_cache(maxsize=10_000)(fold)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a folded English word (Porter)."""
    return str(_english.stemWord(word)) or word  # of `s` it would leave nothing


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(fold(text))


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text, as `words` has them, and where each stands in it, with the diacritics that follow."""
    # Text folds letter by letter, and a letter may fold into none, or into several.
    places: Sequence[int] = range(len(text))
    if not text.isascii():
        places = [at for at, letter in enumerate(text) for _ in _folded(letter)]
    for match in _WORD.finditer(fold(text)):
        start, end = places[match.start()], places[match.end() - 1] + 1
        while end < len(text) and not _folded(text[end]):
            end += 1
        yield match.group(), start, end


def entry(key: int, name: str, aliases: Sequence[str], summary: str, quotes: Sequence[str]) -> dict[str, Any]:
    """The row by which a record is found."""
    texts = {"name": [name], "aliases": aliases, "summary": [summary], "quotes": quotes}
    found = {column: [words(text) for text in among] for column, among in texts.items()}
    plain = _BARRIER.join(" ".join(text) for column in found.values() for text in column)
    stemmed = {column: _BARRIER.join(" ".join(map(stem, text)) for text in among) for column, among in found.items()}
    return {"rowid": key, **stemmed, PLAIN: plain}
