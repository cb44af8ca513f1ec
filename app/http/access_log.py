"""The access log: one JSON line per request, with the id that the response has as `X-Request-ID`."""

import asyncio
import itertools
import logging
import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.log import line, logger, write
from app.http.telemetry import Telemetry

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
_BATCH_SECONDS = 0.005
"""Requests are counted and logged together after this delay, so that no response waits for it."""
_BATCH_SIZE = 1_000
_MAX_PATH = 1_000
"""Longer paths are cut, to bound the log and the batch."""


class AccessLog:
    """ASGI middleware that gives each request an id, times it, counts it and logs it."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry
        self._ids = map((secrets.token_hex(6).encode() + b"-%x").__mod__, itertools.count(1))
        self._requests: list[tuple[bytes, str, str, str, int, float, float]] = []
        telemetry.flush = self.flush

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        request_id = None
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
                request_id = value
        if request_id is None:
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
            path, ended = scope["path"][:_MAX_PATH], time.perf_counter()
            self._requests.append((request_id, scope["method"], path, route_path(scope), status, started, ended))
            if len(self._requests) >= _BATCH_SIZE:
                self.flush()

    def flush(self) -> None:
        """Count and log the requests since the last call."""
        requests, self._requests = self._requests, []
        logs_requests = logger.isEnabledFor(logging.INFO)
        to_epoch = time.time() - time.perf_counter()
        lines = []
        for request_id, method, path, route, status, started, ended in requests:
            self.telemetry.requests.add((route, status), ended - started)
            if logs_requests:
                lines.append(
                    line(
                        at=to_epoch + ended,
                        level="info",
                        event="request",
                        request_id=request_id,
                        method=method,
                        path=path,
                        route=route,
                        status=status,
                        ms=(ended - started) * 1000,
                    )
                )
        if lines:
            write(b"".join(lines))


def route_path(scope: Scope) -> str:
    """The path template of the route that answered; `none` if no route matched, to bound the labels of metrics."""
    path: str = getattr(scope.get("route"), "path", "none")
    return path
