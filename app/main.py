"""The application: settings in, an ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from threading import Lock

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from app import problems
from app.api import (
    actors,
    annotations,
    assessments,
    bundle,
    changes,
    coverage,
    documents,
    events,
    export,
    figures,
    graph,
    mentions,
    relationships,
    sanctions,
    search,
    service,
    statements,
    timeline,
    vocabularies,
)
from app.api.front import Front
from app.http.representation import Methods, NoBareFailure, Representation, allowed
from app.http.response_cache import ResponseCache
from app.http.telemetry import Telemetry
from app.query.store import Store
from app.settings import Settings

COLLECTIONS = (
    actors,
    mentions,
    events,
    sanctions,
    statements,
    relationships,
    figures,
    assessments,
    documents,
    annotations,
    coverage,
    bundle,
    search,
    timeline,
    graph,
    vocabularies,
    changes,
    export,
)


class Service(FastAPI):
    """FastAPI behind our own front: what that answers by itself passes through none of the other layers."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Starlette's layers and ours: those that FastAPI adds are for bodies and telemetry, of which we have none."""
        return Starlette.build_middleware_stack(self)


def create_app(settings: Settings) -> Service:
    """The service over the database of the settings, which must be migrated."""

    store = Store.at(settings.read_database_url or settings.database_url)
    telemetry = Telemetry(settings.log_level)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with store.running():
            yield
        telemetry.work()

    app = Service(
        title="Dossier",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.store = store
    app.state.telemetry = telemetry
    app.state.described = None
    app.state.describing = Lock()
    store.observe = telemetry.read
    telemetry.gauge("revision", "The newest revision shown.", lambda: store.latest.revision if store.latest else 0)
    # One flat list: a tree of routers is walked anew for each request. What is asked for most comes first.
    for router in (*(collection.router for collection in COLLECTIONS), service.root, service.health, service.pages):
        app.router.routes.extend(router.routes)
    app.mount("/assets", StaticFiles(directory=service.ASSETS), name="assets")
    allow = partial(allowed, app.routes)
    problems.install(app, allow)
    app.user_middleware[:] = [
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["ETag", "Link", "X-Request-ID"],
        ),
        Middleware(NoBareFailure, telemetry=telemetry),
        Middleware(Methods, allow=allow),
        Middleware(Representation),
        Middleware(AsyncExitStackMiddleware),  # which FastAPI's own routes ask for
    ]
    app.front = Front(
        partial(Starlette.__call__, app), ResponseCache(store, settings.cache_mb * 2**20, telemetry), telemetry
    )
    return app


def __getattr__(name: str) -> Service:
    """`app.main:app`, for an ASGI server that is started by hand."""
    if name == "app":
        return create_app(Settings())
    raise AttributeError(name)
