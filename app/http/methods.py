"""HEAD, OPTIONS and the `Allow` header."""

from contextlib import suppress

from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.bodiless import BodyNotSent, without_body

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Methods:
    """ASGI middleware that answers HEAD like GET without the body, and OPTIONS with the methods of the path."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            get = {**scope, "method": "GET"}
            with suppress(BodyNotSent):
                await self.app(get, receive, without_body(send))
            scope["route"] = get.get("route")
        elif scope["type"] == "http" and scope["method"] == "OPTIONS" and (allow := allowed_methods(scope)):
            await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", allow.encode())]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, send)


def allowed_methods(scope: Scope) -> str:
    """The value of `Allow` for the path of a request; empty if there is no such path."""
    request = {"type": "http", "path": scope["path"], "root_path": scope.get("root_path", ""), "headers": []}
    methods = [
        method
        for method in _METHODS
        if any(route.matches({**request, "method": method})[0] is Match.FULL for route in scope["app"].routes)
    ]
    if "GET" in methods:
        methods += ["HEAD", "OPTIONS"]
    return ", ".join(methods)
