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
_APOSTROPHES = "’‘‛ʼʻʽʹʾʿˈ′`´＇׳"
_ALIKE = str.maketrans(
    dict.fromkeys(
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | dict.fromkeys("‐‑﹣－־", "-")
    | dict.fromkeys(_APOSTROPHES, "'")
    | {"״": '"'}
)
_UNSPACED = re.compile(
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
        if _is_folded_singly(text):
            self.folded = fold(text)
            return
        pieces, starts, at = [], array("L"), 0
        for run in _RUN.finditer(text):
            pieces.append(fold(text[at : run.start()]))
            starts.extend(range(at, run.start()))
            for start, end in _characters(text, *run.span()):
                piece = fold(text[start:end])
                pieces.append(piece)
                starts.extend(range(start, end) if len(piece) == end - start else [start] * len(piece))
            at = run.end()
        self.folded = "".join((*pieces, fold(text[at:])))
        starts.extend(range(at, len(text) + 1))
        self._starts = starts

    def places(self, words: str, start: int, end: int) -> Iterator[Offsets]:
        """The places of words between two offsets; they may overlap.

        Words that cut a mark from its letter, or are invisible, are found only as printed, and only if there are no
        other places.
        """
        folded, found = fold(words), False
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        for at in self._candidates(folded, low, high) if folded else ():
            after = at + len(folded)
            if not is_mark(self.folded[at]) and not is_mark(self.folded[after : after + 1]):
                found = True
                yield self.printed(at, after)
        if not found:
            yield from ((at, at + len(words)) for at in _all(self.text, words, start, end))

    def printed(self, start: int, end: int) -> Offsets:
        """The place in the text of some folded characters."""
        first, last = self._starts[start], self._starts[end]
        while first < last and _INVISIBLE.match(self.text, last - 1):
            last -= 1
        return first, last

    def _candidates(self, words: str, low: int, high: int) -> Iterator[int]:
        """The offsets of folded words in the folded text."""
        inner = list(_WORD.finditer(words))[1:-1]  # the first and the last may be parts of words
        if inner and (low, high) == (0, len(self.folded)):
            rarest = min(inner, key=lambda word: len(self._words.get(word[0], ())))
            for at in self._words.get(rarest[0], ()):
                if self.folded.startswith(words, at - rarest.start()):
                    yield at - rarest.start()
            return
        yield from _all(self.folded, words, low, high)

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """The offsets of each word of the folded text. Quotes are found by a word, as a search takes a millisecond."""
        found = defaultdict(list)
        for word in _WORD.finditer(self.folded):
            found[word[0]].append(word.start())
        return found


def joined(text: str, outside: int, inside: int) -> bool:
    """True if the character outside a place belongs to the word of the one inside. The two are neighbours."""
    step = outside - inside
    while 0 <= outside < len(text) and _INVISIBLE.match(text, outside):
        outside += step
    if not 0 <= outside < len(text):
        return False
    if is_mark(text[outside]) and step > 0:
        return True
    if text[outside] == "'" or text[outside] in _APOSTROPHES:
        # In Cyrillic and Hebrew, an apostrophe between two letters is a letter.
        return all(_is_letter_beyond_latin(text[at : at + 1]) for at in (inside, outside + step) if at >= 0)
    if _UNSPACED.match(text, outside) or _UNSPACED.match(text, inside):
        return False
    return text[outside].isalnum() or text[outside] == "_" or is_mark(text[outside])


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


def _characters(text: str, start: int, end: int) -> Iterator[Offsets]:
    """The places of characters, each with its marks and the invisible ones after it, between two offsets."""
    if _is_folded_singly(text[start:end]):
        yield start, end
        return
    for at in range(start + 1, end):
        if not is_mark(text[at]) and not _INVISIBLE.match(text, at):
            yield start, at
            start = at
    yield start, end


def _is_letter_beyond_latin(character: str) -> bool:
    return character.isalpha() and not unicodedata.name(character, "LATIN").startswith("LATIN")
