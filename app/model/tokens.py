"""Tokens of full-text search: words and their stems, the same for every database."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from app.model.folding import fold, fold_letter

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17d3\u2e80-\u2fdf\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff"
_SPACELESS += "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ud7b0-\ud7ff\U00020000-\U0003ffff"
"""Letters of Thai, Lao, Burmese, Korean (as NFKD decomposes it), Khmer, Chinese and Japanese."""


def _pattern(letter: str, more: str = "") -> re.Pattern[str]:
    """The pattern of a word of letters or digits, and what may be between them."""
    elision = r"(?<!\b[cdjlmnst]')(?<!\b(?:qu|un)')(?<!\ball')(?<!\b(?:dall|dell|nell|sull)')"
    initial = r"(?<=\b[^\W\d_]\.)[^\W\d_]\b"  # U.N.
    thousand = r"(?<!\d\d\d\d,)(?<=\d,)\d\d\d(?!\d)"  # 10,000
    apostrophe = rf"(?<=')(?!s\b)(?:{elision}|(?![aeiouh])){letter}"  # Qur'an, but not l'Iran
    return re.compile(rf"({letter}(?:[.,'](?:{initial}|{thousand}|{apostrophe}))*{more})(?:\.?'s\b)?")


_ASCII = _pattern("[a-z0-9]++")
_WORD = _pattern(
    rf"(?:[a-z0-9]++|[^\W_{_SPACELESS}]|[\u0900-\u0963\u0966-\u0dff])++",  # vowels of Indian scripts are no `\w`
    r"|[\u1100-\u115f][\u1160-\u11a7]*[\u11a8-\u11ff]*"  # a Korean syllable
    rf"|[{_SPACELESS}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u3099\u309a]*",
)
"""One word, without the `s` of a possessive. In scripts without spaces, each letter with its marks is a word.

An apostrophe within a word counts for nothing, except in French and Italian elisions, which are two words.
"""
_SIGNS = str.maketrans("", "", ".,'")
_HYPHENS = ("-", "\u2010", "'")
"""The signs between the words of a compound or of an elision."""
_ONE = re.compile(f"[{_SPACELESS}]")
_english = stemmer("porter")
_stemming = Lock()

Token = tuple[str, int, int]
"""A folded word with its start and end in the text."""


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a folded English word (Porter)."""
    with _stemming:  # the stemmer holds the current word
        return str(_english.stemWord(word)) or word  # the stem of `s` is empty


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    folded = fold(text)
    return [_plain(word) for word in _pattern_of(folded).findall(folded)]


def spans(text: str) -> list[Token]:
    """The words of a text with their places; diacritics that follow belong to the word."""
    folded = fold(text)
    found = [(_plain(match[1]), *match.span(1)) for match in _pattern_of(folded).finditer(folded)]
    return found if text.isascii() else _placed(text, found)


def _placed(text: str, found: Iterable[Token]) -> list[Token]:
    # Text is folded letter by letter, and a letter may fold into none or into several.
    places = [at for at, letter in enumerate(text) for _ in fold_letter(letter)]
    placed = []
    for word, start, last in found:
        end = places[last - 1] + 1
        while end < len(text) and not fold_letter(text[end]):
            end += 1
        placed.append((word, places[start], end))
    return placed


def solids(text: str, found: Sequence[Token]) -> Iterator[Token]:
    """Words of a text that others write as one: those of compounds (`Jong-un`), names (`Jong Un`), numbers (`10 000`).

    `found` has the words of the text.
    """
    first = 0  # of the compound
    for at in range(1, len(found)):
        (left, start, before), (right, after, end) = found[at - 1], found[at]
        if text[before:after] == " " and text[start].islower():  # most words
            first = at
            continue
        gap = fold(text[before:after].removeprefix(".")) if after - before < 3 else ""  # U.S.-led
        compound = gap in _HYPHENS or (gap == " " and len(right) == 3 and len(left) < 4 and (left + right).isdigit())
        first = first if compound else at
        name = gap == " " and text[start].isupper() and (text[after].isupper() or len(right) < 3)
        for begin in {first, at - 1} if compound else {at - 1} if name else ():
            if joined := join([word for word, _, _ in found[begin : at + 1]]):
                yield joined, found[begin][1], end


def join(some: Sequence[str]) -> str:
    """Words written as one; empty if there is only one, or if their script has no spaces."""
    return "" if len(some) == 1 or any(map(_ONE.match, some)) else "".join(some)


def _plain(word: str) -> str:
    return word if word.isalnum() else word.translate(_SIGNS)


def _pattern_of(folded: str) -> re.Pattern[str]:
    return _ASCII if folded.isascii() else _WORD
