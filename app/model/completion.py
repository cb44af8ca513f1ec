"""The completion index: the names of actors from each of their words on, for search boxes."""

from collections.abc import Iterable

from sqlalchemy import Index
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.model.record import Identity
from app.model.sounds import consonants, romanised
from app.model.tokens import words

_WORDS = 8
"""The number of words of a name that can be found by their beginnings."""
_LENGTH = 80
"""The maximum length of a beginning."""
_BY_SOUND, _BY_CODE = "~", "="
"""Begin the entries by sound and by identifier, which no typed word matches."""


class Completion(SQLModel, table=True):
    """A name or alias from one of its words on, without punctuation: `north korea` and `korea` of “North Korea”.

    The same in Latin letters follows its consonants: `~kr=korea`. Identifiers are found as a whole: `=q423`.
    """

    __table_args__ = (Index(None, "start", "record_id"),)

    record_id: int = Column(foreign_key="record.id", primary_key=True, ondelete="CASCADE")
    start: str = Column(max_length=_LENGTH, primary_key=True)


def completions(record: Identity) -> Iterable[str]:
    """The entries of a record: its identifiers and, if it can have aliases, the beginnings of its names."""
    aliases: list[str] | None = getattr(record, "aliases", None)
    names = (record.name, *aliases) if aliases is not None else ()
    by_sound = ((consonants(start), start) for name in names for start in starts(romanised(name)))
    return {
        *(start for name in names for start in starts(name)),
        *(f"{sound_entry(sound)}{start}"[:_LENGTH] for sound, start in by_sound),
        *(code_entry(code) for code in codes(record)),
    }


def starts(name: str) -> Iterable[str]:
    """A name from each of its words on."""
    tokens = words(name)
    return (" ".join(tokens[at:])[:_LENGTH] for at in range(min(len(tokens), _WORDS)))


def codes(record: Identity) -> list[str]:
    """The identifiers of a record."""
    symbol = getattr(getattr(record, "instrument", None), "symbol", None)
    return [*(each.value for each in getattr(record, "identifiers", ())), *([symbol] if symbol else [])]


def code_entry(code: str) -> str:
    """The entry of an identifier."""
    return f"{_BY_CODE}{' '.join(words(code))}"[:_LENGTH]


def sound_entry(sound: str) -> str:
    """The beginning of the entries of names with these consonants."""
    return f"{_BY_SOUND}{sound}="


def name_of(entry: str) -> str:
    """The start of a name that an entry has; empty if it has an identifier."""
    return entry.partition("=")[2] if entry.startswith(_BY_SOUND) else entry if not entry.startswith(_BY_CODE) else ""
