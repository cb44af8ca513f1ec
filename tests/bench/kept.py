"""Results stored as JSON in the cache folder."""

from pydantic import TypeAdapter

from tests.bench.databases import CACHE
from tests.bench.results import Results

_FILE = CACHE / "results.json"
_RESULTS = TypeAdapter(Results)


def store(results: Results) -> None:
    """Store the results of a run."""
    _FILE.write_bytes(_RESULTS.dump_json(results, indent=1))


def load() -> Results:
    """Read the results of the last run. Raise FileNotFoundError if there are none."""
    return _RESULTS.validate_json(_FILE.read_bytes())
