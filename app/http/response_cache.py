"""The response cache: whole responses, valid until the dataset changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cachetools import LRUCache
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.compression import accepts_gzip
from app.http.conditional import matches, not_modified
from app.http.headers import request_headers
from app.http.telemetry import Telemetry
from app.query.store import Store

_OVERHEAD_BYTES = 2_000
"""Approximate size of an entry without its body: key, headers and objects."""
_MAX_SHARE = 1 / 8
"""Entries that would take a larger share of the cache are not stored."""
_MAX_KEY_BYTES = 1_000
"""Longer keys are not cached, to bound memory."""

Key = tuple[str, bytes, bytes, bool, bool | bytes]
"""Path, query string, `Accept`, gzip, origin: everything that a response depends on."""


@dataclass(frozen=True)
class CachedResponse:
    """A response that is sent in one piece."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    route: Any
    """The route that answered, for the access log."""

    @cached_property
    def size(self) -> int:
        """Approximate size in bytes."""
        return _OVERHEAD_BYTES + len(self.body)

    @cached_property
    def start(self) -> Message:
        """The first ASGI message."""
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}

    @cached_property
    def unchanged(self) -> "CachedResponse":
        """The 304 for clients that have the response already."""
        return CachedResponse(304, not_modified(self.headers), b"", self.etag, self.route)

    def answers(self, if_none_match: bytes | None) -> "CachedResponse | None":
        """The response to a request with this `If-None-Match`. None if only a 304 is cached, and its tag differs."""
        if if_none_match and matches(if_none_match, self.etag):
            return self.unchanged
        return self if self.status == 200 else None


class ResponseCache:
    """ASGI middleware that stores responses with an entity tag, and answers repeated requests with them.

    It is bounded in bytes and evicts the least recently used entry first. A new revision of the dataset empties it.
    """

    def __init__(
        self, app: ASGIApp, store: Store, max_bytes: int, telemetry: Telemetry, *, by_origin: bool = False
    ) -> None:
        self.app = app
        self.store = store
        self.by_origin = by_origin
        """True if responses differ between origins, because only some may read them."""
        self.hits = 0
        self.misses = 0
        self._entries: LRUCache[Key, CachedResponse] = LRUCache(max_bytes, lambda entry: entry.size)
        self._generation = 0
        """Incremented when the cache is emptied. Responses begun before that must not be stored."""
        store.listeners.append(self._empty)
        telemetry.counter("cache_hits", "Requests answered from the response cache.", lambda: self.hits)
        telemetry.counter("cache_misses", "Requests not found in the response cache.", lambda: self.misses)
        telemetry.gauge(
            "cache_bytes", "Approximate size of the response cache in bytes.", lambda: self._entries.currsize
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        headers = request_headers(scope["headers"])
        key = _key(scope, headers, self.by_origin)
        # `is_current` may empty the cache, so it comes first.
        entry = self._entries.get(key) if key is not None and self.store.is_current() else None
        response = entry.answers(headers.get(b"if-none-match")) if entry is not None else None
        if response is None:
            self.misses += 1
            await self.app(scope, receive, send if key is None else self._storing(key, scope, send))
        else:
            self.hits += 1
            scope["route"] = response.route
            await send(response.start)
            await send({"type": "http.response.body", "body": response.body})

    def _storing(self, key: Key, scope: Scope, send: Send) -> Send:
        """Send a response, and store it if it has an entity tag and is sent in one piece."""
        generation = self._generation
        start: Message | None = None

        async def send_and_store(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message if message["status"] in (200, 304) else None
            elif start is not None:
                if generation == self._generation and not message.get("more_body"):
                    self._store(key, start, message.get("body", b""), scope.get("route"))
                start = None
            await send(message)

        return send_and_store

    def _store(self, key: Key, start: Message, body: bytes, route: Any) -> None:
        etag = dict(start["headers"]).get(b"etag")
        if etag is not None:
            entry = CachedResponse(start["status"], start["headers"], body, etag, route)
            if entry.size <= self._entries.maxsize * _MAX_SHARE:
                self._entries[key] = entry

    def _empty(self) -> None:
        self._generation += 1
        self._entries.clear()


def _key(scope: Scope, headers: Mapping[bytes, bytes], by_origin: bool) -> Key | None:
    """The cache key of a request, or None if it is too long."""
    path, query, accept = scope["path"], scope["query_string"], headers.get(b"accept", b"")
    origin = headers.get(b"origin", b"")
    if len(path) + len(query) + len(accept) + len(origin) > _MAX_KEY_BYTES:
        return None
    coding = headers.get(b"accept-encoding")
    return (
        path,
        query,
        accept,
        coding is not None and accepts_gzip(coding),
        origin if by_origin else b"origin" in headers,
    )
