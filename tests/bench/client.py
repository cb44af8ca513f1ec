"""A client that asks one thing at a time."""

from http.client import HTTPConnection

import orjson


class Client:
    """Asks a contender one thing at a time, over one connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """The status, the headers and the body for a path and query."""
        try:
            self._connection.request("GET", path, headers=headers)
            answer = self._connection.getresponse()
        except ConnectionError:  # idle for too long; the next request connects anew
            self._connection.close()
            self._connection.request("GET", path, headers=headers)
            answer = self._connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def page(self, path: str) -> dict[str, object]:
        """A page of a list."""
        status, _, body = self.get(path)
        if status != 200:
            raise ValueError(f"{path} is answered with {status}: {body[:500]!r}")
        page: dict[str, object] = orjson.loads(body)
        return page
