"""What would be right: errors that name the nearest valid value."""

import re
from collections.abc import Iterable
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_FEW = 12


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """The choice most like `value`; None where none is alike."""
    found = process.extractOne(value, list(choices), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.5)
    return found[0] if found else None


def hint(value: str, choices: Iterable[str]) -> str:
    """`; did you mean 'x'?` or, where nothing is alike, the choices if they are few."""
    options = list(choices)
    found = nearest(value, options)
    if found:
        return f"; did you mean '{found}'?"
    return f"; valid are: {', '.join(options)}" if 0 < len(options) <= _FEW else ""


def explain(error: Any, fields: Iterable[str] = ()) -> str:
    """A Pydantic error (`ErrorDetails`) in words that say what would be right; `fields` are those allowed there."""
    given = error["input"]
    match error["type"]:
        case "extra_forbidden":
            return f"there is no field '{error['loc'][-1]}'{hint(str(error['loc'][-1]), fields)}"
        case "missing":
            return "is missing"
        case "enum" | "literal_error":
            terms = re.findall("'([^']+)'", error["ctx"]["expected"])
            return f"'{given}' is no valid term{hint(str(given), terms)}"
        case _:
            written = repr(given[:60]) if isinstance(given, str) else str(given)[:60]
            shown = f" (given: {written})" if isinstance(given, str | int | float | bool) else ""
            return f"{error['msg']}{shown}"
