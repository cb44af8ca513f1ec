"""What full-text search looks in: for each record, the stems of its words. The same for every database."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

from snowballstemmer import stemmer
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.types import UserDefinedType

from app.model.folding import fold

COLUMNS = ("name", "aliases", "summary", "quotes")
"""What is looked in, the most telling first: each column has the stems of its words."""
PLAIN = "plain"
"""The column that has the words as they stand, for prefixes."""
STEMS, BEGINNINGS = "stems", "beginnings"
"""The columns of PostgreSQL by which an index finds the rows that have some stems, or words that begin so."""


class PostgreSQLType(UserDefinedType[str]):
    """A type of PostgreSQL by its name. SQLAlchemy has them too, among dialects that take their time to be imported."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_options: Any) -> str:
        """The type as SQL has it."""
        return self.name


def _table(*columns: Column[Any]) -> Table:
    texts = (Column(name, String, nullable=False) for name in (*COLUMNS, PLAIN))
    return Table("search", MetaData(), Column("rowid", Integer, primary_key=True), *texts, *columns)


FTS5 = _table(Column("search", String))
"""The index on SQLite: `rowid` is the record's key, and the column `search` is what MATCH is asked of."""
VECTORS = _table(*(Column(name, PostgreSQLType("TSVECTOR"), nullable=False) for name in (STEMS, BEGINNINGS)))
"""The index on PostgreSQL: the same, with vectors that find by single words; the texts tell what stands in a row."""
INDEXES = {"sqlite": FTS5, "postgresql": VECTORS}
"""The index, by the dialect of the database."""

_WORD = re.compile(r"(?!(?<=\w['’])s\b)[^\W_]+")
"""Letters and digits; the `s` of a possessive is no word of its own."""
_BARRIER = "\ue000"
"""Stands between texts, so that no phrase runs from one into the next: a word that no query can have."""
_BETWEEN = f" {_BARRIER} "
_LEXEME = 500
"""So many letters of a word stand in a vector, which takes no more than 2046 bytes of them."""
_PLACES = 8
"""So many places of a word are told in a vector; more of them would hardly raise its rank."""
_ROOM = 1_000_000
"""So many bytes a vector has at most, of the 1,048,575 that PostgreSQL takes."""
_english = stemmer("porter")
_stemming = Lock()
_folded = lru_cache(maxsize=10_000)(fold)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a folded English word (Porter)."""
    with _stemming:  # the stemmer keeps the word that it is at
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


def entry(
    key: int,
    name: str,
    aliases: Sequence[str],
    summary: str,
    quotes: Iterable[str],
    earlier: Mapping[Any, Any] | None = None,
) -> dict[str, Any]:
    """The row by which a record is found, but for the vectors; with the quotes that its row `earlier` has, if any."""
    texts = {"name": [name], "aliases": aliases, "summary": [summary], "quotes": quotes}
    found = {column: [words(text) for text in among] for column, among in texts.items()}
    plain = [" ".join(text) for column in found.values() for text in column]
    stemmed = {column: [" ".join(map(stem, text)) for text in among] for column, among in found.items()}
    if earlier and earlier["quotes"]:
        kept = earlier["quotes"].split(_BETWEEN)
        stemmed["quotes"] = kept + stemmed["quotes"]
        plain += earlier[PLAIN].split(_BETWEEN)[-len(kept) :]
    return {
        "rowid": key,
        **{column: _BETWEEN.join(among) for column, among in stemmed.items()},
        PLAIN: _BETWEEN.join(plain),
    }


def vectors(row: Mapping[str, Any]) -> dict[str, str]:
    """The vectors of an `entry`, as PostgreSQL writes them: of a stem its first places, with the weights of columns.

    The places are only counted, not where they are: a vector has no room for those of a long text.
    """
    stems: dict[str, list[str]] = {}
    for column, weight in zip(COLUMNS, "ABCD", strict=True):
        for word in _lexemes(row[column]):
            places = stems.setdefault(word, [])
            if len(places) < _PLACES:
                places.append(f"{len(places) + 1}{weight}")
    beginnings: dict[str, list[str]] = {word: [] for word in _lexemes(row[PLAIN])}
    return {STEMS: _vector(stems), BEGINNINGS: _vector(beginnings)}


def lexeme(word: str) -> str:
    """A word as it stands in a vector."""
    return word[:_LEXEME]


def _lexemes(text: str) -> Iterator[str]:
    return (lexeme(word) for word in text.split() if word != _BARRIER)


def _vector(places: Mapping[str, Sequence[str]]) -> str:
    """A tsvector; words are letters and digits, so that nothing needs an escape."""
    pieces, room = [], _ROOM
    for word, found in places.items():
        room -= len(word.encode()) + 2 * len(found) + 4
        if room < 0:
            break
        pieces.append(f"'{word}'" + (f":{','.join(found)}" if found else ""))
    return " ".join(pieces)
