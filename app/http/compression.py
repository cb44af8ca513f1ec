"""Content coding: gzip. A compressed response has an entity tag of its own."""

import re
import zlib
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.headers import cached_by_header, request_headers

_COMPRESSIBLE = (
    b"text/",
    b"application/json",
    b"application/ld+json",
    b"application/problem+json",
    b"application/atom+xml",
    b"application/gexf+xml",
    b"application/graphml+xml",
    b"application/javascript",
    b"image/svg",
)
_MIN_BYTES = 500
"""Shorter bodies fit into one packet without compression."""
_LEVEL = 6
_GZIP = 31
"""The `wbits` of zlib for the gzip format."""


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
    """Sends one response, compressed if the client accepts it and the body is long enough."""

    def __init__(self, send: Send, accepted: bool) -> None:
        self.send = send
        self.accepted = accepted
        self.start: Message | None = None
        self.compressor: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message  # its headers depend on the body
            return
        start, self.start = self.start, None
        body, more = message.get("body", b""), message.get("more_body", False)
        headers = dict(start["headers"]) if start else {}
        if start and headers.get(b"content-type", b"").startswith(_COMPRESSIBLE) and b"content-encoding" not in headers:
            headers[b"vary"] = headers[b"vary"] + b", Accept-Encoding" if b"vary" in headers else b"Accept-Encoding"
            if self.accepted and (more or len(body) >= _MIN_BYTES):
                self.compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
                headers[b"content-encoding"] = b"gzip"
                headers.pop(b"content-length", None)
                if b"etag" in headers:
                    headers[b"etag"] = headers[b"etag"][:-1] + b'-gzip"'
        if self.compressor:
            body = self.compressor.compress(body) + (b"" if more else self.compressor.flush())
            message = {**message, "body": body}
        if start:
            if self.compressor and not more:
                headers[b"content-length"] = str(len(body)).encode()
            await self.send({**start, "headers": list(headers.items())})
        await self.send(message)


@cached_by_header
def accepts_gzip(accepted: bytes) -> bool:
    """True if `Accept-Encoding` allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for item in accepted.decode("latin-1").lower().split(","):
        coding, _, parameter = item.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter) if parameter else None
        weights[coding.strip()] = float(weight[1]) if weight else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0
