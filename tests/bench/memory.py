"""Memory of a worker after the same number of distinct requests, over a small and a large database."""

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

_REQUESTS = 1_000
"""Number of requests for filtered pages; `_SHARES` scales it for the other questions."""
_SHARES = {"filtered": 1.0, "search": 0.3, "faceted": 0.01}


def memory(
    small: Database, large: Database, questions: Mapping[int, Sequence[Question]], repeats: int, track: Track
) -> Comparison:
    """Compare the resident memory of a worker, in bytes, over the large and the small database."""
    bytes_used: dict[int, list[float]] = {small.size: [], large.size: []}
    for _ in track(range(repeats), description="Memory"):
        for database in (small, large):
            bytes_used[database.size].append(_resident(database, questions[database.size]))
    return Comparison(bytes_used[large.size], bytes_used[small.size])


def _resident(database: Database, questions: Sequence[Question]) -> float:
    paths = [
        path for question in questions for path in question.dossier[: int(_REQUESTS * _SHARES.get(question.name, 0))]
    ]
    shares = [paths[at::CONNECTIONS] for at in range(CONNECTIONS)]
    with running(dossier(database)) as started:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(partial(_request, started.port), shares))
        return float(resident(started.process))


def _request(port: int, paths: Sequence[str]) -> None:
    with closing(Client(port)) as client:
        for path in paths:
            client.page(path)
