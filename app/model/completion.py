"""The completion index: the names of actors from each of their words on, for search boxes."""

from collections.abc import Iterable

from sqlalchemy import Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.record import Identity
from app.model.tokens import words

_WORDS = 8
"""The number of words of a name that can be found by their beginnings."""
_LENGTH = 80
"""The maximum length of a beginning."""


class Completion(SQLModel, table=True):
    """A name or alias from one of its words on, without punctuation: `north korea` and `korea` of “North Korea”."""

    __table_args__ = (Index(None, "start", "record_id"),)

    record_id: int = Column(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    start: str = Column(max_length=_LENGTH, primary_key=True)


def completions(record: Identity) -> Iterable[str]:
    """The beginnings by which a record with aliases is found; none for other records."""
    aliases: list[str] | None = getattr(record, "aliases", None)
    return {start for name in (record.name, *aliases) for start in starts(name)} if aliases is not None else ()


def starts(name: str) -> Iterable[str]:
    """A name from each of its words on."""
    tokens = words(name)
    return (" ".join(tokens[at:])[:_LENGTH] for at in range(min(len(tokens), _WORDS)))
