"""Cost of each part of a cold request, by running the app in this process under cProfile."""

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
"""Maximum number of requests per question; half are timed, half are profiled."""
_LIBRARY = Path(sysconfig.get_path("purelib"))
_STANDARD = Path(sysconfig.get_path("stdlib"))


@dataclass(frozen=True)
class Steps:
    """Cost of a request in microseconds, in total and by part."""

    question: str
    whole: float
    """Median duration without the profiler."""
    parts: list[tuple[str, float]]
    """Each part's own share of `whole`, most expensive first.

    A part is a file of Dossier, a package or a function written in C.
    """


def steps(database: Database, questions: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Steps]:
    """Profile questions, each given as a name and paths that were not requested before."""
    settings = Settings(database_url=database.url)
    for name, paths in questions:
        half = min(_REQUESTS, len(paths)) // 2
        yield asyncio.run(_steps(settings, name, paths[:half], paths[half : half * 2]))


async def _steps(settings: Settings, name: str, timed: Sequence[str], profiled: Sequence[str]) -> Steps:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        durations = []
        for path in timed:
            at = time.perf_counter()
            await _request(app, path)
            durations.append(time.perf_counter() - at)
        profile = cProfile.Profile()
        with patch.object(to_thread, "run_sync", _run_here):
            for path in profiled:
                profile.enable()
                await _request(app, path)
                profile.disable()
    whole = median(durations) * 1e6
    own: Counter[str] = Counter()
    for (file, _, function), (_, _, seconds, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        own[_part(file, function)] += seconds
    return Steps(name, whole, [(part, seconds / own.total() * whole) for part, seconds in own.most_common()])


async def _run_here(function: Callable[..., Any], *arguments: Any, **_options: Any) -> Any:
    """Replacement of `to_thread.run_sync` that runs in this thread, the only one the profiler sees."""
    return function(*arguments)


async def _request(app: ASGIApp, path: str) -> None:
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
            raise ValueError(f"{path} returned {message['status']}")

    await app(scope, receive, send)


def _part(file: str, function: str) -> str:
    """Map a function to its part: a file of Dossier, a package, the standard library, or itself if written in C."""
    if file == "~":
        return function.strip("<>").replace("built-in method ", "").replace("method ", "")
    path = Path(file)
    if path.is_relative_to(_LIBRARY):
        return path.relative_to(_LIBRARY).parts[0].removesuffix(".py")
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    return "standard library" if path.is_relative_to(_STANDARD) else "generated code"
