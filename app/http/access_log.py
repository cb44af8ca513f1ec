"""The access log: one JSON line per request, with the id that the response carries as `X-Request-ID`."""

import asyncio
import itertools
import logging
import re
import secrets
import time
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.headers import request_headers
from app.http.log import line, logger, timestamp, write
from app.http.telemetry import Telemetry

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
_BATCH_SECONDS = 0.005
"""Requests are counted and logged in batches after this delay, so that no response waits for the log."""
_BATCH_SIZE = 1_000
_MAX_LENGTH = 1_000
"""Longer paths, queries and addresses are cut, to bound the log and the batches."""


class AccessLog:
    """ASGI middleware that gives each request an id, times it, counts it and logs it.

    `proxies` is the number of trusted proxies in front. Each adds the address of its client to `X-Forwarded-For`.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry, proxies: int = 0) -> None:
        self.app = app
        self.telemetry = telemetry
        self.proxies = proxies
        self._ids = map((secrets.token_hex(6).encode() + b"-%x").__mod__, itertools.count(1))
        self._requests: list[tuple[Any, ...]] = []
        """The arguments of `_line`, for each request."""
        telemetry.flush = self.flush

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, sent = time.perf_counter(), 0, 0
        request_id = dict(scope["headers"]).get(b"x-request-id")
        if request_id is None or not _REQUEST_ID.fullmatch(request_id):
            request_id = next(self._ids)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", request_id)]
                message = {"type": "http.response.start", "status": status, "headers": headers}
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if not self._requests:
                asyncio.get_running_loop().call_later(_BATCH_SECONDS, self.flush)
            request = (
                time.time(),
                time.perf_counter() - started,
                _route_path(scope),
                status,
                sent,
                request_id,
                (self.proxies and self._forwarded_for(scope)) or scope.get("client"),
                scope["method"],
                scope["path"][:_MAX_LENGTH],
                scope["query_string"][:_MAX_LENGTH],
            )
            self._requests.append(request)
            if len(self._requests) >= _BATCH_SIZE:
                self.flush()

    def flush(self) -> None:
        """Count and log the requests since the last call."""
        requests, self._requests = self._requests, []
        for _, seconds, route, status, _, _, _, _, _, _ in requests:
            self.telemetry.requests.add((route, status), seconds)
        if logger.isEnabledFor(logging.INFO):
            write(b"".join(itertools.starmap(_line, requests)))

    def _forwarded_for(self, scope: Scope) -> tuple[str] | None:
        """The client by `X-Forwarded-For`, to whose end each proxy adds an address. None if it has fewer of them."""
        header = request_headers(scope["headers"]).get(b"x-forwarded-for", b"")
        addresses = header.rsplit(b",", self.proxies)[-self.proxies :]
        return (addresses[0].decode("latin-1").strip()[:_MAX_LENGTH],) if len(addresses) == self.proxies else None


def _line(
    at: float,
    seconds: float,
    route: str,
    status: int,
    sent: int,
    request_id: bytes,
    client: Sequence[Any] | None,
    method: str,
    path: str,
    query: bytes,
) -> bytes:
    fields = {
        "time": timestamp(int(at * 1000)),
        "level": "info",
        "event": "request",
        "request_id": request_id.decode("latin-1"),
        "client": client and client[0].removeprefix("::ffff:"),  # an IPv4 address on an IPv6 socket
        "method": method,
        "path": path,
        "query": query.decode("latin-1"),
        "route": route,
        "status": status,
        "ms": seconds * 1000,
        "bytes": sent,
    }
    return line(fields)


def _route_path(scope: Scope) -> str:
    """The path template of the route that answered. Unknown paths share the label `none`, to bound the metrics."""
    path: str = getattr(scope.get("route"), "path", "none")
    return path
