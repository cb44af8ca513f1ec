"""From a request to a question, and from a question to an answer: what every route has in common.

A route is a function from what it asks for (`question`, ids of the path, `reader` …) to a response. What it asks for is
declared as FastAPI has it, and documented by it.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import lru_cache, partial
from typing import Annotated, Any
from urllib.parse import parse_qsl

import mimeparse
from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.formats.export import EXPORTS
from app.formats.graph import GRAPHS
from app.http.representation import asked_headers
from app.problems import Invalid, NotAcceptable, ProblemError
from app.query.listing import RequestTarget
from app.query.parameters import BaseQuery, Names
from app.query.snapshot import Snapshot
from app.suggest import explain, hint

JSON, CSV, JSONL = "application/json", "text/csv", EXPORTS["jsonl"].media_type
FORMATS = {"json": JSON, "csv": CSV} | GRAPHS | {name: export.media_type for name, export in EXPORTS.items()}
"""What the parameter `format` calls a media type."""


def _snapshot() -> Snapshot:
    raise NotImplementedError("a route gets its reader from the store")


def _asked(request: Request) -> RequestTarget:
    target: RequestTarget = request.scope["asked"]
    return target


def _public_url(request: Request) -> str:
    url: str = request.app.state.settings.public_url
    return url


SnapshotDep = Annotated[Snapshot, Depends(_snapshot)]
TargetDep = Annotated[RequestTarget, Depends(_asked)]
PublicUrlDep = Annotated[str, Depends(_public_url)]
"""Where the service is reached from outside; empty where it does not know."""


class ApiRoute(APIRoute):
    """A route whose request is read in one go, and whose answer is made where it holds up nobody.

    FastAPI would look up the fields of a query model one by one, and open stacks for what there is to close after the
    answer, which is nothing: that takes longer than many an answer.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        answer = self._handler()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            response = await answer(Request(scope, receive, send))
            await response(scope, receive, send)

        self.app = app

    def _handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        declared = self.dependant
        calls = {str(needed.name): needed.call for needed in declared.dependencies if needed.call is not _snapshot}
        readers = [str(needed.name) for needed in declared.dependencies if needed.call is _snapshot]
        models: dict[str, Any] = {field.name: field.field_info.annotation for field in declared.query_params}
        repeated = {name: _repeats(field) for model in models.values() for name, field in model.model_fields.items()}
        own: Any = getattr(self.response_class, "value", self.response_class)  # a default comes wrapped
        documented = (
            *([own.media_type] if self.response_model else []),
            *self.responses.get(200, {}).get("content", {}),
        )

        async def handle(request: Request) -> Response:
            query = request.scope["query_string"]
            parameters = parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
            given = _given(parameters, repeated)
            target = RequestTarget(request.scope["path"], parameters, _media_type(request, given, documented))
            request.scope["asked"] = target
            values: dict[str, Any] = {declared.request_param_name: request} if declared.request_param_name else {}
            for field in declared.path_params:
                values[field.name], errors = field.validate(request.path_params[field.alias], {}, loc=(field.alias,))
                _refuse(errors or ())
            for name, model in models.items():
                values[name] = _validated(model, given)
            for name, call in calls.items():
                values[name] = call(request)  # type: ignore[misc]
            answer = partial(self.endpoint, **values)
            if not readers:
                return answer()  # type: ignore[no-any-return]
            quick = target.media_type not in (CSV, JSONL) and all(values[name].is_quick() for name in models)
            return await request.app.state.store.read(  # type: ignore[no-any-return]
                lambda snapshot: answer(**dict.fromkeys(readers, snapshot)), quick=quick
            )

        return handle


def api_router(collection: str) -> APIRouter:
    """A router for what is under `/v1/{collection}`."""
    return APIRouter(prefix=f"/v1/{collection}", tags=[collection], route_class=ApiRoute)


def _given(parameters: Iterable[tuple[str, str]], repeated: Mapping[str, bool]) -> dict[str, Any]:
    """The parameters by name, those that may be repeated as lists. Raises Invalid for unknown and for doubled ones."""
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in parameters:
        if name not in repeated:
            takes = hint(name, repeated) if repeated else "; this path takes none"
            wrong[name] = f"there is no such parameter here{takes}"
        elif repeated[name]:
            given.setdefault(name, []).append(value)
        elif name in given:
            wrong[name] = "takes one value, and was given more; give it once"
        else:
            given[name] = value
    if wrong:
        raise _invalid([ProblemError(parameter=name, detail=detail) for name, detail in wrong.items()])
    return given


def _validated(model: type[BaseQuery], given: Mapping[str, Any]) -> BaseQuery:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        _refuse(error.errors())
        raise


def _refuse(errors: Iterable[Any]) -> None:
    found = [ProblemError(parameter=str(error["loc"][0]), detail=explain(error)) for error in errors]
    if found:
        raise _invalid(found)


def _invalid(errors: list[ProblemError]) -> Invalid:
    return Invalid("; ".join(f"{error.parameter}: {error.detail}" for error in errors), errors)


def _repeats(field: Any) -> bool:
    """Whether a parameter may be given more than once; names are listed in one value, joined by commas."""
    return getattr(field.annotation, "__origin__", None) is tuple and not any(
        isinstance(note, Names) for note in field.metadata
    )


def _media_type(request: Request, given: Mapping[str, Any], documented: tuple[str, ...]) -> str:
    """The media type to send: the one that `format` names, or that `Accept` prefers, of those documented for 200.

    Raises NotAcceptable where there is none such.
    """
    named = FORMATS.get(given.get("format", ""))
    if named in documented:
        return str(named)
    return _negotiated(asked_headers(request.scope["headers"]).get(b"accept", b"").decode("latin-1"), documented)


@lru_cache(1000)
def _negotiated(header: str, documented: tuple[str, ...]) -> str:
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
