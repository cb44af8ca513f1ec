"""The parameter `fields`: items narrowed to some of their top-level fields."""

from collections.abc import Collection
from typing import Any

import orjson

ALWAYS_SHOWN = ("kind", "id", "url")
"""The fields that identify an item and are never left out."""


def narrow(item: bytes, fields: Collection[str]) -> bytes:
    """The JSON of an item with these fields only, or with all of them if none are named."""
    if not fields:
        return item
    content: dict[str, Any] = orjson.loads(item)
    return orjson.dumps({name: value for name, value in content.items() if name in fields or name in ALWAYS_SHOWN})
