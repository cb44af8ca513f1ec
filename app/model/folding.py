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
    """The sort key of a name. It has no apostrophes."""
    return fold(name).replace("'", "")[:_SORT_KEY_LENGTH]
