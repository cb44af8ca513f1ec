"""Cost of loading the next bundles into copies of a small and a large database."""

import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from app.bundle.progress import Track
from tests.bench.databases import CACHE, GROUP, Database, Load, contents_after, load
from tests.bench.results import Comparison


def loading(small: Database, large: Database, repeats: int, track: Track) -> dict[str, Comparison]:
    """Compare the seconds per record in the large and the small database, loaded in turn.

    The keys are `processor` for processor time and `clock` for elapsed time.
    """
    loads: dict[int, list[Load]] = {small.size: [], large.size: []}
    with TemporaryDirectory(dir=CACHE) as folder:
        copies = [(one, Path(shutil.copy(one.path, folder)), contents_after(one.bundles)) for one in (small, large)]
        for number in track(range(repeats), description="Loading"):
            for database, copy, contents in copies:
                before = database.bundles + number * GROUP
                loads[database.size].append(load(copy, before, list(islice(contents, GROUP))))
    costs: dict[str, Callable[[Load], float]] = {
        "processor": lambda one: one.seconds / one.records,
        "clock": lambda one: one.elapsed / one.records,
    }
    return {
        name: Comparison(list(map(cost, loads[large.size])), list(map(cost, loads[small.size])))
        for name, cost in costs.items()
    }
