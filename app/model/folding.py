"""Text without case and diacritics, for sorting and searching."""

import re
import unicodedata

_WHOLE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i"})
"""Letters with a stroke, which Unicode does not take apart."""
_SORTED = 500
"""So many letters of a name decide where it stands; an index of PostgreSQL takes no more than 2704 bytes."""

_BEYOND_ASCII = re.compile("[^\x00-\x7f]")


def fold(text: str) -> str:
    """Text as people look for it: `Łódź` as `lodz`, `Kim Jong-un` as `kim jong-un`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE))
    return _BEYOND_ASCII.sub(lambda found: "" if unicodedata.combining(found[0]) else found[0], decomposed)


def sort_key(name: str) -> str:
    """What a name is sorted by."""
    return fold(name)[:_SORTED]
