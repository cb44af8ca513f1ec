"""Routes of the service itself: root, health, metrics and documentation."""

import re
from functools import partial
from pathlib import Path as FilePath
from threading import Lock
from typing import Annotated

import fastapi_offline
import orjson
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.routing import iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from app import __version__
from app.api.openapi import describe
from app.api.shapes import Health, Root, success
from app.http.responses import JSON, answer, answer_shape
from app.http.routing import ApiRoute, SnapshotDep
from app.model.dataset import RENDER_VERSION
from app.model.kinds import KINDS
from app.problems import Unavailable
from app.query.parameters import BaseQuery
from app.query.snapshot import Snapshot

_NO_STORE = {"Cache-Control": "no-store"}
_ASSETS = StaticFiles(directory=FilePath(fastapi_offline.__file__).parent / "static")
_DESCRIBING = Lock()
"""FastAPI builds the OpenAPI document in shared state, so one thread at a time builds it."""

root = APIRouter(tags=["dataset"], route_class=ApiRoute)
health = APIRouter(tags=["service"], route_class=ApiRoute)
pages = APIRouter(include_in_schema=False)


@root.get("/v1", operation_id="get_root", response_model=Root, summary="Get the revision, the counts and the paths")
def get_root(request: Request, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """The dataset: its identity, its revision, the number of records of each kind, and the paths of the collections."""
    counts = snapshot.counts()
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
            counts={kind.plural: counts.get(kind.name, 0) for kind in KINDS.values()},
            links=links | {"openapi": "/openapi.json", "docs": "/docs"},
        ),
    )


@health.get("/healthz", operation_id="get_health", response_model=Health, summary="Check that the process is alive")
def get_health() -> Response:
    """The process is alive."""
    return _ok()


@health.get(
    "/readyz", operation_id="get_readiness", response_model=Health, summary="Check that requests can be answered"
)
def get_readiness(snapshot: SnapshotDep) -> Response:
    """The service can answer requests. If it cannot, it answers 503 with the reason."""
    if snapshot.render_version != RENDER_VERSION:
        raise Unavailable("The records were rendered by another version. `dossier serve` renders them again.")
    return _ok()


@health.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=PlainTextResponse,
    responses=success("The metrics.", "text/plain"),
    summary="Get metrics of this process",
)
def get_metrics(request: Request) -> Response:
    """Metrics of this process in Prometheus' text format.

    Numbers and durations of requests by route and status, and of database reads; hits, misses and size of the response
    cache; the revision of the dataset. Each process has its own metrics.
    """
    return Response(request.app.state.telemetry.exposition(), headers=_NO_STORE, media_type=CONTENT_TYPE_LATEST)


def _ok() -> Response:
    return Response(Health(status="ok").model_dump_json(), headers=_NO_STORE, media_type=JSON)


@pages.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document, built once per revision."""
    response: Response = await request.app.state.store.read(partial(_openapi, request.app), quick=False)
    return response


def _openapi(app: FastAPI, snapshot: Snapshot) -> Response:
    with _DESCRIBING:
        if snapshot.state.openapi is None:
            snapshot.state.openapi = orjson.dumps(describe(app, snapshot, app.state.settings.public_url))
        return answer(snapshot, snapshot.state.openapi)


@pages.get("/docs")
async def docs(request: Request) -> Response:
    """Swagger UI, loaded from this host only."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Dossier",
        swagger_js_url="/assets/swagger-ui-bundle.js",
        swagger_css_url="/static/docs.css",
        swagger_favicon_url="/assets/favicon.png",
        swagger_ui_parameters={
            "defaultModelsExpandDepth": 0,
            "displayRequestDuration": True,
            "deepLinking": True,
            "docExpansion": "none",
            "filter": True,
            "validatorUrl": None,
        },
    )
    return _same_origin(page, request)


@pages.get("/redoc")
async def redoc(request: Request) -> Response:
    """ReDoc, loaded from this host only."""
    page = get_redoc_html(
        openapi_url="/openapi.json",
        title="Dossier",
        redoc_js_url="/assets/redoc.standalone.js",
        redoc_favicon_url="/assets/favicon.png",
        with_google_fonts=False,
    )
    return _same_origin(page, request)


def _same_origin(page: Response, request: Request) -> Response:
    """Let a page load only from this host, and call only this API. Otherwise ReDoc loads a logo from another host."""
    api = request.app.state.settings.public_url
    page.headers["Content-Security-Policy"] = (
        f"default-src 'self'; connect-src 'self' {api}; img-src 'self' data:; worker-src 'self' blob:; "
        "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return page


@pages.get("/assets/{path:path}")
async def asset(path: str, request: Request) -> Response:
    """A file of Swagger UI or ReDoc."""
    return await _ASSETS.get_response(path, request.scope)
