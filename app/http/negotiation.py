"""Content negotiation: media types, `format` and `Accept`."""

import mimeparse

from app.formats.export import EXPORTS
from app.formats.graph import GRAPH_FORMATS
from app.formats.lists import LIST_FORMATS
from app.http.headers import cached_by_header
from app.problems import NotAcceptable

JSON = "application/json"
FORMATS = {"json": JSON} | {name: each.media_type for name, each in (LIST_FORMATS | GRAPH_FORMATS | EXPORTS).items()}
"""The media type of each value of the parameter `format`."""
DOWNLOADS = {each.media_type: each for each in LIST_FORMATS.values()}
"""The formats of whole lists, by media type."""


def negotiate(accept: bytes, offered: tuple[str, ...]) -> str:
    """Choose the offered media type that `Accept` prefers. Raises NotAcceptable if it excludes them all."""
    found = _best_match(accept, offered)
    if found is None:
        shown = accept[:200].decode("latin-1")
        raise NotAcceptable(f"Accept: {shown!r} allows none of the media types of this path: {' and '.join(offered)}.")
    return found


def prefers(accept: bytes, media_type: str, *others: str) -> bool:
    """True if `Accept` prefers a media type to others. Without a preference, the others win."""
    return _best_match(accept, (*others, media_type)) == media_type


@cached_by_header
def _best_match(accept: bytes, offered: tuple[str, ...]) -> str | None:
    header = accept.decode("latin-1")
    if not header.strip():
        return offered[0]
    try:
        return mimeparse.best_match(offered[::-1], header) or None  # of equally preferred types, it takes the last
    except mimeparse.MimeTypeParseException:
        return None
