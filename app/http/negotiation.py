"""Content negotiation: media types, `format` and `Accept`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import mimeparse

from app.formats.export import EXPORTS
from app.formats.graph import GRAPH_FORMATS
from app.formats.lists import LIST_FORMATS
from app.http.headers import MAX_CACHED_BYTES
from app.problems import NotAcceptable

JSON = "application/json"
_REGISTRIES: tuple[Mapping[str, Any], ...] = (LIST_FORMATS, GRAPH_FORMATS, EXPORTS)
FORMATS = {"json": JSON} | {name: each.media_type for registry in _REGISTRIES for name, each in registry.items()}
"""Media types by their name in the parameter `format`."""
DOWNLOADS = {each.media_type: each for each in LIST_FORMATS.values()}
"""The formats of a whole list, by media type."""


def negotiate(accept: bytes, offered: tuple[str, ...]) -> str:
    """The media type that `Accept` prefers of those offered. Raises NotAcceptable if it excludes them all."""
    found = _cached(accept, offered) if len(accept) <= MAX_CACHED_BYTES else _best_match(accept, offered)
    if found is None:
        shown = accept[:200].decode("latin-1")
        raise NotAcceptable(f"Accept: {shown!r} allows none of the media types of this path: {' and '.join(offered)}.")
    return found


def _best_match(accept: bytes, offered: Sequence[str]) -> str | None:
    header = accept.decode("latin-1")
    if not header.strip():
        return offered[0]
    try:
        # Of equally preferred types, mimeparse takes the last.
        return mimeparse.best_match(offered[::-1], header) or None
    except mimeparse.MimeTypeParseException:
        return None


_cached = lru_cache(256)(_best_match)
