"""The limits of requests: the size of URL and headers, and the number of requests at a time."""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.problems import RETRY, Busy, HeadersTooLarge, UrlTooLong
from app.settings import Settings

_ALWAYS = {"/healthz", "/readyz", "/metrics"}
"""Paths that a busy service answers too: an operator looks there for the reason."""


class Limits:
    """ASGI middleware that rejects requests above the limits, before anything is read for them.

    Cached responses don't count: they take neither memory nor time.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self._requests = 0
        """The number of requests that are being answered."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._check(scope)
        self._requests += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._requests -= 1

    def _check(self, scope: Scope) -> None:
        most = self.settings
        url = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if url > most.url_bytes:
            raise UrlTooLong(
                f"The URL has {url:,} bytes; at most {most.url_bytes:,} are possible. Ask for fewer values."
            )
        headers = sum(len(name) + len(value) for name, value in scope["headers"])
        if headers > most.header_bytes:
            detail = f"The headers have {headers:,} bytes; at most {most.header_bytes:,} are possible. Send fewer."
            raise HeadersTooLarge(detail)
        if self._requests >= most.requests and scope["path"] not in _ALWAYS:
            raise Busy(
                f"The service is answering {most.requests} requests already. Try again in a moment.", headers=RETRY
            )
