"""Routes of the service itself: root, health, metrics and documentation."""

import asyncio
import re
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path as FilePath
from threading import Lock
from typing import Annotated
from urllib.parse import urlsplit

import fastapi_offline
import orjson
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.routing import iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from app import __version__
from app.api.openapi import describe
from app.api.shapes import Health, Root, success
from app.http.assets import answer_file, files_of
from app.http.conditional import entity_tag
from app.http.responses import JSON, answer, answer_shape
from app.http.routing import ApiRoute, SnapshotDep
from app.model.dataset import RENDER_VERSION
from app.model.kinds import KINDS
from app.problems import NotFound, Problem, Unavailable
from app.query.parameters import BaseQuery
from app.query.ranking import ranked
from app.query.search import parse
from app.query.snapshot import Snapshot

_NO_STORE = {"Cache-Control": "no-store"}
_ASSETS = files_of(FilePath(fastapi_offline.__file__).parent / "static")
_READY_SECONDS = 3
"""The time in which a search must be answered. Orchestrators and proxies wait for some 5 seconds."""
_EXPIRES = timedelta(days=180)
"""The time for which `security.txt` counts as current: less than a year (RFC 9116, 2.5.5)."""
_ROBOTS = """User-agent: *
Allow: {base}/*?cursor=
Disallow: {base}/*?
Disallow: {base}/v1
"""
"""Crawlers read the pages of records and of lists without filters, of which there are endless combinations."""
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
    links |= {"openapi": "/openapi.json", "docs": "/docs"}
    return answer_shape(
        snapshot,
        Root(
            name="Dossier",
            version=__version__,
            dataset=snapshot.dataset,
            revision=snapshot.revision,
            updated_at=snapshot.updated_at,
            counts={kind.plural: counts.get(kind.name, 0) for kind in KINDS.values()},
            links={name: request.app.state.base_path + path for name, path in links.items()},
        ),
    )


@health.get("/healthz", operation_id="get_health", response_model=Health, summary="Check that the process is alive")
def get_health() -> Response:
    """The process is alive."""
    return _ok()


@health.get(
    "/readyz", operation_id="get_readiness", response_model=Health, summary="Check that requests can be answered"
)
async def get_readiness(request: Request) -> Response:
    """The service can answer requests, also searches. If it cannot, it answers 503 with the reason."""
    search: asyncio.Future[int] = asyncio.ensure_future(request.app.state.store.read(_search, quick=False))
    search.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.wait({search}, timeout=_READY_SECONDS)
    if not search.done():
        search.cancel()
        raise Unavailable(f"The database has not answered a search within {_READY_SECONDS} seconds.")
    if search.result() != RENDER_VERSION:
        raise Unavailable("The records were rendered by another version. `dossier serve` renders them again.")
    return _ok()


def _search(snapshot: Snapshot) -> int:
    """Search for a word. Returns the version that rendered the records."""
    ranked(snapshot, parse("ready"), [], 0, 1)
    return snapshot.render_version


@health.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=PlainTextResponse,
    responses=success("The metrics.", "text/plain"),
    summary="Get metrics of this process",
)
async def get_metrics(request: Request) -> Response:
    """Metrics of this process in Prometheus' text format.

    Numbers and durations of requests by route and status, and of database reads; hits, misses and size of the response
    cache; the revision of the dataset, its records and its last load; memory and processor time. Each process has its
    own metrics.
    """
    port, store = request.app.state.settings.metrics_port, request.app.state.store
    if port and (request.scope.get("server") or ("", 0))[1] != port:
        raise NotFound("The metrics are on a port of their own.")
    if store.is_current() and store.latest.counts is None:
        with suppress(Problem):  # without a database, there are all other metrics
            await store.read(Snapshot.counts, quick=True)
    return Response(request.app.state.telemetry.exposition(), headers=_NO_STORE, media_type=CONTENT_TYPE_LATEST)


def _ok() -> Response:
    return Response(Health(status="ok").model_dump_json(), headers=_NO_STORE, media_type=JSON)


@pages.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document, built once per revision."""
    response: Response = await request.app.state.store.read(partial(_openapi, request.app), quick=False)
    return response


def _openapi(app: FastAPI, snapshot: Snapshot) -> Response:
    public_url = app.state.settings.public_url
    with _DESCRIBING:
        if snapshot.state.openapi is None:
            snapshot.state.openapi = orjson.dumps(describe(app, snapshot, public_url))
        return answer(snapshot, snapshot.state.openapi, ETag=entity_tag(snapshot, JSON + public_url))


@pages.get("/docs")
async def docs(request: Request) -> Response:
    """Swagger UI, loaded from this host only."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",  # relative, as all URLs here, so that they lead to the base path
        title="Dossier",
        swagger_js_url="assets/swagger-ui-bundle.js",
        swagger_css_url="static/docs.css",
        swagger_favicon_url="assets/favicon.png",
        swagger_ui_parameters={
            "defaultModelsExpandDepth": 0,
            "displayRequestDuration": True,
            "deepLinking": True,
            "docExpansion": "none",
            "filter": True,
            "validatorUrl": None,
        },
    )
    return _restricted(page, request)


@pages.get("/redoc")
async def redoc(request: Request) -> Response:
    """ReDoc, loaded from this host only."""
    page = get_redoc_html(
        openapi_url="openapi.json",
        title="Dossier",
        redoc_js_url="assets/redoc.standalone.js",
        redoc_favicon_url="assets/favicon.png",
        with_google_fonts=False,
    )
    return _restricted(page, request)


def _restricted(page: Response, request: Request) -> Response:
    """Let a page load only from this host, call only this API, and run only the script that it contains.

    Otherwise ReDoc loads a logo from another host. Both pages need inline styles, and ReDoc a worker.
    """
    scheme, host, *_ = urlsplit(request.app.state.settings.public_url)
    scripts = re.findall(b"<script>(.*?)</script>", bytes(page.body), re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts]
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; connect-src 'self' {host and f'{scheme}://{host}'}; img-src 'self' data:; "
        f"worker-src blob:; script-src 'self' {' '.join(hashes)}; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page


@pages.get("/assets/{path:path}")
async def asset(path: str) -> Response:
    """A file of Swagger UI or ReDoc."""
    return answer_file(_ASSETS, path)


@pages.get("/robots.txt")
async def robots(request: Request) -> Response:
    """What crawlers may read."""
    return PlainTextResponse(_ROBOTS.format(base=request.app.state.base_path))


@pages.get("/.well-known/security.txt")
async def security(request: Request) -> Response:
    """Where to report vulnerabilities (RFC 9116)."""
    contact = request.app.state.settings.security_contact
    if not contact:
        raise NotFound("This service names no contact for reports of vulnerabilities.")
    expires = (datetime.now(UTC) + _EXPIRES).isoformat(timespec="seconds")
    return PlainTextResponse(f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n")
