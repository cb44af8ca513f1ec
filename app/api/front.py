"""The outermost layer, which each request passes through: what is kept in memory is answered here, and goes no further.

A request gets an id, or keeps the one it came with, which is sent back as `X-Request-ID`; it is timed and counted.
"""

import itertools
import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.representation import route_of
from app.http.response_cache import CachedResponse, ResponseCache, read
from app.http.telemetry import Telemetry

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")


class Front:
    """Answers from memory, or has the app answer."""

    def __init__(self, app: ASGIApp, cache: ResponseCache, telemetry: Telemetry) -> None:
        self.app = app
        self.memory = cache
        self.telemetry = telemetry
        numbered = secrets.token_hex(6).encode() + b"-%x"
        self.ids = map(numbered.__mod__, itertools.count(1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif answer := self.remembered(scope):
            headers = [*answer.headers, (b"x-request-id", scope["request_id"])]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})
        else:
            await self.ask(scope, receive, send)

    def remembered(self, scope: Scope) -> CachedResponse | None:
        """The answer to a request from memory, which counts as sent; None where the app is to be asked."""
        started = time.perf_counter()
        target = read(scope)
        request_id = target.id
        if request_id is None or not _REQUEST_ID.fullmatch(request_id):
            request_id = next(self.ids)
        scope["request_id"] = request_id
        answer = self.memory.find(target) if scope["method"] == "GET" else None
        if answer is not None:
            self.telemetry.request(scope, answer.route, answer.status, started)
        return answer

    async def ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the app answer a request whose answer is not remembered."""
        started, status = time.perf_counter(), 0

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", scope["request_id"])]}
            await send(message)

        try:
            await self.app(scope, receive, self.memory.keeping(scope, tagged))
        finally:
            self.telemetry.request(scope, route_of(scope), status, started)
