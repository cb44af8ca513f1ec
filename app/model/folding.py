"""Text without case and diacritics, for sorting and searching."""

import unicodedata


def fold(text: str) -> str:
    """Text as people look for it: `Łódź` as `lodz`, `Kim Jong-un` as `kim jong-un`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
