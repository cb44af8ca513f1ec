"""The connections of clients: limits for slow ones and for those that send or keep too much.

uvicorn 0.54 bounds none of this with httptools: a request may arrive for ever, its headers may fill the memory, and a
client that does not read keeps its connection, also when the service stops.
"""

import asyncio
from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.formats.base_path import base_path
from app.http.base_path import under
from app.http.security import HEADERS
from app.problems import RETRY, Busy, HeadersTooLarge, Problem, RequestTimeout
from app.settings import Settings

_END_OF_HEAD = b"\r\n\r\n"
_MAX_BYTES = 300_000
"""The maximum size of a request with its body. `app.http.limits` answers those that exceed its own, lower limits."""
_MIN_PROGRESS_BYTES = 8_192
"""A client that reads fewer bytes in the time of the setting `client_seconds` is disconnected."""
_CHECKS = 4
"""Each connection is checked this often in the time of the setting `client_seconds`."""


def limited_connections(settings: Settings) -> type[asyncio.Protocol]:
    """The HTTP protocol for uvicorn, with the limits of the settings."""
    return cast(type[asyncio.Protocol], partial(_Connection, settings, set()))


class _Connection(asyncio.Protocol):
    """Passes events to uvicorn's protocol, and ends the connection if the client is too slow or sends too much."""

    transport: asyncio.Transport

    def __init__(self, settings: Settings, connections: "set[_Connection]", **options: Any) -> None:
        self._http = HttpToolsProtocol(**options)
        self._loop = asyncio.get_running_loop()
        self._base = base_path(settings.public_url)
        self._seconds = settings.client_seconds
        self._max_connections = settings.connections
        self._connections = connections
        """The open connections of the process."""
        self._end = b""
        """The last bytes received: the end of a head can come in two parts."""
        self._received = 0
        """Bytes received since the last end of a head."""
        self._in_head = True
        """False if these bytes may be a body."""
        self._waiting_since: float | None = None
        """Time since which a request is expected, or is arriving."""
        self._unsent = 0
        """Bytes that the client had not read at `_progress_at`."""
        self._progress_at = 0.0
        """Time at which the client had last read enough."""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if len(self._connections) >= self._max_connections:
            self._reject(Busy("The service has too many connections. Try again in a moment.", headers=RETRY))
            return
        self._connections.add(self)
        self._waiting_since = self._progress_at = self._loop.time()
        self._http.connection_made(self.transport)
        self._check()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._connections.discard(self)
            self._http.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._count(data)
        if self._received <= _MAX_BYTES:
            self._http.data_received(data)
        elif self._in_head:
            self._reject(HeadersTooLarge(f"The request has more than {_MAX_BYTES:,} bytes of headers. Send fewer."))
        else:
            self.transport.close()

    def eof_received(self) -> None:
        self._http.eof_received()

    def pause_writing(self) -> None:
        self._http.pause_writing()

    def resume_writing(self) -> None:
        if self.transport.is_closing():  # uvicorn would write to a closed transport
            return
        self._progress_at, self._unsent = self._loop.time(), self.transport.get_write_buffer_size()
        self._http.resume_writing()

    def _count(self, data: bytes) -> None:
        """Count the bytes of the request that is arriving."""
        if not self._received and data.endswith(_END_OF_HEAD):  # nearly all requests arrive in one piece
            self._waiting_since, self._in_head = None, not data.startswith(b"POST ")
            return
        arrived = self._end + data
        end = arrived.rfind(_END_OF_HEAD)
        if end >= 0:
            self._received = len(arrived) - end - len(_END_OF_HEAD)
            self._waiting_since, self._in_head = None, not self._received
        else:
            self._received += len(data)
        self._end = arrived[1 - len(_END_OF_HEAD) :] if self._received else b""
        if self._received and self._waiting_since is None:
            self._waiting_since = self._loop.time()

    def _check(self) -> None:
        """End the connection if the client was too slow. Otherwise check again later."""
        now, unsent = self._loop.time(), self.transport.get_write_buffer_size()
        if not unsent or unsent <= self._unsent - _MIN_PROGRESS_BYTES or not self._unsent:
            self._progress_at, self._unsent = now, unsent
        self._unsent = max(self._unsent, unsent)
        if now - self._progress_at > self._seconds:
            self.transport.abort()
        elif self._waiting_since is not None and now - self._waiting_since > self._seconds:
            detail = f"The request did not arrive within {self._seconds:g} seconds. Send it whole."
            self._reject(RequestTimeout(detail)) if self._received and self._in_head else self.transport.close()
        self._timer = self._loop.call_later(self._seconds / _CHECKS, self._check)

    def _reject(self, problem: Problem) -> None:
        """Answer with a problem, and close the connection."""
        response = under(self._base, problem.response(""))
        lines = [f"HTTP/1.1 {problem.status} {problem.title}".encode(), b"connection: close"]
        lines += [name + b": " + value for name, value in (*response.raw_headers, *HEADERS)]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        self.transport.close()
