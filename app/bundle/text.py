"""A document's text in passages and sentences, and where words stand in it."""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz
from sentencex import segment

from app.model.evidence import CONTEXT_LENGTH, Place
from app.model.vocabularies import PassageType

Offsets = tuple[int, int]
"""Offsets of the first character and after the last, in Unicode code points."""


class QuoteNotFound(ValueError):
    """Words that are not in the text, or stand there more often than the place given tells apart."""


@dataclass(frozen=True)
class TextPassage:
    """A line of the text that is not blank."""

    number: int
    type: PassageType
    start: int
    end: int
    sentences: tuple[Offsets, ...]


class DocumentText:
    """A text whose passages are its lines that are not blank, numbered by line.

    `types` gives the type of those that are no paragraphs.
    """

    def __init__(self, text: str, language: str, types: dict[int, PassageType]) -> None:
        self.text = text
        self.passages: dict[int, TextPassage] = {}
        at = 0
        for number, line in enumerate(text.split("\n"), start=1):
            start, end = _trim(text, at, at + len(line))
            at += len(line) + 1
            if start < end:
                kind = types.get(number, PassageType.PARAGRAPH)
                self.passages[number] = TextPassage(number, kind, start, end, _sentences(text, start, end, language))
        self._in_order = list(self.passages.values())
        self._starts = [passage.start for passage in self._in_order]

    def anchor(self, words: str, place: Place) -> tuple[TextPassage, Offsets]:
        """The one place meant by some words. Raises QuoteNotFound, saying what the text has instead."""
        found = self.occurrences(words, place)
        if not found:
            raise QuoteNotFound(self._missing(words, place))
        if len(found) > 1 and place.occurrence is None:
            passages = ", ".join(str(passage.number) for passage, _ in found)
            raise QuoteNotFound(
                f"{words!r} stands {len(found)} times (in passages {passages}); "
                "say which with `passage` or `occurrence`"
            )
        if place.occurrence is not None and place.occurrence > len(found):
            raise QuoteNotFound(f"{words!r} stands only {len(found)} times there; occurrence is {place.occurrence}")
        return found[(place.occurrence or 1) - 1]

    def occurrences(self, words: str, place: Place) -> list[tuple[TextPassage, Offsets]]:
        """Every place where the words stand inside one passage, or inside the passage given."""
        start, end = 0, len(self.text)
        if place.passage is not None:
            if place.passage not in self.passages:
                return []
            start, end = self.passages[place.passage].start, self.passages[place.passage].end
        return [
            (passage, (at, at + len(words)))
            for at in _places(self.text, words, start, end)
            if (passage := self.around((at, at + len(words))))
        ]

    def has(self, words: str, stretch: Offsets) -> bool:
        """Whether the words stand inside a stretch, and there inside one passage."""
        return any(self.around((at, at + len(words))) for at in _places(self.text, words, *stretch))

    def place(self, stretch: Offsets) -> Place:
        """The least that tells a stretch inside a passage from all others with the same words."""
        words = self.text[slice(*stretch)]
        if self.text.find(words, self.text.find(words) + 1) < 0:
            return Place()
        number = next(p.number for p in self.passages.values() if p.start <= stretch[0] < p.end)
        here = [found for _, found in self.occurrences(words, Place(passage=number))]
        return Place(passage=number, occurrence=here.index(stretch) + 1 if len(here) > 1 else None)

    def says(self, words: str) -> int:
        """How often the words stand in the text, page furniture left out, as words of their own."""
        count, at = 0, 0
        for _, (start, end) in self.whole(words):
            if start >= at:
                count, at = count + 1, end
        return count

    def whole(self, words: str) -> Iterator[tuple[TextPassage, Offsets]]:
        """Every place where the words stand as words of their own, inside one passage that is no page furniture."""
        for start in _places(self.text, words, 0, len(self.text)):
            stretch = start, start + len(words)
            if self.is_whole(stretch):
                passage = self.around(stretch)
                if passage and passage.type != PassageType.BOILERPLATE:
                    yield passage, stretch

    def is_whole(self, stretch: Offsets) -> bool:
        """Whether neither the first word of a stretch nor the last is part of a longer one."""
        return not (_in_word(self.text, stretch[0] - 1) or _in_word(self.text, stretch[1]))

    def context(self, start: int, end: int) -> tuple[str, str]:
        """The characters before and after a stretch."""
        return self.text[max(0, start - CONTEXT_LENGTH) : start], self.text[end : end + CONTEXT_LENGTH]

    def around(self, stretch: Offsets) -> TextPassage | None:
        """The passage that a stretch is inside of."""
        at = bisect(self._starts, stretch[0]) - 1
        return self._in_order[at] if at >= 0 and stretch[1] <= self._in_order[at].end else None

    def _missing(self, words: str, place: Place) -> str:
        if place.passage is not None and place.passage not in self.passages:
            return (
                f"there is no passage {place.passage}; they are numbered by line, 1 to {max(self.passages, default=0)}"
            )
        elsewhere = self.occurrences(words, Place())
        if elsewhere:
            return f"{words!r} does not stand in passage {place.passage}, but in {elsewhere[0][0].number}"
        close = fuzz.partial_ratio_alignment(words, self.text, score_cutoff=60)
        alike = f"; the nearest words are {self._in_full(close.dest_start, close.dest_end)!r}" if close else ""
        return f"{words!r} does not stand in the text{alike}"

    def _in_full(self, start: int, end: int) -> str:
        """A stretch, with the rest of the words that it cuts."""
        while start > 0 and self.text[start - 1 : start + 1].isalnum():
            start -= 1
        while self.text[end - 1 : end + 1].isalnum() and end < len(self.text):
            end += 1
        return self.text[start:end]


def _places(text: str, words: str, start: int, end: int) -> Iterator[int]:
    """Where words begin inside a stretch of the text; places may overlap."""
    at = text.find(words, start, end)
    while at >= 0:
        yield at
        at = text.find(words, at + 1, end)


def _in_word(text: str, at: int) -> bool:
    """Whether a letter, a digit or an underscore stands there: what `\\w` matches."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def whole_words(words: Iterable[str]) -> re.Pattern[str]:
    """What finds any of some words where they are not part of longer ones; the longest, where several begin."""
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{longest_first or '(?!)'})(?!\w)")


def _sentences(text: str, start: int, end: int, language: str) -> tuple[Offsets, ...]:
    found, at = [], start
    # sentencex panics on some white space that UTF-8 writes in several bytes, such as a no-break space.
    for sentence in segment(language.split("-")[0], re.sub(r"\s", " ", text[start:end])):
        stretch = _trim(text, at, at + len(sentence))
        if stretch[0] < stretch[1]:
            found.append(stretch)
        at += len(sentence)
    return tuple(found)


def _trim(text: str, start: int, end: int) -> Offsets:
    """The stretch without the white space around it."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
