"""Cost of a cold page at several depths of the list, in a small and a large database."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from app.bundle.progress import Track
from tests.bench.client import Client
from tests.bench.databases import CACHE, Database
from tests.bench.questions import EVENTS
from tests.bench.results import Comparison
from tests.bench.serving import dossier, running
from tests.bench.walking import positions
from tests.bench.wrk import run_wrk

DEPTHS = (0.0, 0.25, 0.5, 0.75, 0.95)
"""Positions in the list, as fractions of its length, where the requested pages begin."""
_PAGES = 3_000
"""Maximum number of pages requested at each depth."""
_FEWEST = 100
"""Minimum number of pages at each depth; a depth with fewer pages is skipped."""
_LIMIT = 50


def growth(small: Database, large: Database, rounds: int, seconds: float, track: Track) -> dict[float, Comparison]:
    """Compare the seconds per page in the large and the small database, by depth.

    Depths with too few pages in either database are skipped.
    """
    lists = {database.size: _lists(database) for database in (small, large)}
    costs: dict[tuple[int, float], list[float]] = {}
    for _ in track(range(rounds), description="Growth"):
        for database in (small, large):
            with running(dossier(database)) as started:
                for depth, paths in lists[database.size].items():
                    started.client.page(paths[-1])
                    file = CACHE / "paths.txt"
                    file.write_text("\n".join(paths[:-1]))
                    result = run_wrk(started.url, file, seconds, again=False)
                    costs.setdefault((database.size, depth), []).append(1 / result.rate)
    return {
        depth: Comparison(costs[large.size, depth], costs[small.size, depth])
        for depth in DEPTHS
        if (large.size, depth) in costs and (small.size, depth) in costs
    }


def _lists(database: Database) -> dict[float, Sequence[str]]:
    """Paths of the pages to request, by depth."""
    with closing(sqlite3.connect(database.path)) as connection:
        [events] = connection.execute("select count(*) from record where kind = 'event'").fetchone()
    with running(dossier(database)) as started:
        pages = {depth: _pages(started.client, events, depth) for depth in DEPTHS}
        return {depth: found for depth, found in pages.items() if len(found) >= _FEWEST}


def _pages(client: Client, events: int, depth: float) -> Sequence[str]:
    """Paths of full pages, starting at a depth."""
    first = max(1, int(events * depth))
    found = positions(client, EVENTS, first, max(0, min(_PAGES, events - first - _LIMIT)))
    return [f"{EVENTS}?limit={_LIMIT}&cursor={cursor}" for cursor in found]
