"""Conditional requests: the entity tag of a response, `If-None-Match` and 304 (RFC 9110, 13)."""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.http.bodiless import BodyNotSent, without_body
from app.http.headers import request_headers
from app.query.snapshot import Snapshot

_NOT_IN_304 = (b"content-length", b"content-type", b"content-encoding", b"link")


def entity_tag(snapshot: Snapshot, representation: str) -> str:
    """A strong entity tag for a media type (and what else its content depends on), before content coding."""
    revision = f"{snapshot.dataset} {snapshot.revision} {snapshot.token} {snapshot.render_version}"
    identity = f"{revision} {__version__} {representation}"
    return f'"{snapshot.revision}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"'


class ConditionalRequests:
    """ASGI middleware that answers 304 if the client already has the response, by its entity tag."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = request_headers(scope["headers"]).get(b"if-none-match") if scope["type"] == "http" else None
        if known is None:
            await self.app(scope, receive, send)
            return

        async def send_if_changed(message: Message) -> None:
            nonlocal send
            is_ok = message["type"] == "http.response.start" and message["status"] == 200
            if is_ok and matches(known, dict(message["headers"]).get(b"etag")):
                message = {**message, "status": 304, "headers": not_modified(message["headers"])}
                send = without_body(send)
            await send(message)

        with suppress(BodyNotSent):
            await self.app(scope, receive, send_if_changed)


def matches(if_none_match: bytes, etag: bytes | None) -> bool:
    """Compare the entity tags of `If-None-Match` with that of a response, weakly (RFC 9110, 13.1.2)."""
    return etag is not None and (if_none_match in (etag, b"*") or etag in re.findall(rb'"[^"]*"', if_none_match))


def not_modified(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Select the headers of a 304 from those of the 200."""
    return [header for header in headers if header[0] not in _NOT_IN_304]
