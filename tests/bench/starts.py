"""Time from launch to the first response, on a migrated database."""

from app.bundle.progress import Track
from tests.bench.databases import Database
from tests.bench.results import Comparison
from tests.bench.serving import dossier, running, tutorial


def starts(database: Database, repeats: int, track: Track) -> Comparison:
    """Compare the start times of Dossier and contender (d), in seconds, measured in turn."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in track(range(repeats), description="Starts"):
        for contender, durations in ((dossier(database), ours), (tutorial(database), theirs)):
            with running(contender) as started:
                durations.append(started.seconds)
    return Comparison(ours, theirs)
