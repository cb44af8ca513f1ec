"""Results kept as JSON in the cache folder."""

from pydantic import TypeAdapter

from tests.bench.databases import CACHE
from tests.bench.results import Results

_FILE = CACHE / "results.json"
_RESULTS = TypeAdapter(Results)


def keep(results: Results) -> None:
    """Keep the results of a run."""
    _FILE.write_bytes(_RESULTS.dump_json(results, indent=1))


def kept() -> Results:
    """The results of the last run. Raises FileNotFoundError where there was none."""
    return _RESULTS.validate_json(_FILE.read_bytes())
