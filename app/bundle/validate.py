"""Checks of an analysis against its text, the vocabularies and the records it names."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import chain, islice
from textwrap import shorten
from typing import Any

from app.bundle.anchoring import DocumentText, TextPassage
from app.bundle.matching import Offsets, fold
from app.bundle.mentions import Mentions
from app.bundle.neighbours import introducing
from app.bundle.pointers import points_to_value
from app.bundle.resolver import Resolver
from app.bundle.shorthand import Location
from app.bundle.source import MAX_PROBLEMS, BundleProblem, BundleRejected, Source
from app.model.claims import claims
from app.model.evidence import QUOTE_LENGTH, Place, Quote
from app.model.kind import Kind
from app.model.shape import KindName
from app.model.vocabularies import PassageType
from app.suggest import hint

_FORMS = 5
"""Limit on the longer words in which a message says that an alias occurs."""


class Validator:
    """Checks one bundle and collects its problems. A check takes the location of what it checks."""

    def __init__(self, source: Source, resolver: Resolver, text: DocumentText) -> None:
        self.source = source
        self.resolver = resolver
        self.text = text
        self.problems: list[BundleProblem] = []
        self.missing: dict[str, list[tuple[Location, str]]] = defaultdict(list)
        """References to records and terms that do not exist, as `kind/id`: their locations, and the problem."""

    def problem(self, location: Location, detail: str) -> None:
        """Add a problem. Raises BundleRejected if there are very many."""
        if len(self.problems) >= MAX_PROBLEMS:
            detail = f"has more than {MAX_PROBLEMS} problems; the first are listed"
            raise BundleRejected([*self.problems, BundleProblem(self.source.analysis_file, 0, detail)])
        self.problems.append(self.source.problem(location, detail))

    def passages(self) -> None:
        """Check that the text has passages."""
        if not self.text.passages:
            self.problems.append(BundleProblem(self.source.text_file, 1, "has no text"))

    def term(self, vocabulary: str, term: str, location: Location) -> None:
        """Check that an open vocabulary has a term."""
        if not self.resolver.has_term(vocabulary, term):
            terms = self.resolver.terms(vocabulary)
            similar = hint(term, terms, meanings=terms.items(), notes=terms)
            detail = f"'{term}' is not a term of the vocabulary {vocabulary}{similar}"
            self.missing[f"{vocabulary}/{term}"].append((location, f"{detail}; if none fits, define it under `terms`"))

    def missing_records(self) -> None:
        """Add the problems in `missing`: one problem for all records and terms that a bundle beside this one has."""
        for folder, introduced in introducing(self.source, self.missing.keys(), self.resolver.loaded.values()):
            locations = [location for name in introduced for location, _ in self.missing.pop(name)]
            first = min(locations, key=lambda location: self.source.problem(location, "").line)
            number = f"{len(locations)} reference{'s'[: len(locations) != 1]}"
            names = shorten(", ".join(sorted(introduced)), 200, placeholder=" …")
            way_out = f"which the bundle {folder} introduces; it is not loaded: load both together"
            self.problem(first, f"{number} to {names}, {way_out}")
        for location, detail in chain.from_iterable(self.missing.values()):
            self.problem(location, detail)

    def source_words(self, words: str, location: Location, quoted: Sequence[Offsets]) -> str:
        """Check that words of the source occur in the quotes of the record, and return them as printed there."""
        for offsets in quoted:
            if printed := self.text.printed(words, offsets):
                return printed
        if self.text.occurrences(words, Place()):
            self.problem(location, f"{words!r} occurs in none of the record's quotes; add a quote that contains it")
        else:
            self.problem(location, self.text.missing(words, Place()))
        return words

    def quote(self, passage: TextPassage, offsets: Offsets, earlier: Container[Offsets], location: Location) -> None:
        """Check that a quote is not taken from boilerplate, nor cited twice by one record."""
        if passage.type == PassageType.BOILERPLATE:
            self.problem(location, f"passage {passage.number} is boilerplate, which cannot be quoted")
        if (length := offsets[1] - offsets[0]) > QUOTE_LENGTH:
            self.problem(location, f"the quote has {length} characters as printed; at most {QUOTE_LENGTH} are allowed")
        if offsets in earlier:
            self.problem(location, "duplicate quote: the record already cites these words")

    def pointer(self, pointer: str, record: Any, location: Location) -> None:
        """Check that a quote supports a part of the record that has a value."""
        if not points_to_value(record, pointer):
            self.problem(location, missing_value(pointer, record))

    def complete(self, kind: Kind, record: Mapping[str, Any], quotes: Iterable[Quote], location: Location) -> None:
        """Check that some quote supports each claim of a record that no quote supports as a whole."""
        supported = {pointer for quote in quotes for pointer in quote.supports}
        if not all(points_to_value(record, pointer) for pointer in supported):
            return  # a wrong pointer is a problem of its own
        for field, index in claims(kind, record):
            claim = f"/{field}" if index is None else f"/{field}/{index}"
            if not supported & {f"/{field}", claim}:
                place = (*location, field, *(() if index is None else (index,)))
                self.problem(place, f"no quote supports '{claim}'; add one that does, or one for the whole record")

    def aliases(self, location: Location, aliases: Sequence[str]) -> None:
        """Check that the text contains each alias."""
        for index, alias in enumerate(aliases):
            if any(self.text.whole(alias)):
                continue
            detail = f"the text does not contain {alias!r} as a whole word"
            places = self.text.occurrences(alias, Place())
            longer = dict.fromkeys(
                self.text.whole_words(offsets) for at, offsets in places if at.type != PassageType.BOILERPLATE
            )
            if longer:
                forms = ", ".join(map(repr, islice(longer, _FORMS)))
                detail += f", but in {forms}; list a form that means the actor as an alias, or under `mentions`"
            self.problem((*location, "aliases", index), detail)

    def shared_actors(self, referred: Mapping[str, Location], names: Iterable[str], mentions: Mentions) -> None:
        """Check that `also` lists every actor of another document that the text mentions by its name."""
        listed = {*map(fold, names)}
        for slug, location in referred.items():
            found = self.resolver.record(KindName.ACTOR, slug)
            if not found or fold(found.name) in listed:
                continue
            if count := sum(not mentions.covers(offsets) for offsets in self.text.whole(found.name)):
                self.problem(
                    location,
                    f"the text mentions {found.name!r} ({count}×), an actor of another document; "
                    "list the actor under `also`, with its aliases in this text",
                )


def missing_value(pointer: str, record: Mapping[str, Any]) -> str:
    """The problem with a pointer that leads to no value, with the nearest pointer that does."""
    fields = [f"/{name}" for name, value in record.items() if value not in (None, [])]
    return f"'{pointer}' points to no value in the record{hint(pointer, fields)}"
