"""Latency of the events with two actors, compared with the filter of one role, one request at a time."""

from dataclasses import replace
from functools import partial

from app.bundle.progress import Track
from tests.bench.databases import Database
from tests.bench.latency import latencies
from tests.bench.questions import Question
from tests.bench.results import Comparison
from tests.bench.serving import dossier, running

_REQUESTS = 100
"""Number of pairs of requests per round."""


def filter_cost(database: Database, both: Question, role: Question, rounds: int, track: Track) -> Comparison:
    """Compare the median latency, in seconds, of two questions without the response cache, as actors repeat."""
    uncached = dossier(database)
    uncached = replace(uncached, environment={**uncached.environment, "DOSSIER_CACHE_MB": "0"})
    found = Comparison([], [])
    paths = list(zip(both.dossier, role.dossier, strict=True))
    with running(uncached) as started:
        for number in track(range(rounds), description="Filters"):
            pairs = paths[number * _REQUESTS :][:_REQUESTS]
            found.add(latencies((partial(started.client.page, a), partial(started.client.page, b)) for a, b in pairs))
    return found
