"""A worker's memory, after as many distinct questions over a small database and over a large one."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from app.bundle.progress import Track
from tests.bench.client import Client
from tests.bench.databases import Database
from tests.bench.questions import Question
from tests.bench.results import Comparison
from tests.bench.serving import dossier, resident, running
from tests.bench.wrk import CONNECTIONS

_EACH = 1_000
"""So many filtered pages are asked, and as many searches and pages with facets in proportion."""
_SHARES = {"filtered": 1.0, "search": 0.3, "faceted": 0.01}


def memory(
    small: Database, large: Database, asked: Mapping[int, Sequence[Question]], repeats: int, track: Track
) -> Comparison:
    """The resident memory of a worker over the large database, and over the small one, in bytes."""
    found: dict[int, list[float]] = {small.size: [], large.size: []}
    for _ in track(range(repeats), description="Memory"):
        for database in (small, large):
            found[database.size].append(_resident(database, asked[database.size]))
    return Comparison(found[large.size], found[small.size])


def _resident(database: Database, asked: Sequence[Question]) -> float:
    paths = [path for question in asked for path in question.dossier[: int(_EACH * _SHARES.get(question.name, 0))]]
    shares = [paths[at::CONNECTIONS] for at in range(CONNECTIONS)]
    with running(dossier(database)) as started:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(partial(_ask, started.port), shares))
        return float(resident(started.process))


def _ask(port: int, paths: Sequence[str]) -> None:
    with closing(Client(port)) as client:
        for path in paths:
            client.page(path)
