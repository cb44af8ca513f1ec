"""JSON Pointers (RFC 6901) from a quote to the part of a record that it supports."""

import re
from typing import Any

_POINTER = re.compile("(/([^/~]|~[01])*)+")
_INDEX = re.compile("0|[1-9][0-9]{0,9}")


def points_to_value(record: Any, pointer: str) -> bool:
    """True if a pointer leads to a part of a record (not the whole) with a value other than null and `[]`."""
    if not _POINTER.fullmatch(pointer):
        return False
    value = record
    for token in pointer[1:].split("/"):
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return False
    return value not in (None, [])
