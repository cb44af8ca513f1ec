"""Error handling: every error is answered as a problem, and the cause of each 5xx is logged."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.base_path import under
from app.http.log import logger
from app.http.methods import allowed_methods
from app.http.unknown import unknown_path
from app.problems import Busy, Internal, MethodNotAllowed, Moved, NotFound, Problem, Unavailable

Present = Callable[[Problem, Request], Response]
"""Makes the response of a problem: problem details, or a page."""
_MAX_CAUSE = 2_000
"""Longer causes are cut: an error of the database can repeat a long query."""


class UnhandledErrors:
    """ASGI middleware that answers 500 if the app raises.

    Starlette's own handler runs outside all middleware, so its response would lack request id and CORS headers.
    """

    def __init__(self, app: ASGIApp, present: Present) -> None:
        self.app = app
        self.present = present

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, note_start)
        except Problem as problem:  # of a middleware
            if problem.status >= 500:
                _log(scope, problem.name, problem)
            if started:
                raise
            await self.present(problem, Request(scope))(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            _log(scope, "failed", error)
            if started:
                raise
            failure = Internal("The server failed to answer. The log has the cause under this X-Request-ID.")
            await self.present(failure, Request(scope))(scope, receive, send)


def handle_errors(app: FastAPI, present: Present) -> None:
    """Answer problems and HTTP errors of the framework with `present`, and forward the paths of former ids."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        if problem.status >= 500:
            _log(request.scope, problem.name, problem)
        return present(problem, request)

    @app.exception_handler(Moved)
    async def _moved(request: Request, moved: Moved) -> Response:
        response = moved.response(request.scope["path"], request.scope["query_string"].decode("latin-1"))
        return under(request.app.state.base_path, response)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        problem: Problem
        if error.status_code == MethodNotAllowed.status:
            detail = f"{request.method} is not possible here; the API is read-only."
            problem = MethodNotAllowed(detail, headers={"Allow": allowed_methods(request.scope)})
        elif error.status_code == NotFound.status:
            problem = NotFound(unknown_path(request))
        else:
            _log(request.scope, "failed", error)
            problem = Internal(str(error.detail))
        return present(problem, request)


def _log(scope: Scope, event: str, error: Exception) -> None:
    fields = {"request_id": scope.get("state", {}).get("request_id"), "path": scope["path"]}
    if isinstance(error, Unavailable | Busy):
        cause = {"cause": str(error.__cause__)[:_MAX_CAUSE]} if error.__cause__ else {}
        logger.error(event, extra={"fields": fields | {"detail": error.detail} | cause})
    else:
        logger.error(event, extra={"fields": fields}, exc_info=error)
