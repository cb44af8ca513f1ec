"""ApiRoute: the declarations that endpoints may use, and included routers."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, Body, Cookie, Depends, FastAPI, Header, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from app.http.errors import handle_errors
from app.http.routing import ApiRoute, SnapshotDep, api_router, reject_included_dependencies
from app.query.parameters import BaseQuery


class Paging(BaseQuery):
    limit: int = 10


class Item(BaseModel):
    name: str


def _nested(snapshot: SnapshotDep) -> int:
    return snapshot.revision


def with_header(token: Annotated[str | None, Header()] = None) -> Response: ...  # type: ignore[empty-body]
def with_required_header(token: Annotated[str, Header()]) -> Response: ...  # type: ignore[empty-body]
def with_header_as_default(token: str = Header()) -> Response: ...  # type: ignore[empty-body]
def with_cookie(token: Annotated[str, Cookie()]) -> Response: ...  # type: ignore[empty-body]
def with_body(token: Item) -> Response: ...  # type: ignore[empty-body]
def with_embedded_body(token: Annotated[str, Body()]) -> Response: ...  # type: ignore[empty-body]


def with_tasks(token: BackgroundTasks) -> Response: ...  # type: ignore[empty-body]
def with_bare_query(token: str) -> Response: ...  # type: ignore[empty-body]
def with_single_query(token: Annotated[str, Query()]) -> Response: ...  # type: ignore[empty-body]
def with_nested_dependency(token: Annotated[int, Depends(_nested)]) -> Response: ...  # type: ignore[empty-body]
def with_two_queries(  # type: ignore[empty-body]
    params: Annotated[Paging, Query()], token: Annotated[Paging, Query()]
) -> Response: ...


@pytest.mark.parametrize(
    "endpoint",
    [
        with_header,
        with_required_header,
        with_header_as_default,
        with_cookie,
        with_body,
        with_embedded_body,
        with_tasks,
        with_bare_query,
        with_single_query,
        with_nested_dependency,
        with_two_queries,
    ],
)
def test_a_parameter_that_the_route_cannot_supply_fails_at_import(endpoint: object) -> None:
    router = APIRouter(route_class=ApiRoute)
    with pytest.raises(TypeError, match=f"{endpoint.__name__}.*'token'"):  # type: ignore[attr-defined]
        router.post("/things")(endpoint)  # type: ignore[type-var]


async def asynchronous(snapshot: SnapshotDep) -> Response: ...  # type: ignore[empty-body]
def returns_a_model() -> Item: ...  # type: ignore[empty-body]
def returns_anything():  # type: ignore[no-untyped-def]
    return {}


@pytest.mark.parametrize("endpoint", [asynchronous, returns_a_model, returns_anything])
def test_an_endpoint_returns_a_response_and_does_not_wait_while_it_reads(endpoint: object) -> None:
    router = APIRouter(route_class=ApiRoute)
    with pytest.raises(TypeError, match=endpoint.__name__):  # type: ignore[attr-defined]
        router.get("/things")(endpoint)  # type: ignore[type-var]


def test_dependencies_of_a_route_or_of_its_router_fail_at_import() -> None:
    def check() -> None:
        raise AssertionError

    def endpoint() -> Response: ...  # type: ignore[empty-body]

    for router, options in (
        (APIRouter(route_class=ApiRoute), {"dependencies": [Depends(check)]}),
        (APIRouter(route_class=ApiRoute, dependencies=[Depends(check)]), {}),
    ):
        with pytest.raises(TypeError, match="dependencies"):
            router.get("/things", **options)(endpoint)  # type: ignore[arg-type]


def test_dependencies_added_where_a_router_is_included_fail_at_start() -> None:
    router = api_router("things")
    router.get("")(greet)
    for app, options in (
        (FastAPI(), {"dependencies": [Depends(_nested)]}),
        (FastAPI(dependencies=[Depends(_nested)]), {}),
    ):
        app.include_router(router, **options)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="greet"):
            reject_included_dependencies(app.routes)


def greet() -> Response:
    return PlainTextResponse("hello")


def one_thing(
    id: Annotated[int, Path(ge=1, description="The id.")], params: Annotated[Paging, Query()], request: Request
) -> Response:
    return PlainTextResponse(f"{id} {params.limit} {request.url.path}")


Send = Callable[..., httpx.Response]


@pytest.fixture
def nested() -> Send:
    """An app with a router in a router with a prefix."""
    things = api_router("things")
    things.get("")(greet)
    things.get("/{id}")(one_thing)
    outer = APIRouter(prefix="/outer")
    outer.include_router(things)
    app = FastAPI()
    app.state.base_path = ""
    app.include_router(outer, prefix="/outermost")
    app.include_router(things, prefix="/again")
    reject_included_dependencies(app.routes)
    handle_errors(app, lambda problem, request: problem.response(request.url.path))

    async def send(path: str, method: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dossier.example") as client:
            return await client.request(method, path)

    return lambda path, method="GET": asyncio.run(send(path, method))


@pytest.mark.parametrize("prefix", ["/outermost/outer", "/again"])
def test_routers_can_be_included_with_a_prefix(nested: Send, prefix: str) -> None:
    path = f"{prefix}/v1/things"
    assert nested(path).text == "hello"
    assert nested(f"{path}/7?limit=3").text == f"7 3 {path}/7"
    assert nested(f"{path}/7").text == f"7 10 {path}/7"
    for wrong, parameter in (("/0", "id"), ("/x", "id"), ("/7?limit=x", "limit"), ("/7?limt=1", "limt")):
        answer = nested(path + wrong)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, parameter)
    assert nested(path, "POST").headers["allow"] == "GET, HEAD, OPTIONS"
    assert nested("/v1/things").status_code == 404


def test_only_routes_under_the_prefix_are_tried(monkeypatch: pytest.MonkeyPatch, nested: Send) -> None:
    """Fails if FastAPI no longer calls `matches` of included routers: then api_router is slower than it could be."""
    tried: list[str] = []
    matches = ApiRoute.matches

    def note(route: ApiRoute, scope: Scope) -> tuple[Match, Scope]:
        tried.append(scope["path"])
        return matches(route, scope)

    monkeypatch.setattr(ApiRoute, "matches", note)
    assert nested("/again/v1/things").status_code == 200
    assert tried
    tried.clear()
    assert nested("/again/v1/others").status_code == 404
    assert tried == []


def test_included_routes_are_documented_with_their_parameters(nested: Send) -> None:
    paths = nested("/openapi.json").json()["paths"]
    operation = paths["/outermost/outer/v1/things/{id}"]["get"]
    assert [(each["name"], each["in"]) for each in operation["parameters"]] == [("id", "path"), ("limit", "query")]
