"""Request headers by name, and a cache for results that depend on one."""

from collections.abc import Callable, Collection
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

Ts = TypeVarTuple("Ts")
T = TypeVar("T")

_MAX_CACHED_BYTES = 1_000
"""Results for longer headers are not cached, to bound memory."""


def request_headers(pairs: Collection[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers of an ASGI scope by name. Repeated headers are joined by commas (RFC 9110, 5.3)."""
    headers = dict(pairs)
    if len(headers) == len(pairs):  # nearly always, and the loop would take 4 times as long
        return headers
    headers.clear()
    for name, value in pairs:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def cached_by_header(function: Callable[[bytes, *Ts], T]) -> Callable[[bytes, *Ts], T]:
    """Cache the results of a function whose first argument is a header."""
    cached = lru_cache(256)(function)

    @wraps(function)
    def bounded(header: bytes, *rest: *Ts) -> T:
        return (cached if len(header) <= _MAX_CACHED_BYTES else function)(header, *rest)

    return bounded
