"""Content negotiation for pages. Under `/v1`, each path has one media type, and `Accept` is ignored."""

import mimeparse

from app.http.headers import cached_by_header


@cached_by_header
def negotiate(accept: bytes, offered: tuple[str, ...]) -> str:
    """The offered media type that `Accept` prefers; the first if it allows none (RFC 9110, 12.5.1)."""
    try:
        best: str = mimeparse.best_match(offered[::-1], accept.decode("latin-1"))  # of equal ones, it takes the last
    except mimeparse.MimeTypeParseException:
        best = ""
    return best or offered[0]
