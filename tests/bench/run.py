"""A whole run: every size, every contender, and what is measured besides."""

from collections.abc import Sequence

from app.bundle.progress import Track
from app.cli.console import err
from tests.bench.databases import Database, database
from tests.bench.growth import growth
from tests.bench.loading import loading
from tests.bench.machine import machine
from tests.bench.memory import memory
from tests.bench.questions import Question, questions
from tests.bench.ratios import ratios
from tests.bench.results import Corpus, Results
from tests.bench.rounds import measure
from tests.bench.search_cost import search_cost
from tests.bench.serving import dossier, running
from tests.bench.starts import starts

_SEARCHED = 100_000
_GROWN = 100_000
"""Search is measured over so many records, and growth from so many on, where they are there."""
_COMPARED = 100_000
"""The contenders are asked up to so many records: over a million, (d) and (e) would take a day."""
_LOADED = 10_000
"""The cost of loading is measured beside that at so many records."""
_STARTS = 10
_MEMORIES = _LOADS = 3
_PAGES = 2_500
"""So many pages are collected for each second of a round."""


def run(
    sizes: Sequence[int], names: tuple[str, ...], rounds: int, seconds: int, *, others: bool, track: Track
) -> Results:
    """Measure everything over databases of some sizes; without `others`, the contenders only."""
    databases = [database(size, track) for size in sorted(sizes)]
    asked = {one.size: _asked(one, names, seconds * _PAGES) for one in databases}
    differs = {question.name: question.differs for question in asked[databases[0].size]}
    results = Results(machine(), differs, rounds, seconds)
    results.loads = databases[-1].loads
    for one in databases:
        if one.size <= _COMPARED:
            results.corpora.append(_corpus(one, asked[one.size], rounds, seconds, track))
    if others:
        _others(results, databases, track)
    return results


def _asked(one: Database, names: tuple[str, ...], pages: int = 0) -> list[Question]:
    with running(dossier(one)) as started:
        return questions(one, started.client, names, pages=pages)


def _corpus(made: Database, asked: Sequence[Question], rounds: int, seconds: int, track: Track) -> Corpus:
    series = measure(made, asked, rounds, seconds, track)
    corpus = Corpus(made.size, made.records, made.path.stat().st_size, ratios=ratios(series))
    for (question, contender), told in series.items():
        corpus.rates.setdefault(question, {})[contender] = [one.rate for one in told]
        if contender == "cold" and any(one.exhausted for one in told):
            corpus.ended.append(question)
    return corpus


def _others(results: Results, databases: Sequence[Database], track: Track) -> None:
    smallest, largest = databases[0], databases[-1]
    searched = next((one for one in databases if one.size == _SEARCHED), largest)
    err.print("search, memory, growth, loading, start")
    [search] = _asked(searched, ("search",))
    results.search = search_cost(searched, search, results.rounds, track)
    results.search_size = searched.records
    if len(databases) > 1:
        asked = {one.size: _asked(one, ("filtered", "search", "faceted")) for one in (smallest, largest)}
        results.memory = memory(smallest, largest, asked, min(results.rounds, _MEMORIES), track)
        results.memory_sizes = (smallest.records, largest.records)
        before = next((one for one in databases[:-1] if one.size == _GROWN), None) or database(
            largest.size // 10, track
        )
        found = growth(before, largest, results.rounds, results.seconds, track)
        results.growth = {f"{depth}": one for depth, one in found.items()}
        results.growth_sizes = (before.records, largest.records)
        base = database(_LOADED, track)
        if base.size < largest.size:
            results.loading = loading(base, largest, min(results.rounds, _LOADS), track)
            results.loading_sizes = (base.records, largest.records)
    results.start = starts(smallest, _STARTS, track)
