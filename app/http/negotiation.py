"""Content negotiation for pages. Under `/v1`, each path has one media type, and `Accept` is ignored."""

import mimeparse


def preferred(accept: bytes, *media_types: str) -> str:
    """The media type that `Accept` prefers; of equal ones, and if it accepts none, the first."""
    try:
        best = mimeparse.best_match(media_types[::-1], accept.decode("latin-1"))  # of equal ones, it takes the last
    except mimeparse.MimeTypeParseException:
        best = ""
    return best or media_types[0]


def prefers(accept: bytes, media_type: str, *others: str) -> bool:
    """True if `Accept` prefers a media type to others. Without a preference, the others win."""
    return preferred(accept, *others, media_type) == media_type
