"""Words found in a text whatever the kind of their spaces, hyphens and apostrophes, composed or not."""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

Offsets = tuple[int, int]
"""The offset of the first character and the one after the last, in Unicode code points."""

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Soft hyphens, joiners, marks of direction and the like."""
_ALIKE = str.maketrans(
    dict.fromkeys(
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | dict.fromkeys("‐‑﹣－־", "-")
    | dict.fromkeys("’‘‛ʼʻʽʹʾʿˈ′`´＇׳", "'")
    | {"״": '"'}
)
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uffdc\U00020000-\U0003ffff]"
)
"""Scripts that write words without spaces (Thai, Lao, Burmese, Khmer, Chinese, Japanese), and Korean, whose particles
follow a word without one."""
_CONTROLS = {"\t": "TAB", "\x0b": "VERTICAL TAB", "\x0c": "FORM FEED", "\x85": "NEXT LINE"}
_RUN = re.compile("[\x00-\x7f]?[^\x00-\x7f]+")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Fold text for matching: composed (NFC), with one kind of space, hyphen and apostrophe, all characters visible."""
    if text.isascii():
        return text.replace("\t", " ").replace("`", "'")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(_ALIKE)


class FoldedText:
    """A text, folded, with the printed place of each of its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: Sequence[int] = range(len(text) + 1)
        """The offset in the text of each folded character, and the length of the text."""
        self._ends: Sequence[int] = range(1, len(text) + 1)
        """The offset after each folded character, without the invisible characters that follow."""
        if _is_folded_singly(text):
            self.folded = fold(text)
            return
        pieces, starts, ends = [], array("L"), array("L")
        for start, end in _characters(text):
            piece = fold(text[start:end])
            pieces.append(piece)
            if len(piece) == end - start:
                starts.extend(range(start, end))
                ends.extend(range(start + 1, end + 1))
            else:
                starts.extend([start] * len(piece))
                ends.extend([_visible_end(text, start, end)] * len(piece))
        self.folded = "".join(pieces)
        starts.append(len(text))
        self._starts, self._ends = starts, ends

    def places(self, words: str, start: int, end: int) -> Iterator[Offsets]:
        """The places of words between two offsets; they may overlap.

        Words that cut a mark from its letter, or are invisible, are found only as printed, and only if there are no
        other places.
        """
        folded, found = fold(words), False
        low, high = self._folded_at(start), self._folded_at(end)
        for at in self._candidates(folded, low, high) if folded else ():
            after = at + len(folded)
            if not is_mark(self.folded[at]) and not is_mark(self.folded[after : after + 1]):
                found = True
                yield self.printed(at, after)
        if not found:
            yield from ((at, at + len(words)) for at in _all(self.text, words, start, end))

    def printed(self, start: int, end: int) -> Offsets:
        """The place in the text of some folded characters."""
        return self._starts[start], self._ends[end - 1] if start < end else self._starts[start]

    def cuts_word(self, offsets: Offsets) -> bool:
        """True if a place begins or ends inside a word or a character."""
        start, end = map(self._folded_at, offsets)
        return self.printed(start, end) != offsets or self._joins(start - 1, start) or self._joins(end, end - 1)

    def whole_words(self, offsets: Offsets) -> str:
        """The words at a place, extended to whole words."""
        start, end = map(self._folded_at, offsets)
        while not self.folded[start].isspace() and self._joins(start - 1, start):
            start -= 1
        while not self.folded[end - 1].isspace() and self._joins(end, end - 1):
            end += 1
        return self.text[slice(*self.printed(start, end))]

    def _folded_at(self, offset: int) -> int:
        """The offset in the folded text of an offset in the text."""
        return bisect_left(self._starts, offset)

    def _joins(self, outside: int, inside: int) -> bool:
        """True if the folded character outside a place belongs to the word of its neighbour inside."""
        if not 0 <= outside < len(self.folded):
            return False
        character, step = self.folded[outside], outside - inside
        if is_mark(character) and step > 0:
            return True
        if character == "'":  # a letter of Cyrillic and Hebrew words
            return all(
                map(_is_letter_beyond_latin, (self.folded[inside], self.folded[outside + step : outside + step + 1]))
            )
        if UNSPACED.match(character) or UNSPACED.match(self.folded[inside]):
            return False
        return character.isalnum() or character == "_" or is_mark(character)

    def _candidates(self, words: str, low: int, high: int) -> Iterator[int]:
        """The offsets of folded words in the folded text."""
        inner = list(_WORD.finditer(words))[1:-1]  # the first and the last may be parts of words
        if inner and (low, high) == (0, len(self.folded)):
            rarest = min(inner, key=lambda word: len(self.words.get(word[0], ())))
            for at in self.words.get(rarest[0], ()):
                if self.folded.startswith(words, at - rarest.start()):
                    yield at - rarest.start()
            return
        yield from _all(self.folded, words, low, high)

    @cached_property
    def words(self) -> dict[str, list[int]]:
        """The offsets of each word of the folded text. Quotes are found by a word, as a search takes a millisecond."""
        found = defaultdict(list)
        for word in _WORD.finditer(self.folded):
            found[word[0]].append(word.start())
        return found


def code_points(characters: str) -> str:
    """The code points of characters with their names, such as `U+00A0 NO-BREAK SPACE`."""
    named = ((ord(each), unicodedata.name(each, _CONTROLS.get(each, "CONTROL"))) for each in characters)
    return " ".join(f"U+{number:04X} {name}" for number, name in named) or "nothing"


@lru_cache(maxsize=10_000)
def is_mark(character: str) -> bool:
    """True for a mark, which belongs to the character before it; also for a vowel or final consonant of a syllable."""
    return bool(character) and (unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff")


def _all(text: str, words: str, start: int, end: int) -> Iterator[int]:
    """The offsets at which words occur between two offsets."""
    at = text.find(words, start, end)
    while at >= 0:
        yield at
        at = text.find(words, at + 1, end)


def _is_folded_singly(text: str) -> bool:
    """True if each character of a text is folded to one character."""
    return unicodedata.is_normalized("NFC", text) and not _INVISIBLE.search(text)


def _characters(text: str) -> Iterator[Offsets]:
    """The places of characters, each with its marks and the invisible ones after it, or of many simple characters."""
    at = 0
    for run in _RUN.finditer(text):
        yield at, run.start()
        start, at = run.span()
        if not _is_folded_singly(run[0]):
            for next_start in range(start + 1, at):
                if not is_mark(text[next_start]) and not _INVISIBLE.match(text, next_start):
                    yield start, next_start
                    start = next_start
        yield start, at
    yield at, len(text)


def _visible_end(text: str, start: int, end: int) -> int:
    """The end of a character without the invisible ones after it."""
    while start < end and _INVISIBLE.match(text, end - 1):
        end -= 1
    return end


def _is_letter_beyond_latin(character: str) -> bool:
    return character.isalpha() and not unicodedata.name(character, "LATIN").startswith("LATIN")
