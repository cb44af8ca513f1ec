"""Generates docs/benchmarks.md from results, and preserves its handwritten section."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import median

from tests.bench.databases import GROUP, ROOT, Load
from tests.bench.ratios import Ratio
from tests.bench.results import Comparison, Corpus, Results
from tests.bench.steps import Steps

PAGE = ROOT / "docs" / "benchmarks.md"
BY_HAND = "## Where the time goes"
"""Heading of the handwritten section, which extends to the end of the page."""
_TITLES = {
    "page": "a page of 50 events",
    "record": "one event",
    "filtered": "a filtered and sorted page",
    "faceted": "a page with facets",
    "deep": "a page far down the list",
    "search": "a search",
    "worst": "the search that costs most, with all facets",
    "304": "a page that is known (304)",
    "html_home": "the first page, in HTML",
    "html_record": "the page of an event, in HTML",
    "html_actor": "the page of an actor, in HTML",
    "html_list": "the page of a list of events, in HTML",
    "html_reader": "the page of a document, in HTML",
    "with_actor": "events with two actors",
    "initiator": "events of an initiator",
}
_CONTENDERS = {
    "bare": "(a)",
    "memory": "(b)",
    "warm": "Dossier, warm",
    "cold": "Dossier, cold",
    "tutorial": "(d)",
    "datasette": "(e)",
}


def write(results: Results, page: Path = PAGE) -> None:
    """Rewrite the page, except its handwritten section."""
    handwritten = (
        page.read_text("utf-8").partition(BY_HAND)[2] if page.exists() else "\n\nNothing is written here yet.\n"
    )
    page.write_text("\n".join(lines(results)) + f"\n{BY_HAND}{handwritten}", "utf-8")


def lines(results: Results) -> Iterator[str]:
    """Lines of the generated part of the page."""
    yield _INTRODUCTION
    yield from _table(("what", "which"), results.machine.items())
    yield _CONTENDERS_AND_QUESTIONS
    yield from _table(
        ("question", "what differs from one to the next"),
        ((_TITLES[name], differs) for name, differs in results.differs.items()),
    )
    for corpus in results.corpora:
        yield from _corpus(corpus, results)
    yield from _others(results)


def steps(found: Steps, most: int) -> Iterator[str]:
    """Table of the parts of a request, most expensive first."""
    yield f"{_TITLES[found.question].capitalize()}: {found.whole:,.0f} µs\n"
    shown = found.parts[:most]
    rest = sum(cost for _, cost in found.parts[most:])
    yield from _table(
        ("part", "µs", "share"),
        ((f"`{part}`", f"{cost:,.0f}", f"{cost / found.whole:.0%}") for part, cost in [*shown, ("others", rest)]),
    )


def comparison(ratios: Sequence[Ratio], size: int, rounds: int, seconds: int) -> Iterator[str]:
    """Table of the comparison with another checkout."""
    yield f"Over {size:,} records, {rounds} rounds of {seconds} s or more:\n"
    yield from _table(
        ("question", "Dossier", "against", "least", "median", "most"), (_ratio(ratio)[:6] for ratio in ratios)
    )


def _corpus(corpus: Corpus, results: Results) -> Iterator[str]:
    yield f"## Over {corpus.records:,} records\n"
    yield (
        f"The database has {corpus.bytes / 2**20:,.0f} MiB. Figures are ratios of requests per second, Dossier to the "
        f"other, within one round; {results.rounds} rounds of {results.seconds} s or more.\n"
    )
    yield from _table(
        ("question", "Dossier", "against", "least", "median", "most", "wanted", "reached"),
        (_ratio(ratio) for ratio in corpus.ratios),
    )
    if corpus.ended:
        ended = ", ".join(_TITLES[name] for name in corpus.ended)
        yield f"Cold rounds of Dossier that ran out of requests: {ended}.\n"
    yield "Medians of requests per second, which depend on the machine:\n"
    yield from _table(
        ("question", *_CONTENDERS.values()),
        (
            (_TITLES[question], *(f"{median(rates[name]):,.0f}" if name in rates else "" for name in _CONTENDERS))
            for question, rates in corpus.rates.items()
        ),
    )


def _ratio(ratio: Ratio) -> Sequence[str]:
    figures = (f"{figure:.2f}" for figure in (ratio.least, ratio.median, ratio.most))
    wanted = f"≥ {ratio.threshold:g}" if ratio.threshold else ""
    return (_TITLES[ratio.question], ratio.state, ratio.against, *figures, wanted, _verdict(ratio.reached, wanted))


def _others(results: Results) -> Iterator[str]:
    yield "## Search compared with bare sqlite3\n"
    if results.search:
        yield (
            f"Median latency over {results.search_size:,} records, one request at a time: a cold search over HTTP, "
            "compared with the same FTS5 query with snippets in a separate process.\n"
        )
        yield from _comparisons([("search", results.search)], "ms", 1e3, 1.5)
    yield "## Two actors\n"
    if results.filters:
        yield (
            f"Median latency over {results.search_size:,} records, one request at a time and without the response "
            "cache: events with `actor` and `with_actor`, compared with the events of the same `initiator`.\n"
        )
        yield from _comparisons([("`with_actor`", results.filters)], "ms", 1e3, 2.0)
    yield "## Growth\n"
    if results.growth:
        small, large = results.growth_sizes
        yield f"Cost of a cold page of 50 events over {large:,} records, compared with {small:,}:\n"
        depths = [(f"at {float(depth):.0%} of the list", one) for depth, one in results.growth.items()]
        yield from _comparisons(depths, "ms", 1e3, 1.3)
    if results.memory:
        small, large = results.memory_sizes
        yield (
            f"Resident memory of a worker over {large:,} records, compared with {small:,}, after the same number of "
            "different requests:\n"
        )
        yield from _comparisons([("memory", results.memory)], "MiB", 2**-20, 1.3)
    yield "## Loading\n"
    if results.loading:
        small, large = results.loading_sizes
        yield (
            f"Cost per record of loading the next {GROUP} bundles into {large:,} records, compared with {small:,}, "
            "including the start of `dossier load`:\n"
        )
        times = [(f"a record, by the {name}", one) for name, one in results.loading.items()]
        yield from _comparisons(times, "ms", 1e3, 1.2)
    yield from _building(results.loads)
    if results.renaming:
        yield f"Renaming an actor over {results.search_size:,} records, including the start of `dossier load`:\n"
        yield from _renaming(results.renaming)
    yield "## Start\n"
    if results.start:
        yield "Time from launch on a migrated database to the first response, compared with (d):\n"
        yield from _comparisons([("start", results.start)], "s", 1.0, 1.3)


def _comparisons(found: Iterable[tuple[str, Comparison]], unit: str, scale: float, threshold: float) -> Iterator[str]:
    header = ("what", f"this, {unit}", f"beside, {unit}", "least ratio", "median", "most", "wanted", "reached")
    wanted = f"≤ {threshold:g}"
    yield from _table(
        header,
        (
            (
                what,
                f"{median(one.ours) * scale:.2f}",
                f"{median(one.theirs) * scale:.2f}",
                *(f"{ratio:.2f}" for ratio in one.ratios),
                wanted,
                _verdict(one.ratios[1] <= threshold, wanted),
            )
            for what, one in found
        ),
    )


def _building(loads: Sequence[Load]) -> Iterator[str]:
    """Table of the loading cost of the largest database, for each power of ten."""
    yield "Processor time per record when the largest database was built, possibly in an earlier run:\n"
    stages = [list(some) for _, some in groupby(loads, key=lambda one: len(str(one.before)))]
    yield from _table(
        ("from", "to", "ms a record"),
        (
            (
                f"{some[0].before:,}",
                f"{some[-1].before + some[-1].records:,}",
                f"{sum(one.seconds for one in some) / sum(one.records for one in some) * 1e3:.2f}",
            )
            for some in stages
        ),
    )


def _renaming(loads: Mapping[str, Load]) -> Iterator[str]:
    """Table of the time and memory that renaming an actor takes."""
    yield from _table(
        ("records that name the actor", "s of the processor", "s by the clock", "peak memory, MiB"),
        (
            (f"{int(named):,}", f"{one.seconds:.1f}", f"{one.elapsed:.1f}", f"{one.peak / 2**20:.0f}")
            for named, one in loads.items()
        ),
    )


def _verdict(reached: bool, wanted: str) -> str:
    if not wanted:
        return ""
    return "yes" if reached else "**no**"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


_INTRODUCTION = """\
# Benchmarks

These figures compare the speed of Dossier with that of alternatives. `make bench` writes this page, except its last
section. It needs `wrk` and takes half an hour. `make bench-large` adds a million records; its first run takes some
hours, mostly for loading. The databases stay in `.bench/` for the next run, and can be deleted at any time. For quicker
and rougher figures:

```sh
.venv/bin/python -m tests.bench --sizes 1k --rounds 1 --seconds 1 --questions page,record --no-write
.venv/bin/python -m tests.bench profile    # the cost of each step of a cold request
.venv/bin/python -m tests.bench report     # rewrite this page from the last run
```

Absolute figures depend on the machine; only ratios within one run carry over to others. This run used:
"""

_CONTENDERS_AND_QUESTIONS = """\
## What is measured

The corpus is generated, and the same each time. Its commentaries have the proportions of the seed. A vocabulary of a
few thousand words follows Zipf's law. Documents share actors, and dates of every shape cover some decades. The corpus
is loaded by `dossier load`. The contenders run in turn over the same database file. Each is a fresh process with one
worker on uvloop and httptools. `wrk` sends requests over 16 connections, with the `Accept` of a browser and without
`Accept-Encoding`. A status other than 2xx or 3xx fails the run. A *question* in the tables is a type of request. The
contenders are:

- **(a)** A bare ASGI app on uvicorn that sends the same bytes, including headers: the upper limit.
- **(b)** FastAPI routes that send the same bytes from memory.
- **Dossier** as deployed: `dossier serve`, with request ids, CORS, metrics and logs. *Warm* repeats the same 16
  requests. *Cold* sends each request once, so that none is a cache hit. A cold round ends early if it runs out of
  requests.
- **(d)** The same lists, written as in the FastAPI and SQLModel tutorials: `def` endpoints, response models, a session
  per request, models with relationships, `selectinload`, `offset` and `limit`. Totals are a count query; search uses
  FTS5's `MATCH`. A test shows that it returns the same items.
- **(e)** Datasette, with the nearest equivalent of each request. Pages are rows of `record` as JSON, sorted by date,
  without suggested facets. Facets count two columns of `event`. Search runs the SQL of a search. Time limits are off.

(a), (b) and (d) write no access log. (a) repeats the 16 requests of warm Dossier; (b) repeats 256 different requests
per question. Slow contenders get longer rounds: until about 100 responses, or 15 s. The time for the last responses of
a round counts as part of the round.
"""
