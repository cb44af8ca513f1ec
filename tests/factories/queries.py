"""Random queries about generated records: parameters that most often match some of them."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.factories.tangled import WORDS
from tests.oracles.plain import DATED, VALUES, Filters, Record, Records


class QueryFactory:
    """Makes random queries of which most match some record."""

    def __init__(self, records: Records, random: Random, contract: dict[str, dict[str, Any]]) -> None:
        self.records = records
        self.random = random
        self.contract = contract

    def names(self, place: str, parameter: str) -> list[str]:
        """Up to two values of a parameter's enumeration; `x` and `-x` never together."""
        [found] = [p for p in self.contract[f"/v1/{place}"]["parameters"] if p["name"] == parameter]
        names = self.random.sample(found["schema"]["items"]["enum"], self.random.randint(0, 2))
        return list({name.removeprefix("-"): name for name in names}.values())

    def filters(self, names: Sequence[str], among: Sequence[Record]) -> Filters:
        """Up to three of the named filters, most with values of one record."""
        sought = self.random.choice(among)
        found: Filters = []
        for name in self.random.sample(names, self.random.choice([0, 1, 1, 2, 3])):
            found += self.filter(name, sought if self.random.random() < 0.8 else self.random.choice(among), among)
        return found

    def filter(self, name: str, record: Record, among: Sequence[Record]) -> Filters:
        """A filter with values that a record has, and some that others have."""
        match name:
            case "q":
                return [("q", self.query(record, among))]
            case "revision_from":
                return [(name, str(self.random.randint(0, 3)))]
            case "passage":
                quotes = self.random.sample(self.records.quotes[record["url"]], 1) if record["evidence_count"] else []
                places = [(str(quote["passage"]), quote["document"]["id"]) for quote in quotes] or [("1", "text-0")]
                return [pair for number, document in places for pair in (("passage", number), ("document", document))]
            case "with_actor":
                actors = sorted(self.records.values(record, "actor"))
                return [
                    (name, actor) for actor in self.random.sample(actors, min(len(actors), self.random.randint(1, 3)))
                ]
            case "date_from" | "date_to":
                return [(name, self.random.choice([*_bounds(record), "2014-03-06", "2020-12-31", "2021-01-01"]))]
        values = sorted(self.records.values(record, name))
        if name not in ("named", "verbatim", "symmetric", "attributed"):
            for other in self.random.sample(among, min(len(among), self.random.randint(0, 2))):
                values += sorted(self.records.values(other, name))[:1]
        return [(name, value) for value in values[:3]]

    def query(self, record: Record, among: Sequence[Record]) -> str:
        """Words, phrases and prefixes of a record; sometimes an excluded piece of another."""
        pieces = [self.piece(record) for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        if self.random.random() < 0.3:
            pieces.append(f"-{self.piece(self.random.choice(among))}")
        return " ".join(pieces)[:200]

    def piece(self, record: Record) -> str:
        """A word, phrase or prefix of a record's texts."""
        texts = [record["name"], record["summary"], *(q["exact"] for q in self.records.quotes[record["url"]])]
        words = self.random.choice([text for text in texts if text.strip()]).split()
        at = self.random.randrange(len(words))
        word = words[at]
        pieces: list[str] = [
            word,
            word.upper(),
            f"{word}ing",
            f"{word[: self.random.randint(1, 4)]}*",
            f'"{" ".join(words[at : at + self.random.randint(1, 4)])}"',
            "-".join(words[at : at + 2]),
            "-".join(words[at : at + 2])[:-1] + "*",
            f'"{word} {self.random.choice(WORDS)}',
            self.random.choice(WORDS),
        ]
        return self.random.choice(pieces)


def names_of(plural: str) -> list[str]:
    """The names of the filters of a collection."""
    everywhere = ["id", "topic", "actor", "with_actor", "document", "passage", "revision_from", "q"]
    return [*VALUES[plural], *everywhere, *(["date_from", "date_to"] if plural in DATED else [])]


def _bounds(record: Record) -> list[str]:
    """The first and last days of a record's dates."""
    dates = [record.get(field) for field in DATED.values()]
    return [date[end] for date in dates if date for end in ("earliest", "latest") if date[end]]
