"""The command `dossier`: load, check and serve."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from sqlalchemy import Engine, select

from app.bundle.check import differences
from app.bundle.format import json_schema
from app.bundle.load import DATASET, load, rerender, unload
from app.bundle.source import BundleRejected, Problem, Source
from app.database import connect, migrate, reading, writing
from app.model.dataset import RENDER_VERSION
from app.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The structured analysis of commentary, served.")
out, err = (Console(stderr=stderr, soft_wrap=True, markup=False, emoji=False) for stderr in (False, True))

Paths = Annotated[list[Path], typer.Argument(help="Folders of bundles, each with document.txt and analysis.yaml.")]


@app.command(name="load")
def load_bundles(paths: Paths) -> None:
    """Load bundles: each becomes the new state of its document. All are kept, or none."""
    engine = _prepared()
    try:
        sources = _sources(paths)
        with writing(engine) as connection:
            loaded = load(connection, sources)
    except BundleRejected as error:
        _reject(error.problems)
    out.print(str(loaded))


@app.command(name="unload")
def unload_document(document: Annotated[str, typer.Argument(help="The id of the document.")]) -> None:
    """Remove a document with its analysis."""
    try:
        with writing(_prepared()) as connection:
            loaded = unload(connection, document)
    except LookupError:
        err.print(f"there is no document '{document}'")
        raise typer.Exit(1) from None
    except BundleRejected as error:
        _reject(error.problems)
    out.print(str(loaded))


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Folders of bundles; none: the database.")] = None,
) -> None:
    """Check bundles without loading them; without a path, check the database against its own texts and rows."""
    engine = _prepared()
    if not paths:
        with reading(engine) as connection:
            found = list(differences(connection))
        for line in found:
            err.print(line)
        out.print("the database is as it should be" if not found else f"{len(found)} differences")
        raise typer.Exit(1 if found else 0)
    try:
        sources = _sources(paths)
        with reading(engine, writing=True) as connection:
            load(connection, sources)
    except BundleRejected as error:
        _reject(error.problems)
    out.print(f"{len(paths)} sound")


@app.command()
def serve() -> None:
    """Migrate, seed a database that is new, and serve."""
    import uvicorn

    from app.main import create_app

    settings = Settings()
    engine = _prepared()
    _seed(engine, settings.seed)
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, server_header=False)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document, as the service over this database serves it."""
    from app.api.openapi import describe
    from app.main import create_app
    from app.query.reader import Reader

    settings = Settings()
    with reading(_prepared()) as connection:
        document = describe(create_app(settings), Reader(connection), settings.public_url)
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")


@app.command()
def schema() -> None:
    """Print the JSON Schema of analysis.yaml, for editors that complete and check."""
    sys.stdout.buffer.write(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2) + b"\n")


def _prepared() -> Engine:
    """The database of the settings, migrated and rendered by this version."""
    engine = connect(Settings().database_url)
    migrate(engine)
    with writing(engine) as connection:
        if connection.execute(select(DATASET.c.render_version)).scalar_one() != RENDER_VERSION:
            rerender(connection)
    return engine


def _seed(engine: Engine, folder: Path) -> None:
    with writing(engine) as connection:
        if connection.execute(select(DATASET.c.revision)).scalar_one() == 0:
            try:
                out.print(
                    f"seeded: {load(connection, _sources(sorted(p.parent for p in folder.glob('*/analysis.yaml'))))}"
                )
            except BundleRejected as error:
                _reject(error.problems)


def _sources(paths: list[Path]) -> list[Source]:
    sources, problems = [], []
    for path in paths:
        try:
            sources.append(Source(path))
        except BundleRejected as error:
            problems += error.problems
    if problems:
        raise BundleRejected(problems)
    return sources


def _reject(problems: list[Problem]) -> None:
    for problem in problems:
        err.print(str(problem), highlight=False)
    err.print(f"{len(problems)} problem{'s'[: len(problems) != 1]}; nothing was changed")
    raise typer.Exit(1)
