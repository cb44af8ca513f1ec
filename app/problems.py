"""Errors, in one shape everywhere: RFC 9457 problem details, `application/problem+json`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"


class ProblemError(BaseModel):
    """One thing that was wrong, and where."""

    parameter: str | SkipJsonSchema[None] = Field(
        default=None, description="The parameter that it is about; absent where it is about none.", examples=["limit"]
    )
    pointer: str | SkipJsonSchema[None] = Field(
        default=None,
        description="JSON Pointer to the part that it is about; absent where it is about none.",
        examples=["/date"],
    )
    detail: str = Field(description="What is wrong with it, and what would be right.")


class ProblemDetails(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field(description="Path of a page that explains this type of problem.", examples=["/problems/invalid"])
    title: str = Field(description="The type of problem in a few words.", examples=["Invalid request"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What went wrong this time, and what would be right.")
    instance: str = Field(description="The path that was asked for.", examples=["/v1/actors"])
    errors: list[ProblemError] = Field(description="Each thing that was wrong; empty where `detail` says it all.")


class Problem(Exception):
    """A request that cannot be answered. Subclasses are the types of problem, and their docstrings explain them."""

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
        details = ProblemDetails(
            type=f"/problems/{self.name}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=path,
            errors=self.errors,
        )
        content = details.model_dump(mode="json")
        content["errors"] = [error.model_dump(exclude_none=True) for error in self.errors]
        return content

    def response(self, path: str) -> Response:
        """The problem as a response to a request for `path`."""
        headers = {"Cache-Control": "no-store"} | self.headers
        return JSONResponse(self.content(path), self.status, headers=headers, media_type=MEDIA_TYPE)


class NotFound(Problem):
    """Nothing is at this path. Paths are case-sensitive and end without a slash; ids are those that lists show."""

    status, name, title = 404, "not-found", "Not found"


class MethodNotAllowed(Problem):
    """The path exists, but not for this method. The API is read-only: GET, HEAD and OPTIONS; see `Allow`."""

    status, name, title = 405, "method-not-allowed", "Method not allowed"


class NotAcceptable(Problem):
    """The path has no representation of a media type that `Accept` allows. Widen it, or leave it out."""

    status, name, title = 406, "not-acceptable", "Not acceptable"


class Conflict(Problem):
    """What the request goes on from is not of this dataset, or not of its past: it was restored. Start again."""

    status, name, title = 409, "conflict", "Conflict"


class Gone(Problem):
    """There was such a record, but its document no longer has it. The change feed says since when."""

    status, name, title = 410, "gone", "Gone"


class Invalid(Problem):
    """The path exists, but a parameter is unknown, is given twice or has a value that it cannot have."""

    status, name, title = 422, "invalid", "Invalid request"


class Internal(Problem):
    """The server failed. Nothing is wrong with the request; `X-Request-ID` names it in the log."""

    status, name, title = 500, "internal", "Internal server error"


class Unavailable(Problem):
    """The server cannot answer just now: its database is out of reach or is not ready. Try again later."""

    status, name, title = 503, "unavailable", "Service unavailable"


def invalid(parameter: str, detail: str) -> Invalid:
    """The problem of one wrong parameter."""
    return Invalid(f"{parameter}: {detail}", [ProblemError(parameter=parameter, detail=detail)])


EXAMPLES: dict[Problem, str] = {
    NotFound(
        "There is no actor 'north-corea'; did you mean 'north-korea'? /v1/actors lists them."
    ): "/v1/actors/north-corea",
    MethodNotAllowed("POST is not possible here; the API is read-only."): "/v1/actors",
    NotAcceptable("Accept: 'image/png' leaves nothing to send; this path has application/json."): "/v1/actors",
    Conflict("The dataset is at revision 2, which is before 7: it is another, or was restored. Start again."): (
        "/v1/changes"
    ),
    Gone("The actor 'north-corea' was removed in revision 2, at 2022-05-01T12:00:00Z."): "/v1/actors/north-corea",
    invalid("limt", "there is no such parameter here; did you mean 'limit'?"): "/v1/actors",
    Internal("The server failed to answer; the log has the reason under this X-Request-ID."): "/v1/actors",
    Unavailable("The database cannot be read just now; try again in a moment."): "/v1/actors",
}
"""One of each type of problem, as the docs show it, with the path that it answers."""

PROBLEMS: tuple[type[Problem], ...] = tuple(type(example) for example in EXAMPLES)


def responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """What an operation documents: these problems, and those that any can have."""
    return {
        problem.status: {"description": problem.__doc__}
        for problem in PROBLEMS
        if problem in {*problems, NotAcceptable, Invalid, Internal, Unavailable}
    }
