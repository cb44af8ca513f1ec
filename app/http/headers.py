"""Request headers by name."""

from collections.abc import Iterable

MAX_CACHED_BYTES = 1_000
"""Results for longer headers are not cached, so that requests cannot fill the memory with cache keys."""


def request_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers of an ASGI scope by name. Repeated headers are joined by commas (RFC 9110, 5.3)."""
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers
