"""A full run: all sizes and contenders, then search, filters, renaming, memory, growth, loading and start."""

from collections.abc import Sequence

from app.bundle.progress import Track
from app.cli.console import err
from tests.bench.databases import Database, database
from tests.bench.filter_cost import filter_cost
from tests.bench.growth import growth
from tests.bench.loading import loading
from tests.bench.machine import machine
from tests.bench.memory import memory
from tests.bench.questions import Question, questions
from tests.bench.ratios import ratios
from tests.bench.renaming import renaming
from tests.bench.results import Corpus, Results
from tests.bench.rounds import measure
from tests.bench.search_cost import search_cost
from tests.bench.serving import dossier, running
from tests.bench.starts import starts

_SEARCH_SIZE = 100_000
"""Number of records to search, filter and rename, unless the run lacks that size."""
_GROWTH_SIZE = 100_000
"""Number of records of the smaller database for the growth measurement, unless the run lacks it."""
_COMPARISON_LIMIT = 100_000
"""Maximum number of records to compare contenders: a million would take (d) and (e) a day."""
_LOADING_SIZE = 10_000
"""Number of records of the smaller database for the loading measurement."""
_STARTS = 10
_MEMORIES = _LOADS = 3
_PAGES = 2_500
"""Number of different pages collected per second of a round."""


def run(
    sizes: Sequence[int], names: tuple[str, ...], rounds: int, seconds: int, *, others: bool, track: Track
) -> Results:
    """Measure everything over databases of these sizes; without `others`, only compare the contenders."""
    databases = [database(size, track) for size in sorted(sizes)]
    selected = {one.size: _questions(one, names, seconds * _PAGES) for one in databases}
    differs = {question.name: question.differs for question in selected[databases[0].size]}
    results = Results(machine(), differs, rounds, seconds)
    results.loads = databases[-1].loads
    for one in databases:
        if one.size <= _COMPARISON_LIMIT:
            results.corpora.append(_corpus(one, selected[one.size], rounds, seconds, track))
    if others:
        _others(results, databases, track)
    return results


def _questions(one: Database, names: tuple[str, ...], pages: int = 0) -> list[Question]:
    with running(dossier(one)) as started:
        return questions(one, started.client, names, pages=pages)


def _corpus(source: Database, selected: Sequence[Question], rounds: int, seconds: int, track: Track) -> Corpus:
    series = measure(source, selected, rounds, seconds, track)
    corpus = Corpus(source.size, source.records, source.path.stat().st_size, ratios=ratios(series))
    for (question, contender), measured in series.items():
        corpus.rates.setdefault(question, {})[contender] = [one.rate for one in measured]
        if contender == "cold" and any(one.exhausted for one in measured):
            corpus.ended.append(question)
    return corpus


def _others(results: Results, databases: Sequence[Database], track: Track) -> None:
    smallest, largest = databases[0], databases[-1]
    searched = next((one for one in databases if one.size == _SEARCH_SIZE), largest)
    err.print("search, filters, renaming, memory, growth, loading, start")
    search, both, role = _questions(searched, ("search", "with_actor", "initiator"))
    results.search = search_cost(searched, search, results.rounds, track)
    results.filters = filter_cost(searched, both, role, results.rounds, track)
    results.renaming = renaming(searched, track)
    results.search_size = searched.records
    if len(databases) > 1:
        selected = {one.size: _questions(one, ("filtered", "search", "faceted")) for one in (smallest, largest)}
        results.memory = memory(smallest, largest, selected, min(results.rounds, _MEMORIES), track)
        results.memory_sizes = (smallest.records, largest.records)
        before = next((one for one in databases[:-1] if one.size == _GROWTH_SIZE), None) or database(
            largest.size // 10, track
        )
        found = growth(before, largest, results.rounds, results.seconds, track)
        results.growth = {f"{depth}": one for depth, one in found.items()}
        results.growth_sizes = (before.records, largest.records)
        base = database(_LOADING_SIZE, track)
        if base.size < largest.size:
            results.loading = loading(base, largest, min(results.rounds, _LOADS), track)
            results.loading_sizes = (base.records, largest.records)
    results.start = starts(smallest, _STARTS, track)
