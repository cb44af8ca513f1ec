"""The full-text index: one row per record, with the stems of its words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.types import UserDefinedType

from app.model.tokens import solids, spans, stem
from app.model.tsvector import BARRIER, unweighted, weighted

COLUMNS = ("name", "aliases", "summary", "quotes")
"""The columns of stems, in descending weight."""
PLAIN = "plain"
"""The column of unstemmed words, for prefixes."""
STEMS, BEGINNINGS = "stems", "beginnings"
"""The tsvector columns of PostgreSQL, which index `COLUMNS` and `PLAIN`."""
_BETWEEN = f" {BARRIER} "


class PostgreSQLType(UserDefinedType[str]):
    """A PostgreSQL type by its name. SQLAlchemy's own are in a dialect whose import is slow."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_options: Any) -> str:
        """The type in SQL."""
        return self.name


def _table(*columns: Column[Any]) -> Table:
    texts = (Column(name, String, nullable=False) for name in (*COLUMNS, PLAIN))
    return Table("search", MetaData(), Column("rowid", Integer, primary_key=True), *texts, *columns)


FTS5 = _table(Column("search", String))
"""The index on SQLite: `rowid` is the record's key, and MATCH takes the column `search`."""
VECTORS = _table(*(Column(name, PostgreSQLType("TSVECTOR"), nullable=False) for name in (STEMS, BEGINNINGS)))
"""The index on PostgreSQL: vectors find the rows with the words, and the texts are searched for phrases."""
INDEXES = {"sqlite": FTS5, "postgresql": VECTORS}
"""The index, by the dialect of the database."""


def entry(key: int, texts: Mapping[str, Iterable[str]], earlier: Mapping[Any, Any] | None = None) -> dict[str, Any]:
    """The index row of a record from the texts of each column. The quotes of `earlier`, its old row, are kept."""
    tokens = {column: [piece for text in values for piece in _pieces(text)] for column, values in texts.items()}
    plain = [" ".join(text) for values in tokens.values() for text in values]
    stemmed = {column: [" ".join(map(stem, text)) for text in values] for column, values in tokens.items()}
    if earlier and earlier["quotes"]:
        kept = earlier["quotes"].split(_BETWEEN)
        stemmed["quotes"] = kept + stemmed["quotes"]
        plain += earlier[PLAIN].split(_BETWEEN)[-len(kept) :]
    return {
        "rowid": key,
        **{column: _BETWEEN.join(values) for column, values in stemmed.items()},
        PLAIN: _BETWEEN.join(plain),
    }


def _pieces(text: str) -> Iterator[list[str]]:
    """The words of a text, then each word that others write as one."""
    found = spans(text)
    yield [word for word, _, _ in found]
    yield from ([word] for word in dict.fromkeys(word for word, _, _ in solids(text, found)))


def vectors(row: Mapping[str, Any]) -> dict[str, str]:
    """The vectors of an `entry`, for PostgreSQL."""
    return {STEMS: weighted([row[column] for column in COLUMNS]), BEGINNINGS: unweighted(row[PLAIN])}
