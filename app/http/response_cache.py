"""Answers kept in memory: sent again, as bytes, for as long as the dataset has no newer revision."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import NamedTuple

from cachetools import LRUCache
from starlette.types import Message, Scope, Send

from app.http.representation import asked_headers, known, not_modified, route_of, takes_gzip
from app.http.telemetry import Telemetry
from app.query.store import Store

_OVERHEAD = 1_000
"""What an answer takes in memory beside its body, in bytes; about."""
_SHARE = 8
"""An answer takes this part of the memory at most."""
_LONGEST_KEY = 1_000
"""In bytes. What is asked at greater length is answered each time: else anyone could fill the memory with keys."""

RawHeaders = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, bytes | None, bool, bool]


class RequestKey(NamedTuple):
    """What is read of a request."""

    key: Key
    """What it asks for: the URL, and all that chooses among its representations."""
    known: bytes | None
    """The entity tags that it knows."""
    id: bytes | None
    """The id that it came with."""


def read(scope: Scope) -> RequestKey:
    """Read a request; most are like one before, to the byte."""
    return _read(scope["path"], scope["query_string"], *scope["headers"])


@lru_cache(256)
def _read(path: str, query: bytes, *headers: tuple[bytes, bytes]) -> RequestKey:
    given = asked_headers(headers)
    coded = takes_gzip(given.get(b"accept-encoding", b""))
    key = (path, query, given.get(b"accept"), coded, b"origin" in given)
    return RequestKey(key, given.get(b"if-none-match"), given.get(b"x-request-id"))


@dataclass(frozen=True)
class CachedResponse:
    """A whole answer."""

    status: int
    headers: RawHeaders
    body: bytes
    route: str

    @cached_property
    def head(self) -> bytes:
        """The status and the headers, as they are written."""
        status = b"HTTP/1.1 %d %b" % (self.status, HTTPStatus(self.status).phrase.encode())
        return b"\r\n".join([status, *map(b"%b: %b".__mod__, self.headers), b""])


@dataclass(frozen=True)
class _Entry:
    """What is known of a question."""

    etag: bytes
    first: CachedResponse
    """How it was answered first: 200 with all of it, or 304."""

    @cached_property
    def unchanged(self) -> CachedResponse:
        """The answer to those who know its entity tag."""
        return CachedResponse(304, not_modified(self.first.headers), b"", self.first.route)

    def answer(self, tags: bytes | None) -> CachedResponse | None:
        """The answer to those who know such entity tags; None where it is not all there."""
        if tags and known(tags, self.etag):
            return self.unchanged
        return self.first if self.first.status == 200 else None

    @property
    def size(self) -> int:
        """In bytes; about."""
        return _OVERHEAD + len(self.first.body)


class ResponseCache:
    """Keeps what is answered with an entity tag, by URL and by all that chooses among its representations.

    It is bounded in bytes, the least recently used go first, and a newer revision empties it.
    """

    def __init__(self, store: Store, most: int, telemetry: Telemetry) -> None:
        self.store = store
        self.hits = 0
        self.misses = 0
        self._kept: LRUCache[Key, _Entry] = LRUCache(most, lambda kept: kept.size)
        self._emptied = 0
        """How often: what was read before the last time must not be kept."""
        store.listeners.append(self._empty)
        telemetry.gauge("cache_hits", "Requests answered from memory.", lambda: self.hits)
        telemetry.gauge("cache_misses", "Requests that had to be answered anew.", lambda: self.misses)
        telemetry.gauge("cache_bytes", "What the answers in memory take, about.", lambda: self._kept.currsize)

    def find(self, asked: RequestKey) -> CachedResponse | None:
        """The answer to a request, if it is known and holds still."""
        # To look for a newer revision may empty the memory: it comes first.
        kept = self._kept.get(asked.key) if self.store.is_current() else None
        answer = kept.answer(asked.known) if kept is not None else None
        if answer is None:
            self.misses += 1
        else:
            self.hits += 1
        return answer

    def keeping(self, scope: Scope, send: Send) -> Send:
        """Sends a response, and keeps it if it can be sent again."""
        emptied = self._emptied
        status, headers = 0, RawHeaders()

        async def keep(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            elif status in (200, 304):
                if emptied == self._emptied and not message.get("more_body"):
                    self._keep(scope, status, headers, message.get("body", b""))
                status = 0  # what comes in parts is not kept
            await send(message)

        return keep if scope["method"] == "GET" else send

    def _keep(self, scope: Scope, status: int, headers: RawHeaders, body: bytes) -> None:
        etag = next((value for name, value in headers if name == b"etag"), None)
        if etag is None:
            return
        kept = _Entry(etag, CachedResponse(status, headers, body, route_of(scope)))
        path, query, accept, *_ = key = read(scope).key
        if kept.size * _SHARE <= self._kept.maxsize and len(path) + len(query) + len(accept or b"") <= _LONGEST_KEY:
            self._kept[key] = kept

    def _empty(self) -> None:
        self._emptied += 1
        self._kept.clear()
