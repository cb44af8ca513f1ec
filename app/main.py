"""The application: settings in, an ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

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
from app.api.dependencies import acceptable, known_parameters
from app.api.middleware import Methods, NoBareFailure, Representation, RequestId, allowed
from app.database import connect
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


def create_app(settings: Settings) -> FastAPI:
    """The service over the database of the settings, which must be migrated."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.engine.dispose()

    app = FastAPI(
        title="Dossier",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.engine = connect(settings.database_url)
    app.state.described = None
    strict, json = Depends(known_parameters), Depends(acceptable)
    app.include_router(service.root, dependencies=[strict, json])
    v1 = APIRouter(prefix="/v1", dependencies=[strict])
    for collection in COLLECTIONS:
        v1.include_router(collection.router, dependencies=[json])
    app.include_router(v1)
    app.include_router(service.health, dependencies=[strict, json])
    app.include_router(service.pages)
    app.mount("/assets", StaticFiles(directory=service.ASSETS), name="assets")
    allow = partial(allowed, app.routes)
    problems.install(app, allow)
    app.user_middleware[:] = [
        Middleware(RequestId),
        Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["ETag", "Link", "X-Request-ID"],
        ),
        Middleware(NoBareFailure),
        Middleware(Methods, allow=allow),
        Middleware(Representation),
    ]
    return app


def __getattr__(name: str) -> FastAPI:
    """`app.main:app`, for an ASGI server that is started by hand."""
    if name == "app":
        return create_app(Settings())
    raise AttributeError(name)
