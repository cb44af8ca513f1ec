"""Text without case and diacritics, for sorting and searching."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = "\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u2018\u2019\u201b\u2032`\u00b4\u05f3\u05f4\ua78c"
_ARABIC = "\u0671\u0649\u06cc\u06a9\u0629\u06c1\u06be", "\u0627\u064a\u064a\u0643\u0647\u0647\u0647"
"""Forms of alif, ya, kaf and ha, and the letters that they stand for."""
_LETTERS = str.maketrans(
    dict(zip("ðəłøđħı" + _ARABIC[0], "dalodhi" + _ARABIC[1], strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th", "ŋ": "ng", "\u0640": ""}
    | dict.fromkeys(_APOSTROPHES, "'")
)
"""Letters that Unicode does not decompose, as people type them, and one apostrophe for all."""
_NO_DIACRITIC = re.compile(
    "[\u0900-\u093b\u093d-\u109f\u1780-\u17ff\u1a20-\u1aaf\u1b00-\u1bff\u3099\u309a\ua800-\uabff\U00011000-\U00011fff]"
)
"""The marks of Indian and South-East Asian scripts, except the nukta of Hindi, and the voicing of kana."""
_INVISIBLE = re.compile("[\u180b-\u180d\ufe00-\ufe0f]")
"""Variation selectors, besides the format characters."""
_SORT_KEY_LENGTH = 500
"""An index entry of PostgreSQL takes at most 2704 bytes."""


@lru_cache(maxsize=20_000)
def fold_letter(letter: str) -> str:
    """Fold one code point, to none or several."""
    if unicodedata.category(letter) == "Cf" or _INVISIBLE.match(letter):
        return ""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    folded = unicodedata.normalize("NFKD", letter.translate(_LETTERS)).casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(each for each in decomposed if not unicodedata.combining(each) or _NO_DIACRITIC.match(each))


def fold(text: str) -> str:
    """Fold text for comparison: `Łódź` to `lodz`, `Kim Jong-un` to `kim jong-un`, `Qurʾan` to `qur'an`."""
    return text.lower().replace("`", "'") if text.isascii() else "".join(map(fold_letter, text))


def sort_key(name: str) -> str:
    """The sort key of a name."""
    return fold(name)[:_SORT_KEY_LENGTH]
