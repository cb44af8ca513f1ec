"""Values of the right format in place of wrong ones, so that the rest of an analysis is checked in the same run."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from app.suggest import shown, slug_of

NOTHING = "\N{REPLACEMENT CHARACTER}"
"""Words that no text has."""
_VALUES: tuple[Any, ...] = (NOTHING, "unknown", [], "2000", 1, False, {}, [NOTHING], "2000-01-01", None)
"""Values that are tried until one has the right format."""
ROUNDS = 40
"""Limit on the repairs of an analysis: more than the values for a field, and for the fields of a missing one."""


def copied(value: Any) -> Any:
    """A copy of a tree of mappings and sequences."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


def repair(tree: Any, mistakes: Sequence[ErrorDetails], tried: Counter[tuple[int | str, ...]]) -> bool:
    """Replace each wrong value by the next one to try; all else keeps its place. False if nothing is left to try."""
    changed = False
    for mistake in mistakes:
        location = mistake["loc"]
        try:
            parent = tree
            for step in location[:-1]:
                parent = parent[step]
            if mistake["type"] == "extra_forbidden":
                del parent[location[-1]]
            else:
                parent[location[-1]] = _values(mistake)[tried[location]]
        except (IndexError, KeyError, TypeError):
            continue  # a part of a value that is replaced already, or nothing that is tried fits
        tried[location] += 1
        changed = True
    return changed


def _values(mistake: ErrorDetails) -> list[Any]:
    """The values to try: what the editor probably meant, then a valid term, then others."""
    given, context = mistake["input"], mistake.get("ctx", {})
    if mistake["type"] == "bounds":
        return [given | {"low": 1, "high": 1, "relation": "exactly"}]
    written = [] if mistake["type"] == "missing" or isinstance(given, dict | list) else [shown(given)]
    terms = re.findall(r"\w+", str(context.get("expected") or context.get("modes") or ""))[:1]
    return [*written, *map(slug_of, written), *terms, *_VALUES]
