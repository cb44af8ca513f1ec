"""Routes of the service itself: its root, its docs, its health, and the pages that explain problems."""

import re
from functools import partial
from html import escape
from pathlib import Path as FilePath

import fastapi_offline
import orjson
from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.routing import iter_route_contexts
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from app import __version__
from app.api.openapi import describe
from app.api.shapes import Health, Root
from app.http.responses import answer, answer_shape
from app.http.routing import JSON, ApiRoute, SnapshotDep
from app.http.telemetry import METRICS_TYPE
from app.model.dataset import RENDER_VERSION
from app.model.kinds import KINDS
from app.problems import PROBLEMS, NotFound, Unavailable, responses
from app.query.snapshot import Snapshot

_NOW = {"Cache-Control": "no-store"}
ASSETS = FilePath(fastapi_offline.__file__).parent / "static"

root = APIRouter(tags=["dataset"], route_class=ApiRoute)
health = APIRouter(tags=["service"], route_class=ApiRoute)
pages = APIRouter(include_in_schema=False)


@root.get("/v1", operation_id="get_root", response_model=Root, responses=responses())
def get_root(request: Request, snapshot: SnapshotDep) -> Response:
    """The dataset: its identity, its revision, how many records it has of each kind, and where they are."""
    found = snapshot.counts()
    paths = (str(route.path) for route in iter_route_contexts(request.app.routes))
    links = {path.removeprefix("/v1/"): path for path in paths if re.fullmatch("/v1/[a-z]+", path)}
    return answer_shape(
        snapshot,
        Root(
            name="Dossier",
            version=__version__,
            dataset=snapshot.dataset,
            revision=snapshot.revision,
            updated_at=snapshot.updated_at,
            counts={kind.plural: found.get(kind.name, 0) for kind in KINDS.values()},
            links=links | {"openapi": "/openapi.json", "docs": "/docs"},
        ),
    )


@health.get("/healthz", operation_id="get_health", response_model=Health, responses=responses())
def get_health() -> Response:
    """Whether the process is alive."""
    return _well()


@health.get("/readyz", operation_id="get_readiness", response_model=Health, responses=responses())
def get_readiness(snapshot: SnapshotDep) -> Response:
    """Whether the service can answer: 503 says why not."""
    if snapshot.render_version != RENDER_VERSION:
        raise Unavailable("The records were rendered by another version; `dossier serve` renders them anew.")
    return _well()


@health.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=PlainTextResponse,
    responses=responses()
    | {200: {"description": "The metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_metrics(request: Request) -> Response:
    """What this process has done so far, in Prometheus' text format.

    Requests by route and status and reads of the database, each with how long they took; the answers kept in memory;
    and the revision of the dataset. Of several processes, each has its own.
    """
    return Response(request.app.state.telemetry.exposition(), headers=_NOW, media_type=METRICS_TYPE)


def _well() -> Response:
    return Response(Health(status="ok").model_dump_json(), headers=_NOW, media_type=JSON)


@pages.get("/")
async def land(request: Request) -> Response:
    """A browser lands at the Swagger UI, a program at the root of the API."""
    return RedirectResponse("/docs" if "text/html" in request.headers.get("accept", "") else "/v1")


@pages.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document, made once a revision."""
    response: Response = await request.app.state.store.read(partial(_described, request), quick=False)
    return response


def _described(request: Request, snapshot: Snapshot) -> Response:
    state, of = request.app.state, (snapshot.dataset, snapshot.revision)
    with state.describing:  # FastAPI gets confused when it describes the same twice at once
        if state.described is None or state.described[0] != of:
            state.described = of, orjson.dumps(describe(request.app, snapshot, state.settings.public_url))
    return answer(snapshot, state.described[1])


@pages.get("/docs")
async def docs(request: Request) -> Response:
    """Swagger UI, from this host alone."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Dossier",
        swagger_js_url="/assets/swagger-ui-bundle.js",
        swagger_css_url="/assets/swagger-ui.css",
        swagger_favicon_url="/assets/favicon.png",
        swagger_ui_parameters={
            "defaultModelsExpandDepth": 0,
            "displayRequestDuration": True,
            "docExpansion": "list",
            "filter": True,
            "validatorUrl": None,
        },
    )
    return _from_this_host(page, request)


@pages.get("/redoc")
async def redoc(request: Request) -> Response:
    """ReDoc, from this host alone."""
    page = get_redoc_html(
        openapi_url="/openapi.json",
        title="Dossier",
        redoc_js_url="/assets/redoc.standalone.js",
        redoc_favicon_url="/assets/favicon.png",
        with_google_fonts=False,
    )
    return _from_this_host(page, request)


def _from_this_host(page: Response, request: Request) -> Response:
    """A page that can load nothing from elsewhere (ReDoc would show a logo), and ask only this API."""
    api = request.app.state.settings.public_url
    page.headers["Content-Security-Policy"] = (
        f"default-src 'self'; connect-src 'self' {api}; img-src 'self' data:; worker-src 'self' blob:; "
        "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return page


@pages.get("/problems/{name}")
async def problem_page(name: str) -> Response:
    """What a type of problem means."""
    for problem in PROBLEMS:
        if problem.name == name:
            title = escape(f"{problem.status} {problem.title}")
            return HTMLResponse(
                f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
                f'<h1>{title}</h1><p>{escape(problem.__doc__ or "")}</p><p><a href="/docs">The API</a></p></html>'
            )
    raise NotFound(f"There is no type of problem '{name[:40]}'; there are {', '.join(p.name for p in PROBLEMS)}.")
