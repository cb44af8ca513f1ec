"""Text without case and diacritics, for sorting and searching."""

import re
import unicodedata

_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i"})
"""Letters that Unicode does not decompose."""
_SORT_KEY_LENGTH = 500
"""An index entry of PostgreSQL takes at most 2704 bytes."""

_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def fold(text: str) -> str:
    """Fold text for comparison: `Łódź` to `lodz`, `Kim Jong-un` to `kim jong-un`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED))
    return _BEYOND_ASCII.sub(lambda found: "" if unicodedata.combining(found[0]) else found[0], decomposed)


def sort_key(name: str) -> str:
    """The sort key of a name."""
    return fold(name)[:_SORT_KEY_LENGTH]
