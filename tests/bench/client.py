"""HTTP client that sends one request at a time."""

from http.client import HTTPConnection

import orjson

ACCEPT = "text/html, */*;q=0.8"
"""The `Accept` of all requests, as a browser sends it: pages are HTML, and the API ignores it."""


class Client:
    """Sends one request at a time to a contender, over one connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a GET request; return the status, headers and body of the response."""
        headers["Accept"] = ACCEPT
        try:
            self._connection.request("GET", path, headers=headers)
            response = self._connection.getresponse()
        except ConnectionError:  # the server closed the idle connection: reconnect
            self._connection.close()
            self._connection.request("GET", path, headers=headers)
            response = self._connection.getresponse()
        return response.status, response.getheaders(), response.read()

    def page(self, path: str) -> dict[str, object]:
        """Request a page of a list and parse it. Raise ValueError unless the status is 200."""
        status, _, body = self.get(path)
        if status != 200:
            raise ValueError(f"{path} returned {status}: {body[:500]!r}")
        page: dict[str, object] = orjson.loads(body)
        return page
