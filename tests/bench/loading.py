"""What loading costs as the database grows: the same next bundles, into copies of a small one and of a large one."""

import shutil
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from app.bundle.progress import Track
from tests.bench.databases import CACHE, GROUP, Database, contents_after, load
from tests.bench.results import Comparison


def loading(small: Database, large: Database, repeats: int, track: Track) -> Comparison:
    """The seconds that a record costs when it is loaded into the large database, and into the small one, in turn."""
    costs: dict[int, list[float]] = {small.size: [], large.size: []}
    with TemporaryDirectory(dir=CACHE) as folder:
        copies = [(one, Path(shutil.copy(one.path, folder)), contents_after(one.bundles)) for one in (small, large)]
        for number in track(range(repeats), description="Loading"):
            for database, copy, contents in copies:
                told = load(copy, database.bundles + number * GROUP, list(islice(contents, GROUP)))
                costs[database.size].append(told.seconds / told.records)
    return Comparison(costs[large.size], costs[small.size])
