"""Latency of a search compared with the same FTS5 query in bare sqlite3, one request at a time."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from statistics import median
from urllib.parse import parse_qs, urlsplit

from app.bundle.progress import Track
from app.query.search import parse
from tests.bench.databases import Database
from tests.bench.questions import Question
from tests.bench.results import Comparison
from tests.bench.serving import dossier, running

_FTS5 = """
    SELECT rowid, bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0) AS score, snippet(search, -1, '<mark>', '</mark>', '…', 30)
    FROM search WHERE search MATCH ? ORDER BY score LIMIT 50
"""
_SEARCHES = 100
"""Number of searches per round; none is repeated."""


def search_cost(database: Database, search: Question, rounds: int, track: Track) -> Comparison:
    """Compare the median latency, in seconds, of searches over HTTP and of their FTS5 queries in this process."""
    ours: list[float] = []
    theirs: list[float] = []
    with running(dossier(database)) as started, closing(sqlite3.connect(database.path)) as connection:

        def by_http(path: str) -> None:
            started.client.page(path)

        def in_process(path: str) -> None:
            connection.execute(_FTS5, [_match(path)]).fetchall()

        for number in track(range(rounds), description="Searches"):
            paths = search.dossier[number * _SEARCHES :][:_SEARCHES]
            both = [_timed(path, at % 2 == 0, by_http, in_process) for at, path in enumerate(paths)]
            ours.append(median(mine for mine, _ in both))
            theirs.append(median(bare for _, bare in both))
    return Comparison(ours, theirs)


def _timed(
    path: str, ours_first: bool, by_http: Callable[[str], None], in_process: Callable[[str], None]
) -> Sequence[float]:
    """Duration of both. The order alternates, because the second one finds the index in the page cache."""
    durations = {}
    for search in (by_http, in_process) if ours_first else (in_process, by_http):
        at = time.perf_counter()
        search(path)
        durations[search] = time.perf_counter() - at
    return durations[by_http], durations[in_process]


def _match(path: str) -> str:
    """Convert a search path to its FTS5 expression."""
    return " AND ".join(term.fts5() for term in parse(parse_qs(urlsplit(path).query)["q"][0]))
