"""Uvicorn, but an answer from memory is written as it was kept: to say its headers anew is most of the work."""

from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.api.front import Front
from app.http.response_cache import CachedResponse

_TOGETHER = 2**14
"""A body of so many bytes goes out with its head: to copy it costs less than another call of the system."""


class Server(uvicorn.Server):
    """A server of what is behind a front."""

    def __init__(self, front: Front, host: str, port: int, log_level: str = "info") -> None:
        # By which scheme and host one asks changes no answer: nobody needs to find out what a proxy says of them.
        config = uvicorn.Config(
            front,
            host,
            port,
            http=_Protocol,
            log_level=log_level,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        super().__init__(config)


class _Protocol(HttpToolsProtocol):
    """Asks the front before it starts a task. If uvicorn ever starts its tasks otherwise, it does what uvicorn does."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # First all requests that came are read, and then they are answered: to take turns costs half as much again.
        self.loop.call_soon(self._answer, cycle, app)

    def _answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.keep_alive and not (cycle.waiting_for_100_continue or self.flow.write_paused or cycle.disconnected):
            scope: Any = cycle.scope
            answer = app.remembered(scope)
            if answer is not None:
                self._write(cycle, answer, scope["request_id"])
                return
            app = app.ask
        super()._start_asgi_task(cycle, app)

    def _write(self, cycle: RequestResponseCycle, answer: CachedResponse, request_id: bytes) -> None:
        own = (b"%b: %b\r\n" % header for header in cycle.default_headers)
        head = b"".join([answer.head, *own, b"x-request-id: %b\r\n\r\n" % request_id])
        if len(answer.body) <= _TOGETHER:
            self.transport.write(head + answer.body)
        else:
            self.transport.write(head)
            self.transport.write(answer.body)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()
