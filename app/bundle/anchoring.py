"""A document's text: its passages and sentences, and the offsets of words in it."""

import re
from bisect import bisect
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from sentencex import segment

from app.bundle.matching import UNSPACED, FoldedText, Offsets, code_points, fold
from app.model.evidence import CONTEXT_LENGTH, Place
from app.model.vocabularies import PassageType

MARKER = re.compile(
    r"(?:(?:[•◦▪▫‣⁃●○■□*–—-]|\[\^?\d{1,3}\]|[⁰¹²³⁴-⁹]+)\s*|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]+\s+)*"
)
"""The markers of a list item, a numbered paragraph or a footnote."""
_NOTES = re.compile(
    r"(?<=[.!?…。！？؟।”’»\"'])(?:[†‡*]|\s?[⁰¹²³⁴-⁹]|\s?\[(?:\^?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*|[a-z])\])+(?![a-z])"
)
"""References to footnotes after the end of a sentence."""
_COMPANY = re.compile(r"\b(?:Pte|Pvt|Pty|Ltd|Inc|Corp|Co|Bros|Sdn|Bhd|PLC|Plc|LLC)\.$")
_OPENING = re.compile(
    r"\W*(?:A|After|All|Also|An|Although|And|As|At|Before|But|Both|By|Each|Every|For|From|He|Her|His|However|If|In|It|Its"
    r"|Last|Later|Most|No|Of|On|One|Other|Our|Several|She|Since|Some|That|The|Their|Then|There|These|They|This|Those|To"
    r"|Today|Under|We|When|While|With)\b"
)
"""Words that begin an English sentence after the abbreviation of a company."""
_SHORT = 4
"""Limit on the characters whose code points a message names."""
_COMPARED = 100_000_000
"""Limit on the characters that are compared with missing words, some minutes of work for each text."""


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
        self._folded = FoldedText(text)
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
            (passage, offsets)
            for offsets in self._folded.places(words, start, end)
            if (passage := self.around(offsets))
        ]

    def printed(self, words: str, offsets: Offsets) -> str | None:
        """The words as printed between two offsets, inside one passage; None if they do not occur there."""
        places = self._folded.places(words, *offsets)
        return next((self.text[start:end] for start, end in places if self.around((start, end))), None)

    def whole(self, words: str) -> Iterator[Offsets]:
        """Every place where the words occur as whole words, inside one passage that is not boilerplate."""
        return filter(self.is_whole, self._folded.places(words, 0, len(self.text)))

    def is_whole(self, offsets: Offsets) -> bool:
        """False for a place that cuts a word, crosses passages or is in boilerplate."""
        passage = self.around(offsets)
        return bool(passage and passage.type != PassageType.BOILERPLATE and not self._folded.cuts_word(offsets))

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
        sought = FoldedText(words)
        self._compared += len(self.text)
        compared = self._compared <= _COMPARED
        spaced = r"\s+".join(map(re.escape, sought.folded.split()))
        if compared and (crossing := re.search(spaced, self._folded.folded)):
            offsets = self._folded.printed(*crossing.span())
            first, last = (self._in_order[bisect(self._starts, at) - 1].number for at in (offsets[0], offsets[1] - 1))
            if first != last:
                return f"{words!r} goes on from passage {first} to passage {last}; quote the words of each separately"
        close = compared and fuzz.partial_ratio_alignment(sought.folded, self._folded.folded, score_cutoff=60)
        if not close:
            return f"{words!r} does not occur in the text"
        similar = self.whole_words(self._folded.printed(close.dest_start, close.dest_end))
        problem = f"{words!r} does not occur in the text; the closest match is {similar!r}"
        for edit in Levenshtein.opcodes(sought.folded, self._folded.folded[close.dest_start : close.dest_end]):
            start, end = self._folded.printed(close.dest_start + edit.dest_start, close.dest_start + edit.dest_end)
            printed, ours = self.text[start:end], words[slice(*sought.printed(edit.src_start, edit.src_end))]
            inside = edit.src_start < edit.src_end or 0 < edit.src_start < len(sought.folded)
            if edit.tag != "equal" and inside and _is_hard_to_see(ours, printed):
                return f"{problem}, which has {code_points(printed)} instead of {code_points(ours)}"
        return problem

    def has_word_of(self, name: str) -> bool:
        """True if a word of a name, or its beginning, occurs in the text; short words count only alone."""
        words = re.findall(r"\w+", fold(name).casefold())
        long = [word for word in words if len(word) > _SHORT - 1] or words
        return any((word[:2] if UNSPACED.match(word) else f" {word[:5]}") in self._small_words for word in long)

    @cached_property
    def _small_words(self) -> str:
        return re.sub(r"^|\W+", " ", self._folded.folded.casefold())

    def words(self) -> Collection[str]:
        """The words of the text, folded."""
        return self._folded.words

    def whole_words(self, offsets: Offsets) -> str:
        """The words at a place, extended to whole words."""
        return self._folded.whole_words(offsets)


def _is_hard_to_see(ours: str, printed: str) -> bool:
    """True for a difference of few characters that are not plain letters, or that look like others."""
    both = ours + printed
    if both.isascii() or (both.isalnum() and not (ours and printed)):
        return both.isspace()
    return len(both) <= _SHORT


def _sentences(text: str, start: int, end: int, language: str) -> tuple[Offsets, ...]:
    marker = MARKER.match(text, start, end)
    found: list[Offsets] = []
    english = language.split("-")[0] == "en"
    at = marker.end() if marker and marker.end() < end else start
    # sentencex panics on white space that takes several bytes in UTF-8, such as a no-break space. It ends no sentence
    # before the mark of a footnote, so the mark is hidden in white space, which belongs to the sentence before it.
    words = _NOTES.sub(lambda mark: " " * len(mark[0]), re.sub(r"\s", " ", text[at:end]))
    for sentence in segment(language.split("-")[0], words):
        offsets = _trim(text, at if found else start, at + len(sentence))
        name = english and found and _COMPANY.search(text[found[-1][1] - 5 : found[-1][1]])
        if name and not _OPENING.match(text, *offsets):  # sentencex ends a sentence within “Pte. Ltd.”
            found[-1] = (found[-1][0], offsets[1])
        elif offsets[0] < offsets[1]:
            found.append(offsets)
        at += len(sentence)
    return tuple(found)


def _trim(text: str, start: int, end: int) -> Offsets:
    """The offsets without the white space around the words."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
