"""Answers kept in memory: sent again, as bytes, for as long as the dataset has no newer revision."""

from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware import asked_headers, known, not_modified, takes_gzip
from app.api.watching import Watch
from app.query.store import Store

_OVERHEAD = 1_000
"""What an answer takes in memory beside its body, in bytes; about."""
_SHARE = 16
"""An answer takes this part of the memory at most."""
_LONGEST_KEY = 1_000
"""In bytes. What is asked at greater length is answered each time: else anyone could fill the memory with keys."""

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A whole answer, ready to be sent."""

    headers: RawHeaders
    body: bytes | None
    """None where only those asked so far who had it: then it is known that it did not change, and no more."""
    etag: bytes
    not_modified: RawHeaders
    route: Any


class Remembered:
    """Keeps what is answered with an entity tag, by URL and by all that chooses among its representations.

    It is bounded in bytes, the least recently used go first, and a newer revision empties it.
    """

    def __init__(self, app: ASGIApp, store: Store, size: int, watch: Watch) -> None:
        self.app = app
        self.store = store
        self.answers: LRUCache[Any, _Answer] = LRUCache(size, lambda answer: len(answer.body or b"") + _OVERHEAD)
        self.hits = 0
        self.misses = 0
        self.emptied = 0
        """How often: what was read before the last time must not be kept."""
        store.listeners.append(self._empty)
        watch.gauge("cache_hits", "Requests answered from memory.", lambda: self.hits)
        watch.gauge("cache_misses", "Requests that had to be answered anew.", lambda: self.misses)
        watch.gauge("cache_bytes", "What the answers in memory take, about.", lambda: self.answers.currsize)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        asked = asked_headers(scope)
        coded = takes_gzip(asked.get(b"accept-encoding", b""))
        key = (scope["path"], scope["query_string"], asked.get(b"accept"), coded, b"origin" in asked)
        answer = self.answers.get(key)
        unchanged = answer is not None and known(asked.get(b"if-none-match"), answer.etag)
        if answer is not None and answer.body is None and not unchanged:
            answer = None
        # To look for a newer revision may empty the memory.
        if answer is None or not self.store.is_current() or key not in self.answers:
            self.misses += 1
            await self.app(scope, receive, _Keeping(self, key, scope, send))
            return
        self.hits += 1
        scope["route"] = answer.route
        if unchanged:
            await send({"type": "http.response.start", "status": 304, "headers": answer.not_modified})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
            await send({"type": "http.response.body", "body": answer.body or b""})

    def _empty(self) -> None:
        self.emptied += 1
        self.answers.clear()


class _Keeping:
    """The sending half of a response that is kept if it can be."""

    def __init__(self, remembered: Remembered, key: Any, scope: Scope, send: Send) -> None:
        self.remembered = remembered
        self.emptied = remembered.emptied
        self.key = key
        self.scope = scope
        self.send = send
        self.headers: RawHeaders | None = None
        self.unchanged = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.headers = message["headers"] if message["status"] in (200, 304) else None
            self.unchanged = message["status"] == 304
        elif self.headers is not None:
            headers, self.headers = self.headers, None
            body = message.get("body", b"")
            etag = next((value for name, value in headers if name == b"etag"), None)
            if etag and not message.get("more_body") and self._may_be_kept(body):
                self.remembered.answers[self.key] = _Answer(
                    headers, None if self.unchanged else body, etag, not_modified(headers), self.scope.get("route")
                )
        await self.send(message)

    def _may_be_kept(self, body: bytes) -> bool:
        path, query, accept, *_ = self.key
        return (
            self.emptied == self.remembered.emptied
            and (len(body) + _OVERHEAD) * _SHARE <= self.remembered.answers.maxsize
            and len(path) + len(query) + len(accept or b"") <= _LONGEST_KEY
        )
