"""HTTP manners, as small ASGI layers: HEAD and OPTIONS, gzip, entity tags, and no bare failure."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.telemetry import Telemetry
from app.problems import Internal

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
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
_WORTH_COMPRESSING = 500
_GZIP_LEVEL = 6


def allowed(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    """The value of `Allow` for a path; None where there is no such path."""
    methods = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method, "fastapi": {}})[0] is Match.FULL for route in routes)
    ]
    if "GET" in methods:
        methods += ["HEAD", "OPTIONS"]
    return ", ".join(methods) or None


class NoBareFailure:
    """Turns what nobody handled into a problem, inside the layers that every answer passes through."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            self.telemetry.log.exception("failed", request_id=scope.get("request_id"), path=scope.get("path"))
            if started or scope["type"] != "http":
                raise
            problem = Internal("The server failed to answer; the log has the reason under this X-Request-ID.")
            await problem.response(scope["path"])(scope, receive, send)


class _Enough(Exception):
    """Ends the stream of a body that is not sent: raised at who would send more of it."""


class Methods:
    """Answers HEAD as GET without the body, and OPTIONS with the methods that the path has."""

    def __init__(self, app: ASGIApp, allow: Callable[[Scope], str | None]) -> None:
        self.app = app
        self.allow = allow

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            got = {**scope, "method": "GET"}
            with suppress(_Enough):
                await self.app(got, receive, _without_body(send))
            scope["route"] = got.get("route")
        elif scope["type"] == "http" and scope["method"] == "OPTIONS" and (allow := self.allow(scope)):
            await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", allow.encode())]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, send)


def _without_body(send: Send) -> Send:
    ended = False

    async def bodiless(message: Message) -> None:
        nonlocal ended
        if ended:
            raise _Enough
        if message["type"] == "http.response.body":
            ended, message = True, {"type": "http.response.body", "body": b""}
        await send(message)

    return bodiless


class Representation:
    """Chooses the content coding, gives each coding its own entity tag, and answers 304 where the tag is known."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        else:
            with suppress(_Enough):
                await self.app(scope, receive, _Encoding(asked_headers(scope["headers"]), send))


class _Encoding:
    """The sending half of one response."""

    def __init__(self, request: Mapping[bytes, bytes], send: Send) -> None:
        self.request = request
        self.send = send
        self.start: Message = {}
        self.not_modified = False
        self.compressor: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif self.start:
            await self._first(message)
        elif self.not_modified:
            raise _Enough
        else:
            await self._more(message)

    async def _first(self, message: Message) -> None:
        start, self.start = self.start, {}
        headers = dict(start["headers"])
        body, more = message.get("body", b""), message.get("more_body", False)
        coded = False
        if headers.get(b"content-type", b"").startswith(_COMPRESSIBLE) and b"content-encoding" not in headers:
            varies = headers.get(b"vary")
            headers[b"vary"] = varies + b", Accept-Encoding" if varies else b"Accept-Encoding"
            worth_it = more or len(body) >= _WORTH_COMPRESSING
            coded = worth_it and takes_gzip(self.request.get(b"accept-encoding", b""))
        etag = headers.get(b"etag")
        if coded and etag:
            etag = headers[b"etag"] = etag[:-1] + b'-gzip"'
        if start["status"] == 200 and known(self.request.get(b"if-none-match"), etag):
            self.not_modified = True
            left = not_modified(headers.items())
            await self.send({"type": "http.response.start", "status": 304, "headers": left})
            await self.send({"type": "http.response.body", "body": b""})
            return
        if coded:
            headers[b"content-encoding"] = b"gzip"
            if more:
                headers.pop(b"content-length", None)
                self.compressor = zlib.compressobj(_GZIP_LEVEL, wbits=31)
            else:
                body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
                headers[b"content-length"] = str(len(body)).encode()
        await self.send({**start, "headers": list(headers.items())})
        await self._more({**message, "body": body})

    async def _more(self, message: Message) -> None:
        if self.compressor is not None:
            body = self.compressor.compress(message.get("body", b""))
            if not message.get("more_body", False):
                body += self.compressor.flush()
            message = {**message, "body": body}
        await self.send(message)


def asked_headers(given: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers of a request by name; what is given more than once is joined by commas."""
    headers: dict[bytes, bytes] = {}
    for name, value in given:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def route_of(scope: Scope) -> str:
    """The path of the route that answered, by which requests are counted; `none` where there is no such path."""
    path: str = getattr(scope.get("route"), "path", "none")
    return path


def not_modified(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that is not sent again, as it is known."""
    return [header for header in headers if header[0] not in (b"content-length", b"content-type", b"link")]


@lru_cache(1000)
def takes_gzip(accepted: bytes) -> bool:
    """Whether `Accept-Encoding` allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for item in accepted.decode("latin-1").lower().split(","):
        coding, _, parameter = item.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter) if parameter else None
        weights[coding.strip()] = float(weight[1]) if weight else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def known(asked: bytes | None, etag: bytes | None) -> bool:
    """Whether `If-None-Match` names the entity tag (RFC 9110, 13.1.2; weak comparison)."""
    if asked is None or etag is None:
        return False
    return asked in (etag, b"*") or etag in re.findall(rb'"[^"]*"', asked)
