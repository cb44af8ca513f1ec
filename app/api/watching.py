"""What operators see: each request gets an id, is timed, counted, and written to the log in one line of JSON."""

import asyncio
import itertools
import re
import secrets
import sys
import time
import traceback
from typing import Any, BinaryIO

import orjson
import structlog
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METRICS_TYPE = CONTENT_TYPE_LATEST

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_FLUSH_SECONDS = 0.1


class Watch:
    """The metrics and the log of one service."""

    def __init__(self, level: str, file: BinaryIO | None = None) -> None:
        self.lines = _Lines(file or sys.stderr.buffer)
        self.log: Any = structlog.wrap_logger(
            structlog.BytesLogger(self.lines),  # type: ignore[arg-type]
            processors=[_json],
            wrapper_class=structlog.make_filtering_bound_logger(level),
        ).bind()
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "dossier_request_seconds",
            "Requests by route and status, and how long each took.",
            ["route", "status"],
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self._reads = Histogram(
            "dossier_read_seconds",
            "Reads of the database, in the event loop (quick) or in a thread (slow), and how long each took.",
            ["lane"],
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self._children: dict[tuple[str, int], Any] = {}
        self._lanes = {quick: self._reads.labels("quick" if quick else "slow") for quick in (True, False)}

    def gauge(self, name: str, description: str, value: Any) -> None:
        """Show a number, which a function gives when somebody looks."""
        Gauge(f"dossier_{name}", description, registry=self.registry).set_function(value)

    def read(self, quick: bool, seconds: float) -> None:
        """Count a read of the database."""
        self._lanes[quick].observe(seconds)

    def request(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        """Count a request that was answered, and write it down."""
        route = getattr(scope.get("route"), "path", "none")
        child = self._children.get((route, status))
        if child is None:
            child = self._children[route, status] = self._requests.labels(route, str(status))
        child.observe(seconds)
        self.log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=status,
            ms=seconds * 1000,
        )

    def exposition(self) -> bytes:
        """The metrics, in Prometheus' text format."""
        return generate_latest(self.registry)


class Watched:
    """Gives each request an id, or keeps the one it came with, sends it back as `X-Request-ID`, and watches."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self.app = app
        self.watch = watch
        self.process = secrets.token_hex(6)
        self.number = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        if request_id is None or not _REQUEST_ID.fullmatch(request_id):
            request_id = b"%b-%x" % (self.process.encode(), next(self.number))
        scope["request_id"] = name = request_id.decode()
        status = 0

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id)]}
            await send(message)

        try:
            await self.app(scope, receive, tagged)
        finally:
            self.watch.request(scope, name, status, time.perf_counter() - started)


class _Lines:
    """A file that lines are written to some at a time, so that no request waits for it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.waiting: list[bytes] = []

    def write(self, line: bytes) -> None:
        if not self.waiting:
            try:
                asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.send)
            except RuntimeError:  # nobody will come back for it
                self.file.write(line)
                return
        self.waiting.append(line)

    def flush(self) -> None:
        """Nothing: `send` comes by itself."""

    def send(self) -> None:
        """Write what waits."""
        lines, self.waiting = self.waiting, []
        self.file.write(b"".join(lines))
        self.file.flush()


def _json(_logger: Any, level: str, event: Any) -> bytes:
    """A line of the log. `at` is in seconds since 1970."""
    if event.pop("exc_info", False):
        event["exception"] = traceback.format_exc()
    return orjson.dumps({"at": time.time(), "level": level, **event}, default=str)
