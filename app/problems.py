"""Problem details (RFC 9457): the errors of the API, as `application/problem+json`."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"
MAX_MISTAKES = 10
"""The maximum number of mistakes that a problem describes."""


class ProblemError(BaseModel):
    """One mistake in a request, and its location."""

    parameter: str | SkipJsonSchema[None] = Field(
        default=None, description="The parameter with the mistake. Absent for other locations.", examples=["limit"]
    )
    pointer: str | SkipJsonSchema[None] = Field(
        default=None,
        description="JSON Pointer to the part with the mistake. Absent for other locations.",
        examples=["/date"],
    )
    detail: str = Field(description="What is wrong, and what is valid.")


class ProblemDetails(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field(description="Path of a page that explains this type of problem.", examples=["/problems/invalid"])
    title: str = Field(description="The type of problem in a few words.", examples=["Invalid request"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What went wrong in this request, and what is valid.")
    instance: str = Field(description="The requested path.", examples=["/v1/actors"])
    errors: list[ProblemError] = Field(
        description=f"The first {MAX_MISTAKES} mistakes, each with its location. Empty if there is no more to say than "
        "`detail`."
    )


class Problem(Exception):
    """Base class of the types of problem. Each docstring is shown on the page of the type and in OpenAPI."""

    status: ClassVar[int]
    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(
        self, detail: str, errors: list[ProblemError] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []
        self.headers = dict(headers or {})

    def content(self, path: str) -> dict[str, Any]:
        """The problem details of a request for `path`."""
        return ProblemDetails(
            type=f"/problems/{self.name}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=path,
            errors=self.errors,
        ).model_dump(exclude_none=True)

    def response(self, path: str) -> Response:
        """The problem as a response to a request for `path`."""
        headers = {"Cache-Control": "no-store"} | self.headers
        return JSONResponse(self.content(path), self.status, headers=headers, media_type=MEDIA_TYPE)


class Moved(Exception):
    """The record has another id now. `Location` has its path, with the same query."""

    status = 301

    def __init__(self, plural: str, old: str, now: str) -> None:
        super().__init__(now)
        self.old = f"/{plural}/{old}"
        self.now = f"/{plural}/{now}"

    def response(self, path: str, query: str) -> Response:
        """The response to a request for a path of the record. A later load may end the forward, so it is not cached."""
        location = path.replace(self.old, self.now, 1) + (f"?{query}" if query else "")
        return Response(status_code=self.status, headers={"Location": location, "Cache-Control": "no-cache"})


class NotFound(Problem):
    """Nothing is at this path. Paths are case-sensitive and end without a slash; lists show the valid ids."""

    status, name, title = 404, "not-found", "Not found"


class MethodNotAllowed(Problem):
    """The path does not have this method. The API is read-only. `Allow` lists the methods of the path."""

    status, name, title = 405, "method-not-allowed", "Method not allowed"


class Conflict(Problem):
    """The request continues from a state that this dataset never had, as after a restore. Start again."""

    status, name, title = 409, "conflict", "Conflict"


class Gone(Problem):
    """The record was deleted. The change feed has the revision."""

    status, name, title = 410, "gone", "Gone"


class ContentTooLarge(Problem):
    """The body of the request is too large, or has too many items. Send it in several parts."""

    status, name, title = 413, "content-too-large", "Content too large"


class Invalid(Problem):
    """A parameter is unknown, is repeated although it takes one value, or has an invalid value."""

    status, name, title = 422, "invalid", "Invalid request"


class RequestTimeout(Problem):
    """The request did not arrive in time. Send it again, whole."""

    status, name, title = 408, "request-timeout", "Request timeout"


class UrlTooLong(Problem):
    """The URL is too long. Ask for fewer values, or for a whole list as a file."""

    status, name, title = 414, "url-too-long", "URL too long"


class HeadersTooLarge(Problem):
    """The headers of the request are too large. Send fewer."""

    status, name, title = 431, "headers-too-large", "Headers too large"


class Internal(Problem):
    """The server failed; the request may be correct. The log has the cause, under the `X-Request-ID`."""

    status, name, title = 500, "internal", "Internal server error"


class Unavailable(Problem):
    """The database is unavailable or not ready. Try again later."""

    status, name, title = 503, "unavailable", "Service unavailable"


class Busy(Problem):
    """The service has too many requests, or this one takes too long. Try again later, or ask for less."""

    status, name, title = 503, "busy", "Service busy"


RETRY = {"Retry-After": "5"}
"""The header of a problem that may have passed after some seconds."""


def invalid(parameter: str, detail: str) -> Invalid:
    """The problem of one invalid parameter."""
    return invalid_parameters([(parameter, detail)])


def invalid_parameters(mistakes: Iterable[tuple[str, str]]) -> Invalid:
    """The problem of the first mistakes: each is the name of a parameter, and what is wrong with it."""
    first = islice(mistakes, MAX_MISTAKES)  # a suggestion for each of thousands would take seconds
    errors = [ProblemError(parameter=parameter, detail=detail) for parameter, detail in first]
    return Invalid("; ".join(f"{error.parameter}: {error.detail}" for error in errors), errors)


UNAVAILABLE = Unavailable("The database cannot be read just now; try again in a moment.")
EXAMPLES: dict[Problem, str] = {
    NotFound(
        "There is no actor 'north-corea'; did you mean 'north-korea'? /v1/actors lists them."
    ): "/v1/actors/north-corea",
    MethodNotAllowed("POST is not possible here; the API is read-only."): "/v1/actors",
    Conflict("This dataset was never in the state '7-5f48e3e49a4a405b': start again, without `since`."): "/v1/changes",
    Gone("The actor 'north-corea' was removed in revision 2, at 2022-05-01T12:00:00Z."): "/v1/actors/north-corea",
    invalid("limt", "there is no such parameter here; did you mean 'limit'?"): "/v1/actors",
    ContentTooLarge("The batch has 80 queries; at most 50 are possible. Send fewer at a time."): "/v1/reconcile",
    RequestTimeout("The request did not arrive within 20 seconds. Send it whole."): "/v1/actors",
    UrlTooLong("The URL has 20,000 bytes; at most 8,192 are possible. Ask for fewer values."): "/v1/actors",
    HeadersTooLarge("The headers have 40,000 bytes; at most 32,768 are possible. Send fewer."): "/v1/actors",
    Internal("The server failed to answer. The log has the cause under this X-Request-ID."): "/v1/actors",
    Busy("The query took longer than 10 seconds. Ask for less, or try again later."): "/v1/search",
    UNAVAILABLE: "/v1/actors",
}
"""An example of each type of problem, with the requested path. They are shown in OpenAPI."""

PROBLEMS: tuple[type[Problem], ...] = tuple(type(example) for example in EXAMPLES)
