"""Commands for operators: serve, and print the OpenAPI document."""

import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import typer
from sqlalchemy import Connection, Engine

from app.bundle.load import load
from app.bundle.source import Bundles
from app.cli.bundles import rejections
from app.cli.console import fail, out, progress
from app.cli.database import opened, prepared
from app.cli.listening import announce, bind
from app.database.transactions import reading, writing
from app.query.snapshot import Revision, Snapshot
from app.resources import SEED
from app.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

app = typer.Typer()


@app.command()
def serve() -> None:
    """Migrate the database, load the seed if it is new, and serve."""
    gc.disable()  # imports create many lasting objects, which the collector would search repeatedly
    import uvicorn

    from app.http.connection import limited_connections

    settings = Settings()
    sockets = bind(settings)  # before the database is touched
    packaged = "seed" not in settings.model_fields_set and not settings.seed.is_dir()
    seed = SEED if packaged else settings.seed
    if not seed.is_dir():
        fail(f"{seed}: there is no such folder; correct DOSSIER_SEED (an empty folder seeds nothing)", 2)
    service = create(settings)
    with prepared() as engine:
        _seed(engine, seed)
    _prefer_quick_requests()
    config = uvicorn.Config(
        service,
        log_config=None,  # the app configures the log
        access_log=False,  # the app writes its own, in JSON
        server_header=False,  # it would tell attackers the software
        timeout_graceful_shutdown=settings.grace_seconds,
        proxy_headers=False,  # responses don't depend on scheme, host or client address
        http=limited_connections(settings),
        ws="none",
    )
    announce(sockets)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the service over this database."""
    from app.api.openapi import describe

    settings = Settings()
    with opened() as engine, reading(engine) as connection:
        document = describe(create(settings), Snapshot(connection), settings.public_url)
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")


def create(settings: Settings) -> "FastAPI":
    """The application. Ends the command if its base path is one of its own paths."""
    from app.http.base_path import AmbiguousBasePath
    from app.main import create_app

    try:
        return create_app(settings)
    except AmbiguousBasePath as error:
        fail(str(error), 2)


def _prefer_quick_requests() -> None:
    """Keep slow reads in threads from delaying the event loop. Both figures are measured over 100,000 records."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)  # a full collection stops all threads, for 0.5 s while a large graph is read
    gc.enable()
    sys.setswitchinterval(0.0005)  # the event loop waits as long for each thread that computes


def _seed(engine: Engine, folder: Path) -> None:
    with reading(engine) as connection:
        if not _is_new(connection):
            return
    with rejections(), progress() as track, writing(engine) as connection:
        if not _is_new(connection):  # another process has seeded it meanwhile
            return
        bundles = Bundles(sorted(path.parent for path in folder.glob("*/analysis.yaml")))
        loaded = load(connection, bundles, track)
    out.print(f"seeded: {loaded}")


def _is_new(connection: Connection) -> bool:
    return Revision.read(connection).revision == 0
