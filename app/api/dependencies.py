"""What routes ask for: a reader of the database, parameters that are all known, an answer that is acceptable."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import mimeparse
from fastapi import Depends, Request
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from app.advice import hint
from app.database import reading, unavailable
from app.formats.export import EXPORTS
from app.formats.graph import GRAPHS
from app.problems import Invalid, NotAcceptable, ProblemError, Unavailable
from app.query.page import Asked
from app.query.question import Names
from app.query.reader import Reader


async def _reader(request: Request) -> AsyncIterator[Reader]:
    try:
        with reading(request.app.state.engine) as connection:
            yield Reader(connection)
    except DBAPIError as error:
        if not unavailable(error):
            raise
        raise Unavailable(
            "The database cannot be read just now; try again in a moment.", headers={"Retry-After": "5"}
        ) from error


JSON, CSV, JSONL = "application/json", "text/csv", EXPORTS["jsonl"].media_type
FORMATS = {"json": JSON, "csv": CSV} | GRAPHS | {name: export.media_type for name, export in EXPORTS.items()}
"""What the parameter `format` calls a media type."""

ReaderDep = Annotated[Reader, Depends(_reader, scope="function")]


async def acceptable(request: Request) -> str:
    """The media type to send: the one that `format` names, or that `Accept` prefers, of those documented for 200.

    Raises NotAcceptable where there is none such.
    """
    route: Any = request.scope["route"]
    own = getattr(route.response_class, "value", route.response_class).media_type  # a default comes wrapped
    documented = [*([own] if route.response_model else []), *route.responses.get(200, {}).get("content", {})]
    named = FORMATS.get(request.query_params.get("format", ""))
    if named in documented:
        return str(named)
    header = ", ".join(request.headers.getlist("accept"))
    try:
        # Of types that are preferred alike, mimeparse takes the last.
        fits = mimeparse.best_match(documented[::-1], header) if header.strip() else documented[0]
    except mimeparse.MimeTypeParseException:
        fits = ""
    if not fits:
        raise NotAcceptable(
            f"Accept: {header[:200]!r} leaves nothing to send; this path has {' and '.join(documented)}."
        )
    return str(fits)


async def _public_url(request: Request) -> str:
    url: str = request.app.state.settings.public_url
    return url


PublicUrlDep = Annotated[str, Depends(_public_url)]
"""Where the service is reached from outside; empty where it does not know."""


async def _asked(request: Request, media_type: Annotated[str, Depends(acceptable)]) -> Asked:
    return Asked(request.url.path, request.query_params.multi_items(), media_type)


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
