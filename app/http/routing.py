"""The route class of the API, and the dependencies that its endpoints declare.

FastAPI documents a route by the endpoint's signature. `ApiRoute` also reads requests by it, which saves some 240 µs of
FastAPI's time for a list with thirty parameters, and reads the database where it blocks no other request.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, params
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.http.headers import request_headers
from app.http.negotiation import DOWNLOADS, FORMATS, JSON, negotiate
from app.problems import Invalid, ProblemError
from app.query.listing import RequestTarget
from app.query.parameters import BaseQuery, Names
from app.query.snapshot import Snapshot
from app.suggest import explain, hint


def api_router(collection: str) -> APIRouter:
    """A router for the paths under `/v1/{collection}`."""
    return _PrefixRouter(prefix=f"/v1/{collection}", tags=[collection], route_class=ApiRoute)


class _PrefixRouter(APIRouter):
    """Rejects paths without its prefix before its routes are tried: with 20 routers, that saves up to 100 µs a request.

    FastAPI 0.165 calls `matches` of each included router. Without that call, only the time is lost.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if self.prefix in scope["path"] else (Match.NONE, {})


def _snapshot() -> Snapshot:
    raise NotImplementedError("SnapshotDep needs a route of the class ApiRoute")


def _target(request: Request) -> RequestTarget:
    target: RequestTarget = request.state.target
    return target


def _public_url(request: Request) -> str:
    url: str = request.app.state.settings.public_url
    return url


SnapshotDep = Annotated[Snapshot, Depends(_snapshot)]
"""The database in one revision. The endpoint runs in the event loop if its query is quick, else in a thread."""
TargetDep = Annotated[RequestTarget, Depends(_target)]
"""The path and parameters of the request, and the media type to send."""
PublicUrlDep = Annotated[str, Depends(_public_url)]
"""The setting `public_url`; empty if it is not set."""


class ApiRoute(APIRoute):
    """A route whose endpoint declares path parameters, one query model, a `Request` and the dependencies above.

    Endpoints are plain functions that return a Response. Without a snapshot they run in the event loop. Anything else
    that FastAPI knows (headers, cookies, bodies, other dependencies) raises TypeError when the module is imported.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.dependencies:
            raise TypeError(f"{self.name}: ApiRoute takes no dependencies but those in the endpoint's signature")
        documented = self.responses.get(200, {}).get("content", {})
        own = [getattr(self.response_class, "media_type", JSON)] if self.response_model or not documented else []
        return _handler(_Endpoint(self.endpoint), (*own, *documented))


class _Endpoint:
    """The signature of an endpoint."""

    def __init__(self, function: Callable[..., Response]) -> None:
        self.function = function
        self.path: dict[str, TypeAdapter[Any]] = {}
        self.query: tuple[str, type[BaseQuery]] | None = None
        self.snapshots: list[str] = []
        self.requests: list[str] = []
        self.dependencies: dict[str, Callable[[Request], Any]] = {}
        hints = get_type_hints(function, include_extras=True)
        returned = hints.pop("return", None)
        if inspect.iscoroutinefunction(function) or not _is_subclass(returned, Response):
            raise TypeError(f"{function.__name__}: an endpoint of ApiRoute is a plain function that returns a Response")
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.default is not parameter.empty or not self._declare(name, hints.get(name)):
                raise TypeError(f"{function.__name__}: ApiRoute cannot supply the parameter '{name}'")

    def _declare(self, name: str, hint: Any) -> bool:
        """Record a parameter. False if its kind is not supported."""
        if _is_subclass(hint, Request):
            self.requests.append(name)
            return True
        if get_origin(hint) is not Annotated:
            return False
        annotation, *notes = get_args(hint)
        markers = [note for note in notes if isinstance(note, params.Param | params.Body | params.Depends)]
        marker = markers[0] if len(markers) == 1 else None
        if isinstance(marker, params.Path) and marker.alias in (None, name):
            self.path[name] = TypeAdapter(hint)
        elif isinstance(marker, params.Query) and _is_subclass(annotation, BaseQuery) and self.query is None:
            self.query = name, annotation
        elif isinstance(marker, params.Depends) and marker.dependency is _snapshot:
            self.snapshots.append(name)
        elif isinstance(marker, params.Depends) and marker.dependency in (_target, _public_url):
            self.dependencies[name] = marker.dependency
        else:
            return False
        return True


def _handler(endpoint: _Endpoint, media_types: tuple[str, ...]) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Read a request by the signature of an endpoint, and call it."""
    model = endpoint.query[1] if endpoint.query else None
    repeatable = {name: _is_repeatable(field) for name, field in model.model_fields.items()} if model else {}

    async def handle(request: Request) -> Response:
        query = request.scope["query_string"]
        parameters = parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
        given = _by_name(parameters, repeatable)
        media_type = _media_type(request, given.get("format"), media_types)
        request.state.target = RequestTarget(request.scope["path"], parameters, media_type)
        values: dict[str, Any] = dict.fromkeys(endpoint.requests, request)
        for name, adapter in endpoint.path.items():
            values[name] = _validated_path(adapter, request.path_params[name], name)
        quick = media_type not in DOWNLOADS
        if endpoint.query:
            name, model = endpoint.query
            values[name] = validated = _validated_query(model, given)
            quick = quick and validated.is_quick()
        for name, dependency in endpoint.dependencies.items():
            values[name] = dependency(request)
        call = partial(endpoint.function, **values)
        if not endpoint.snapshots:
            return call()
        return await request.app.state.store.read(  # type: ignore[no-any-return]
            lambda snapshot: call(**dict.fromkeys(endpoint.snapshots, snapshot)), quick=quick
        )

    return handle


def reject_included_dependencies(routes: Sequence[BaseRoute]) -> None:
    """Raise TypeError if a router with an ApiRoute was included with dependencies, which would not be called."""
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, ApiRoute) and context.dependencies:
            raise TypeError(f"{context.name}: ApiRoute takes no dependencies but those in the endpoint's signature")


def _by_name(parameters: Iterable[tuple[str, str]], repeatable: Mapping[str, bool]) -> dict[str, Any]:
    """The query parameters by name, repeatable ones as lists. Raises Invalid for unknown and for repeated ones."""
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in parameters:
        if name not in repeatable:
            valid = hint(name, repeatable) if repeatable else "; this path takes none"
            wrong[name] = f"there is no such parameter here{valid}"
        elif repeatable[name]:
            given.setdefault(name, []).append(value)
        elif name in given:
            wrong[name] = "takes one value, and was given more; give it once"
        else:
            given[name] = value
    if wrong:
        raise _invalid([ProblemError(parameter=name, detail=detail) for name, detail in wrong.items()])
    return given


def _media_type(request: Request, format_name: str | None, offered: tuple[str, ...]) -> str:
    """The media type to send: by `format` if it is given, else by `Accept`."""
    named = FORMATS.get(format_name or "")
    if named in offered:
        return str(named)
    return negotiate(request_headers(request.scope["headers"]).get(b"accept", b""), offered)


def _validated_path(adapter: TypeAdapter[Any], value: Any, name: str) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _invalid([ProblemError(parameter=name, detail=explain(each, str)) for each in error.errors()]) from None


def _validated_query(model: type[BaseQuery], given: Mapping[str, Any]) -> BaseQuery:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _invalid(
            [ProblemError(parameter=str(each["loc"][0]), detail=explain(each, model)) for each in error.errors()]
        ) from None


def _invalid(errors: list[ProblemError]) -> Invalid:
    return Invalid("; ".join(f"{error.parameter}: {error.detail}" for error in errors), errors)


def _is_repeatable(field: FieldInfo) -> bool:
    """Lists may be repeated, except lists of names: those are one value, separated by commas."""
    return get_origin(field.annotation) is tuple and not any(isinstance(note, Names) for note in field.metadata)


def _is_subclass(value: Any, of: type) -> bool:
    return isinstance(value, type) and issubclass(value, of)
