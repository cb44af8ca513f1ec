"""JSON Pointers (RFC 6901) from a quote to the part of a record that it backs."""

from typing import Any

from jsonpointer import EndOfList, JsonPointerException, resolve_pointer


def backs_something(record: Any, pointer: str) -> bool:
    """Whether a pointer leads to a part of a record that says something: not to the whole, nor to null or `[]`."""
    try:
        found, around = (resolve_pointer(record, path) for path in (pointer, pointer.rpartition("/")[0]))
    except JsonPointerException:
        return False
    inside_text = isinstance(around, str)
    return bool(pointer) and not inside_text and not isinstance(found, EndOfList) and found not in (None, [])
