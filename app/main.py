"""The application."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.api.routers import ROUTERS
from app.formats.base_path import base_path
from app.http import log
from app.http.access_log import AccessLog
from app.http.base_path import AmbiguousBasePath, BasePath
from app.http.compression import Compression
from app.http.conditional import ConditionalRequests
from app.http.errors import UnhandledErrors, handle_errors
from app.http.limits import Limits
from app.http.methods import Methods, allowed_methods
from app.http.response_cache import ResponseCache
from app.http.routing import reject_included_dependencies
from app.http.security import SecurityHeaders
from app.http.telemetry import Telemetry
from app.pages.problems import present
from app.pages.routers import PAGE_ROUTERS
from app.query.snapshot import Revision
from app.query.store import ReadLimits, Store
from app.settings import Settings


class Service(FastAPI):
    """The API behind the access log and the response cache.

    As middleware, these would stand behind FastAPI's own layers, and a cached response would take twice as long.
    """

    outside: ASGIApp
    """The layers in front of FastAPI, which end in `answer`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.outside(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer without the access log and the response cache."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> FastAPI:
    """Create the service for the database of the settings, which must be migrated."""
    log.configure(settings.log_level)
    store = Store.at(
        settings.read_database_url or settings.database_url,
        ReadLimits(settings.query_seconds, settings.streams, settings.stream_seconds),
    )
    telemetry = Telemetry()
    _observe(store, telemetry)

    origins = re.split(", *", settings.cors_origins)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with store.running():
            yield
        telemetry.flush()

    app = Service(
        title="Dossier",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # operation ids are the names of the endpoints
        lifespan=lifespan,
        # The service has its own metrics. By default, FastAPI looks for OpenTelemetry's settings in each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(
                CORSMiddleware,
                allow_origins=origins,
                allow_methods=["*"],
                allow_headers=["*"],
                allow_private_network=True,
                expose_headers=["ETag", "Link", "X-Request-ID"],
            ),
            Middleware(UnhandledErrors, present=present),
            Middleware(Limits, settings=settings),
            Middleware(Methods),
            Middleware(ConditionalRequests),
            Middleware(Compression),
        ],
    )
    cache = ResponseCache(app.answer, store, settings.cache_mb * 2**20, telemetry, by_origin="*" not in origins)
    app.outside = AccessLog(cache, telemetry, settings.proxies)
    app.state.base_path = base_path(settings.public_url)
    if app.state.base_path:
        app.outside = BasePath(app.outside, app.state.base_path)
    app.state.settings = settings
    app.state.store = store
    app.state.telemetry = telemetry
    handle_errors(app, present)
    for router in (*ROUTERS, *PAGE_ROUTERS):
        app.include_router(router)
    reject_included_dependencies(app.routes)
    base = app.state.base_path
    if base and any(allowed_methods({"app": app, "path": path}) for path in (base, f"{base}/x")):
        raise AmbiguousBasePath(
            f"DOSSIER_PUBLIC_URL: the service has paths of its own under {base}; choose another path"
        )
    return app


def _observe(store: Store, telemetry: Telemetry) -> None:
    """Measure the reads of a store, and its state."""

    def latest(value: Callable[[Revision], Any], default: Any) -> Callable[[], Any]:
        return lambda: default if store.latest is None else value(store.latest)

    store.observe = telemetry.read
    telemetry.gauge("build_info", "The version of the service.", lambda: {__version__: 1}, "version")
    telemetry.gauge("revision", "The newest revision in a response.", latest(lambda newest: newest.revision, 0))
    telemetry.gauge("records", "Number of records by kind.", latest(lambda newest: newest.counts or {}, {}), "kind")
    telemetry.gauge(
        "last_load_timestamp_seconds",
        "The time of the newest revision, in seconds since 1970.",
        latest(lambda newest: datetime.fromisoformat(newest.updated_at).timestamp(), 0),
    )


def __getattr__(name: str) -> FastAPI:
    """Create `app.main:app`, for ASGI servers that import an app."""
    if name == "app":
        return create_app(Settings())
    raise AttributeError(name)
