"""The route class of the API, and the dependencies that its endpoints declare.

FastAPI documents a route by its endpoint's signature. `ApiRoute` also parses requests by it. For a list with thirty
parameters, this is some 240 µs faster than FastAPI. Slow reads of the database run in a thread.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, Depends, Request, params
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ValidationError, create_model
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.http.base_path import under
from app.http.forms import read_form
from app.http.unknown import files_of, unknown_parameter
from app.problems import invalid_parameters
from app.query.listing import RequestTarget
from app.query.parameters import BaseQuery, parts_of
from app.query.snapshot import Snapshot
from app.query.watch import Abandoned
from app.suggest import explain

M = TypeVar("M", bound=BaseModel)

_CLIENT_HAS_GONE = 499
"""The status in the log for a request whose client left before the response. It is not sent."""


def api_router(path: str, tag: str = "") -> APIRouter:
    """A router for the paths that begin with `/v1/{path}`. Its tag in OpenAPI is `path` by default."""
    return _PrefixRouter(prefix=f"/v1/{path}", tags=[tag or path], route_class=ApiRoute)


class _PrefixRouter(APIRouter):
    """Rejects paths without its prefix before it tries its routes: with 20 routers, this saves up to 100 µs a request.

    FastAPI 0.165 calls `matches` of each included router. If a later version stops calling it, requests become slower,
    and nothing else changes.
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


def _form() -> dict[str, str]:
    raise NotImplementedError("FormDep needs a route of the class ApiRoute")


SnapshotDep = Annotated[Snapshot, Depends(_snapshot)]
"""The database in one revision. Endpoints with it run in the event loop if their query is quick, else in a thread."""
TargetDep = Annotated[RequestTarget, Depends(_target)]
"""The path and parameters of the request."""
PublicUrlDep = Annotated[str, Depends(_public_url)]
"""The setting `public_url`."""
FormDep = Annotated[dict[str, str], Depends(_form)]
"""The fields of a form, in the URL or the body: see `read_form`. Endpoints with it run in a thread."""


class ApiRoute(APIRoute):
    """A route whose endpoint declares path parameters, one query model, a `Request` and the dependencies above.

    Endpoints are functions that return a Response. Without a snapshot they run in the event loop, and may be coroutine
    functions. Other parameters (headers, cookies, bodies, other dependencies) raise TypeError when the module is
    imported.
    """

    is_page = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.dependencies:
            raise TypeError(f"{self.name}: ApiRoute takes no dependencies but those in the endpoint's signature")
        return _handler(_Endpoint(self.endpoint), is_page=self.is_page)

    @property
    def query_model(self) -> type[BaseQuery]:
        """The model of the query parameters."""
        query = _Endpoint(self.endpoint).query
        return query[1] if query else BaseQuery


class PageRoute(ApiRoute):
    """The route of a page for people. It redirects to the address without unknown and empty parameters.

    Other sites add parameters to the links that they show, and forms send empty fields. Redirected, neither adds
    entries to the response cache. Without a snapshot, an endpoint runs in the event loop, otherwise in a thread.
    """

    is_page = True


class _Endpoint:
    """An endpoint and its parameters."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.path: dict[str, Any] = {}
        self.query: tuple[str, type[BaseQuery]] | None = None
        self.snapshots: list[str] = []
        self.form = ""
        self.dependencies: dict[str, Callable[[Request], Any]] = {}
        signature = inspect.signature(function, eval_str=True)
        if not _is_subclass(signature.return_annotation, Response):
            raise TypeError(f"{function.__name__}: an endpoint of ApiRoute returns a Response")
        for name, parameter in signature.parameters.items():
            if parameter.default is not parameter.empty or not self._declare(name, parameter.annotation):
                raise TypeError(f"{function.__name__}: ApiRoute cannot supply the parameter '{name}'")
        self.waits = inspect.iscoroutinefunction(function)
        if self.waits and self.snapshots:
            raise TypeError(f"{function.__name__}: an endpoint with a snapshot is no coroutine function")

    def _declare(self, name: str, hint: Any) -> bool:
        """Record a parameter. False if its kind is not supported."""
        if _is_subclass(hint, Request):
            self.dependencies[name] = lambda request: request
            return True
        if get_origin(hint) is not Annotated:
            return False
        annotation, *notes = get_args(hint)
        match [note for note in notes if isinstance(note, params.Param | params.Body | params.Depends)]:
            case [params.Path(alias=alias)] if alias in (None, name):
                self.path[name] = hint
            case [params.Query()] if _is_subclass(annotation, BaseQuery) and self.query is None:
                self.query = name, annotation
            case [params.Depends(dependency=dependency)] if dependency is _snapshot:
                self.snapshots.append(name)
            case [params.Depends(dependency=dependency)] if dependency is _form and self.query is None:
                self.form = name
            case [params.Depends(dependency=dependency)] if dependency in (_target, _public_url):
                self.dependencies[name] = dependency
            case _:
                return False
        return True


def _handler(endpoint: _Endpoint, *, is_page: bool) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Make the handler that parses requests and calls an endpoint."""
    path_model = create_model("PathParameters", **endpoint.path)
    query_name, model = endpoint.query or ("", None)
    parts = {name: parts_of(field) for name, field in model.model_fields.items()} if model else {}

    async def handle(request: Request) -> Response:
        base = request.app.state.base_path
        query = request.scope["query_string"]
        parameters = parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
        if is_page and (kept := [each for each in parameters if each[1] and each[0] in parts]) != parameters:
            path = quote(request.scope["path"])
            return under(base, RedirectResponse(f"{path}?{urlencode(kept)}" if kept else path, 307))
        given = {} if endpoint.form else _by_name(request, parameters, parts)
        request.state.target = RequestTarget(request.scope["path"], parameters)
        values = {name: dependency(request) for name, dependency in endpoint.dependencies.items()}
        values |= dict(_validated(path_model, request.path_params))
        quick = not is_page and not endpoint.form
        if model:
            values[query_name] = validated = _validated(model, given)
            quick = quick and validated.is_quick()
        try:
            if endpoint.form:
                values[endpoint.form] = await read_form(request)
            call = partial(endpoint.function, **values)
            if not endpoint.snapshots:
                return under(base, await call() if endpoint.waits else call())
            return await request.app.state.store.read(  # type: ignore[no-any-return]
                lambda snapshot: under(base, call(**dict.fromkeys(endpoint.snapshots, snapshot))),
                quick=quick,
                abandoned=partial(_disconnected, request),
            )
        except Abandoned:
            return Response(status_code=_CLIENT_HAS_GONE)

    return handle


async def _disconnected(request: Request) -> None:
    """Return when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def reject_included_dependencies(routes: Sequence[BaseRoute]) -> None:
    """Raise TypeError if a router with an ApiRoute was included with dependencies, which would not be called."""
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, ApiRoute) and context.dependencies:
            raise TypeError(f"{context.name}: ApiRoute takes no dependencies but those in the endpoint's signature")


def _by_name(
    request: Request, parameters: Iterable[tuple[str, str]], parts: Mapping[str, Callable[[str], list[str]] | None]
) -> dict[str, Any]:
    """The query parameters by name, those with several values as lists: see `parts_of`.

    Raises Invalid for unknown and wrongly repeated parameters, and for empty parts.
    """
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in parameters:
        if name not in parts:
            wrong[name] = ""
        elif split := parts[name]:
            values = split(value)
            given.setdefault(name, []).extend(values)
            if "" in values:
                wrong[name] = "a value is empty; separate values by one comma, as in a,b"
        elif name in given:
            wrong[name] = "takes one value, and was given more; give it once"
        else:
            given[name] = value
    if wrong:
        raise invalid_parameters(
            (name, detail or unknown_parameter(name, parts, files_of(request))) for name, detail in wrong.items()
        )
    return given


def _validated(model: type[M], given: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid_parameters((str(each["loc"][0]), explain(each, model)) for each in error.errors()) from None


def _is_subclass(value: Any, of: type) -> bool:
    return isinstance(value, type) and issubclass(value, of)
