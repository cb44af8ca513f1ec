"""Claims: the fields of a record that its quotes must support."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.model.kind import Kind

_OURS = frozenset({"id", "formerly", "name", "summary", "topics", "country", "identifiers", "evidence"})
"""Fields in our own words or looked up: the text need not have them."""


def claim_fields(kind: Kind) -> list[str]:
    """The fields of a kind's drafts that make claims."""
    return [name for name in kind.draft.model_fields if name not in _OURS | kind.unclaimed]


def claims(kind: Kind, record: Mapping[str, Any]) -> Iterator[tuple[str, int | None]]:
    """The claims of a record: each field with a value, and each item of a list by its index.

    A default claims nothing, nor does a status of `unknown`: the text is silent then.
    """
    for name in claim_fields(kind):
        value = record[name]
        if isinstance(value, list):
            yield from ((name, index) for index in range(len(value)))
        elif value not in (None, "unknown", kind.draft.model_fields[name].default):
            yield name, None
