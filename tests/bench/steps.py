"""What each step of a cold request costs: the app called in this process, without a socket, under cProfile."""

import asyncio
import cProfile
import pstats
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from anyio import to_thread
from starlette.types import ASGIApp, Message, Scope

from app.main import create_app
from app.settings import Settings
from tests.bench.databases import ROOT, Database

_REQUESTS = 300
"""How many are asked of each sort; half of them are timed, the other half profiled."""
_LIBRARY = Path(sysconfig.get_path("purelib"))
_STANDARD = Path(sysconfig.get_path("stdlib"))


@dataclass(frozen=True)
class Steps:
    """What a request costs: in all, and in its parts, in microseconds."""

    question: str
    whole: float
    """The median without the profiler."""
    parts: list[tuple[str, float]]
    """Files of Dossier, packages, and functions written in C, by their own share of `whole`; the dearest first."""


def steps(database: Database, asked: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Steps]:
    """The steps of questions, each a name and paths that were never asked."""
    settings = Settings(database_url=database.url)
    for name, paths in asked:
        half = min(_REQUESTS, len(paths)) // 2
        yield asyncio.run(_steps(settings, name, paths[:half], paths[half : half * 2]))


async def _steps(settings: Settings, name: str, timed: Sequence[str], profiled: Sequence[str]) -> Steps:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        took = []
        for path in timed:
            at = time.perf_counter()
            await _ask(app, path)
            took.append(time.perf_counter() - at)
        profile = cProfile.Profile()
        with patch.object(to_thread, "run_sync", _here):
            for path in profiled:
                profile.enable()
                await _ask(app, path)
                profile.disable()
    whole = median(took) * 1e6
    own: Counter[str] = Counter()
    for (file, _, function), (_, _, seconds, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        own[_part(file, function)] += seconds
    return Steps(name, whole, [(part, seconds / own.total() * whole) for part, seconds in own.most_common()])


async def _here(function: Callable[..., Any], *arguments: Any, **_options: Any) -> Any:
    """What would be done in a thread, done here: the profiler sees no other."""
    return function(*arguments)


async def _ask(app: ASGIApp, path: str) -> None:
    route, _, query = path.partition("?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": route,
        "raw_path": route.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise ValueError(f"{path} is answered with {message['status']}")

    await app(scope, receive, send)


def _part(file: str, function: str) -> str:
    """What a function belongs to: a file of Dossier, a package, the standard library, or itself if it is in C."""
    if file == "~":
        return function.strip("<>").replace("built-in method ", "").replace("method ", "")
    path = Path(file)
    if path.is_relative_to(_LIBRARY):
        return path.relative_to(_LIBRARY).parts[0].removesuffix(".py")
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    return "standard library" if path.is_relative_to(_STANDARD) else "generated code"
