"""Text without case and diacritics, for sorting and searching."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = dict.fromkeys("ʹʺʻʼʽʾʿ‘’‛′`´\u05f3\u05f4\ua78c", "'")
_LETTERS = str.maketrans(
    {
        **_APOSTROPHES,
        **{"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ə": "a", "ŋ": "ng"},
        **{"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i"},
        **{"ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ـ": ""},
    }
)
"""Letters that Unicode does not decompose, as people type them, and one apostrophe for all."""
_DIACRITICS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
"""The marks of Latin, Greek, Cyrillic, Hebrew and Arabic, the nukta of Hindi, and variation selectors.

The marks of other scripts are no diacritics: vowels, and the voicing of kana.
"""
_SORT_KEY_LENGTH = 500
"""An index entry of PostgreSQL takes at most 2704 bytes."""


@lru_cache(maxsize=20_000)
def fold_letter(letter: str) -> str:
    """Fold one code point, to none or several."""
    if unicodedata.category(letter) == "Cf":
        return ""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    folded = unicodedata.normalize("NFKD", letter.translate(_LETTERS)).casefold().translate(_LETTERS)
    return _DIACRITICS.sub("", unicodedata.normalize("NFKD", folded))


def fold(text: str) -> str:
    """Fold text for comparison: `Łódź` to `lodz`, `Kim Jong-un` to `kim jong-un`, `Qurʾan` to `qur'an`."""
    return text.lower().replace("`", "'") if text.isascii() else "".join(map(fold_letter, text))


def sort_key(name: str) -> str:
    """The sort key of a name. It has no apostrophes."""
    return fold(name).replace("'", "")[:_SORT_KEY_LENGTH]
