"""Content coding: gzip, with an entity tag of its own."""

import gzip
import re
import zlib
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.headers import MAX_CACHED_BYTES, request_headers

_COMPRESSIBLE = (
    b"text/",
    b"application/json",
    b"application/ld+json",
    b"application/problem+json",
    b"application/gexf+xml",
    b"application/graphml+xml",
    b"application/javascript",
    b"image/svg",
)
_MIN_BYTES = 500
"""Shorter bodies fit into one packet either way."""
_LEVEL = 6


class Compression:
    """ASGI middleware that compresses responses for clients that accept gzip.

    Starlette's GZipMiddleware gives both codings the same strong entity tag, which RFC 9110 (8.8.3.3) forbids.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            accepted = request_headers(scope["headers"]).get(b"accept-encoding", b"")
            send = _Response(send, accepts_gzip(accepted))
        await self.app(scope, receive, send)


class _Response:
    """Sends one response, compressed if that is accepted and worth it."""

    def __init__(self, send: Send, accepted: bool) -> None:
        self.send = send
        self.accepted = accepted
        self.start: Message | None = None
        self.compressor: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif self.start is not None:
            start, self.start = self.start, None
            await self._begin(start, message)
        else:
            await self._continue(message)

    async def _begin(self, start: Message, message: Message) -> None:
        headers = dict(start["headers"])
        if not headers.get(b"content-type", b"").startswith(_COMPRESSIBLE) or b"content-encoding" in headers:
            await self.send(start)
            await self.send(message)
            return
        headers[b"vary"] = headers[b"vary"] + b", Accept-Encoding" if b"vary" in headers else b"Accept-Encoding"
        body, more = message.get("body", b""), message.get("more_body", False)
        if self.accepted and (more or len(body) >= _MIN_BYTES):
            headers[b"content-encoding"] = b"gzip"
            if b"etag" in headers:
                headers[b"etag"] = headers[b"etag"][:-1] + b'-gzip"'
            if more:
                headers.pop(b"content-length", None)
                self.compressor = zlib.compressobj(_LEVEL, wbits=31)
            else:
                message = {**message, "body": gzip.compress(body, _LEVEL, mtime=0)}
                headers[b"content-length"] = str(len(message["body"])).encode()
        await self.send({**start, "headers": list(headers.items())})
        await self._continue(message)

    async def _continue(self, message: Message) -> None:
        if self.compressor is not None:
            body = self.compressor.compress(message.get("body", b""))
            if not message.get("more_body", False):
                body += self.compressor.flush()
            message = {**message, "body": body}
        await self.send(message)


def accepts_gzip(accepted: bytes) -> bool:
    """Interpret `Accept-Encoding` (RFC 9110, 12.5.3)."""
    return _cached(accepted) if len(accepted) <= MAX_CACHED_BYTES else _accepts_gzip(accepted)


def _accepts_gzip(accepted: bytes) -> bool:
    weights = {}
    for item in accepted.decode("latin-1").lower().split(","):
        coding, _, parameter = item.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter) if parameter else None
        weights[coding.strip()] = float(weight[1]) if weight else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


_cached = lru_cache(256)(_accepts_gzip)
