"""The base path in requests and responses, for services that a proxy shows under a path."""

import hashlib
import re

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.formats.base_path import with_base

_PATHS = re.compile(rb' (?:href|src|action)="(?=/)')
"""The attributes of HTML whose values are paths. No text looks like them, because its quotation marks are escaped."""


class AmbiguousBasePath(ValueError):
    """The service has paths of its own under the base path, so a request could mean two things."""


class BasePath:
    """ASGI middleware that removes the base path from requests. Proxies that remove it themselves work too."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app = app
        self.base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self.base}/"):
            scope["path"] = scope["path"].removeprefix(self.base) or "/"
        await self.app(scope, receive, send)


def under(base: str, response: Response) -> Response:
    """Add the base path to the paths in a response: in its headers, in JSON and in HTML."""
    if not base:
        return response
    headers = response.headers
    if headers.get("location", "").startswith("/"):
        headers["location"] = base + headers["location"]
    if "link" in headers:
        headers["link"] = headers["link"].replace("</", f"<{base}/")
    if "etag" in headers:
        headers["etag"] = f'{headers["etag"][:-1]}-{hashlib.sha256(base.encode()).hexdigest()[:8]}"'
    media_type = headers.get("content-type", "")
    if "content-length" in headers:  # streams have none; what they contain has the base path already
        if media_type.startswith("text/html"):
            response.body = _PATHS.sub(rb"\g<0>" + base.encode(), bytes(response.body))
        elif media_type.endswith("json"):
            response.body = with_base(bytes(response.body), base)
        headers["content-length"] = str(len(response.body))
    return response
