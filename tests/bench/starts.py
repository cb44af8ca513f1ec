"""How long it takes from launch to the first answer, on a migrated database."""

from app.bundle.progress import Track
from tests.bench.databases import Database
from tests.bench.results import Comparison
from tests.bench.serving import dossier, running, tutorial


def starts(database: Database, repeats: int, track: Track) -> Comparison:
    """The seconds that Dossier takes, and contender (d), in turn."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in track(range(repeats), description="Starts"):
        for contender, took in ((dossier(database), ours), (tutorial(database), theirs)):
            with running(contender) as started:
                took.append(started.seconds)
    return Comparison(ours, theirs)
