"""The access log: one JSON line per request, with the id that the response carries as `X-Request-ID`."""

import asyncio
import itertools
import logging
import re
import secrets
import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.log import line, logger, write
from app.http.telemetry import Telemetry

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
_BATCH_SECONDS = 0.005
"""Requests are counted and logged in batches after this delay, so that no response waits for the log."""
_BATCH_SIZE = 1_000
_MAX_PATH = 1_000
"""Longer paths are cut, to bound the log and the batches."""


class AccessLog:
    """ASGI middleware that gives each request an id, times it, counts it and logs it."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry
        self._ids = map((secrets.token_hex(6).encode() + b"-%x").__mod__, itertools.count(1))
        self._requests: list[tuple[float, dict[str, Any]]] = []
        """The time at which each request ended, and the fields of its line."""
        telemetry.flush = self.flush

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        request_id = b""
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                request_id = value
        if not request_id or not _REQUEST_ID.fullmatch(request_id):
            request_id = next(self._ids)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", request_id)]
                message = {"type": "http.response.start", "status": status, "headers": headers}
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if not self._requests:
                asyncio.get_running_loop().call_later(_BATCH_SECONDS, self.flush)
            fields = {
                "event": "request",
                "request_id": request_id,
                "method": scope["method"],
                "path": scope["path"][:_MAX_PATH],
                "route": _route_path(scope),
                "status": status,
                "ms": (time.perf_counter() - started) * 1000,
            }
            self._requests.append((time.time(), fields))
            if len(self._requests) >= _BATCH_SIZE:
                self.flush()

    def flush(self) -> None:
        """Count and log the requests since the last call."""
        requests, self._requests = self._requests, []
        for _, fields in requests:
            self.telemetry.requests.add((fields["route"], fields["status"]), fields["ms"] / 1000)
        if logger.isEnabledFor(logging.INFO):
            write(b"".join(line(ended, "info", fields) for ended, fields in requests))


def _route_path(scope: Scope) -> str:
    """The path template of the route that answered. Unknown paths share the label `none`, to bound the metrics."""
    path: str = getattr(scope.get("route"), "path", "none")
    return path
