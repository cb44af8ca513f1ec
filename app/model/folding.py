"""Text without case and diacritics, for sorting and searching."""

import unicodedata

_WHOLE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i"})
"""Letters with a stroke, which Unicode does not take apart."""


def fold(text: str) -> str:
    """Text as people look for it: `Łódź` as `lodz`, `Kim Jong-un` as `kim jong-un`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
