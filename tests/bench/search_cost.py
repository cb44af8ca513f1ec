"""Latency of a search compared with the same FTS5 query in bare sqlite3, one request at a time."""

import sqlite3
from contextlib import closing
from functools import partial
from urllib.parse import parse_qs, urlsplit

from app.bundle.progress import Track
from app.query.search import parse
from tests.bench.databases import Database
from tests.bench.latency import latencies
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
    found = Comparison([], [])
    with running(dossier(database)) as started, closing(sqlite3.connect(database.path)) as connection:

        def in_process(path: str) -> None:
            connection.execute(_FTS5, [_match(path)]).fetchall()

        for number in track(range(rounds), description="Searches"):
            paths = search.dossier[number * _SEARCHES :][:_SEARCHES]
            found.add(latencies((partial(started.client.page, path), partial(in_process, path)) for path in paths))
    return found


def _match(path: str) -> str:
    """Convert a search path to its FTS5 expression."""
    return " AND ".join(term.fts5() for term in parse(parse_qs(urlsplit(path).query)["q"][0]))
