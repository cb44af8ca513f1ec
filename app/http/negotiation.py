"""Content negotiation for pages. Under `/v1`, each path has one media type, and `Accept` is ignored."""

import mimeparse


def prefers(accept: bytes, media_type: str, *others: str) -> bool:
    """True if `Accept` prefers a media type to others. Without a preference, the others win."""
    try:
        best = mimeparse.best_match([media_type, *others], accept.decode("latin-1"))  # of equal ones, it takes the last
    except mimeparse.MimeTypeParseException:
        return False
    return bool(best == media_type)
