"""What routes ask for: a reader of the database, parameters that are all known, an answer that is acceptable."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import mimeparse
from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from app.advice import hint
from app.database import reading
from app.problems import Invalid, NotAcceptable, ProblemError, Unavailable
from app.query.page import Asked
from app.query.question import Names
from app.query.reader import Reader


async def _reader(request: Request) -> AsyncIterator[Reader]:
    try:
        with reading(request.app.state.engine) as connection:
            yield Reader(connection)
    except OperationalError as error:
        raise Unavailable(
            "The database cannot be read just now; try again in a moment.", headers={"Retry-After": "5"}
        ) from error


ReaderDep = Annotated[Reader, Depends(_reader, scope="function")]


async def _asked(request: Request) -> Asked:
    return Asked(request.url.path, request.query_params.multi_items())


AskedDep = Annotated[Asked, Depends(_asked)]


async def known_parameters(request: Request) -> None:
    """Refuse parameters that the operation does not have, and single ones that are given twice."""
    if not request.query_params:
        return
    fields = _parameters(request.scope["route"])
    errors = []
    for name in dict.fromkeys(request.query_params.keys()):
        if name not in fields:
            takes = hint(name, fields) if fields else "; this path takes none"
            errors.append(ProblemError(parameter=name, detail=f"there is no such parameter here{takes}"))
        elif len(request.query_params.getlist(name)) > 1 and not fields[name]:
            errors.append(ProblemError(parameter=name, detail="takes one value, and was given more; give it once"))
    if errors:
        raise Invalid("; ".join(f"{error.parameter}: {error.detail}" for error in errors), errors)


def accepts(*media_types: str) -> Callable[[Request], None]:
    """A dependency that refuses requests which accept none of these media types."""

    def check(request: Request) -> None:
        header = ", ".join(request.headers.getlist("accept"))
        try:
            fits = not header.strip() or mimeparse.best_match(media_types, header)
        except mimeparse.MimeTypeParseException:
            fits = ""
        if not fits:
            raise NotAcceptable(
                f"Accept: {header[:200]!r} leaves nothing to send; this path has {' and '.join(media_types)}."
            )

    return check


def _parameters(route: Any) -> dict[str, bool]:
    """The query parameters of a route, each with whether it may be repeated."""
    fields: dict[str, bool] = {}
    for parameter in route.dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, field in annotation.model_fields.items():
                fields[name] = _repeats(field)
        else:
            fields[parameter.alias] = False
    return fields


def _repeats(field: Any) -> bool:
    return getattr(field.annotation, "__origin__", None) is list and not any(
        isinstance(m, Names) for m in field.metadata
    )
