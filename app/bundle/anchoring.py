"""A document's text: its passages and sentences, and the offsets of words in it."""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz
from sentencex import segment

from app.model.evidence import CONTEXT_LENGTH, Place
from app.model.vocabularies import PassageType

_COMPARED = 100_000_000
"""Limit on the characters that are compared with missing words, some minutes of work for each text."""

Offsets = tuple[int, int]
"""The offset of the first character and the one after the last, in Unicode code points."""


class QuoteNotFound(ValueError):
    """Raised for words that do not occur in the text, or that occur several times."""


@dataclass(frozen=True)
class TextPassage:
    """A passage: a line of the text that is not blank."""

    number: int
    type: PassageType
    start: int
    end: int
    sentences: tuple[Offsets, ...]


class DocumentText:
    """A text and its passages, which are the lines that are not blank, numbered by line.

    `types` has the types of the passages that are not paragraphs.
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
        self._compared = 0
        self._in_order = list(self.passages.values())
        self._starts = [passage.start for passage in self._in_order]

    def anchor(self, words: str, place: Place) -> tuple[TextPassage, Offsets]:
        """The place of some words. Raises QuoteNotFound, with the closest words, if there is not exactly one."""
        found = self.occurrences(words, place)
        if not found:
            raise QuoteNotFound(self.missing(words, place))
        if len(found) > 1 and place.occurrence is None:
            passages = ", ".join(str(passage.number) for passage, _ in found)
            raise QuoteNotFound(
                f"{words!r} occurs {len(found)} times (in passages {passages}); "
                "choose one with `passage` or `occurrence`"
            )
        if place.occurrence is not None and place.occurrence > len(found):
            raise QuoteNotFound(f"{words!r} has no occurrence {place.occurrence} there; the last is {len(found)}")
        return found[(place.occurrence or 1) - 1]

    def occurrences(self, words: str, place: Place) -> list[tuple[TextPassage, Offsets]]:
        """The places of the words inside single passages, or inside the passage of `place`."""
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

    def has(self, words: str, offsets: Offsets) -> bool:
        """True if the words occur between two offsets, inside one passage."""
        return any(self.around((at, at + len(words))) for at in _places(self.text, words, *offsets))

    def count(self, words: str) -> int:
        """The number of times the words occur as whole words, without overlaps and outside boilerplate."""
        count, at = 0, 0
        for _, (start, end) in self.whole(words):
            if start >= at:
                count, at = count + 1, end
        return count

    def whole(self, words: str) -> Iterator[tuple[TextPassage, Offsets]]:
        """Every place where the words occur as whole words, inside one passage that is not boilerplate."""
        for start in _places(self.text, words, 0, len(self.text)):
            if passage := self.whole_at((start, start + len(words))):
                yield passage, (start, start + len(words))

    def whole_at(self, offsets: Offsets) -> TextPassage | None:
        """The passage of a place; None if the place cuts a word or crosses passages, or the passage is boilerplate."""
        if _in_word(self.text, offsets[0] - 1) or _in_word(self.text, offsets[1]):
            return None
        passage = self.around(offsets)
        return passage if passage and passage.type != PassageType.BOILERPLATE else None

    def context(self, start: int, end: int) -> tuple[str, str]:
        """The characters before and after a place, as a quote stores them."""
        return self.text[max(0, start - CONTEXT_LENGTH) : start], self.text[end : end + CONTEXT_LENGTH]

    def around(self, offsets: Offsets) -> TextPassage | None:
        """The passage that contains a place; None if no single passage does."""
        at = bisect(self._starts, offsets[0]) - 1
        return self._in_order[at] if at >= 0 and offsets[1] <= self._in_order[at].end else None

    def missing(self, words: str, place: Place) -> str:
        """The problem with words that do not occur at a place, with the closest words of the text."""
        if place.passage is not None and place.passage not in self.passages:
            last = max(self.passages, default=0)
            return f"there is no passage {place.passage}; passages are numbered by line, from 1 to {last}"
        elsewhere = self.occurrences(words, Place())
        if elsewhere:
            return f"{words!r} does not occur in passage {place.passage}, but in {elsewhere[0][0].number}"
        self._compared += len(self.text)
        compared = self._compared <= _COMPARED
        close = fuzz.partial_ratio_alignment(words, self.text, score_cutoff=60) if compared else None
        similar = f"; the closest match is {self._whole_words(close.dest_start, close.dest_end)!r}" if close else ""
        return f"{words!r} does not occur in the text{similar}"

    def _whole_words(self, start: int, end: int) -> str:
        """The words between two offsets, extended to whole words."""
        while start > 0 and self.text[start - 1 : start + 1].isalnum():
            start -= 1
        while self.text[end - 1 : end + 1].isalnum() and end < len(self.text):
            end += 1
        return self.text[start:end]


def _places(text: str, words: str, start: int, end: int) -> Iterator[int]:
    """The offsets at which words occur between two offsets of the text; occurrences may overlap."""
    at = text.find(words, start, end)
    while at >= 0:
        yield at
        at = text.find(words, at + 1, end)


def _in_word(text: str, at: int) -> bool:
    """True if the character at an offset is a letter, a digit or an underscore."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _sentences(text: str, start: int, end: int, language: str) -> tuple[Offsets, ...]:
    found, at = [], start
    # sentencex panics on white space that takes several bytes in UTF-8, such as a no-break space.
    for sentence in segment(language.split("-")[0], re.sub(r"\s", " ", text[start:end])):
        offsets = _trim(text, at, at + len(sentence))
        if offsets[0] < offsets[1]:
            found.append(offsets)
        at += len(sentence)
    return tuple(found)


def _trim(text: str, start: int, end: int) -> Offsets:
    """The offsets without the white space around the words."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
