"""docs/benchmarks.md, written from results; what is written there by hand is kept."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from statistics import median

from tests.bench.databases import GROUP, ROOT, Load
from tests.bench.ratios import Ratio
from tests.bench.results import Comparison, Corpus, Results
from tests.bench.steps import Steps

PAGE = ROOT / "docs" / "benchmarks.md"
BY_HAND = "## Where the time goes"
"""From this heading to the end, the page is written by hand."""
_TITLES = {
    "page": "a page of 50 events",
    "record": "one event",
    "filtered": "a filtered and sorted page",
    "faceted": "a page with facets",
    "deep": "a page far down the list",
    "search": "a search",
    "304": "a page that is known (304)",
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
    """Write the page anew, but for what is written by hand."""
    kept = page.read_text("utf-8").partition(BY_HAND)[2] if page.exists() else "\n\nNothing is written here yet.\n"
    page.write_text("\n".join(lines(results)) + f"\n{BY_HAND}{kept}", "utf-8")


def lines(results: Results) -> Iterator[str]:
    """The page as it is measured, line by line."""
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
    """The parts of a request, the dearest first."""
    yield f"{_TITLES[found.question].capitalize()}: {found.whole:,.0f} µs\n"
    shown = found.parts[:most]
    rest = sum(cost for _, cost in found.parts[most:])
    yield from _table(
        ("part", "µs", "share"),
        ((f"`{part}`", f"{cost:,.0f}", f"{cost / found.whole:.0%}") for part, cost in [*shown, ("others", rest)]),
    )


def _corpus(corpus: Corpus, results: Results) -> Iterator[str]:
    yield f"## Over {corpus.records:,} records\n"
    yield (
        f"The database has {corpus.bytes / 2**20:,.0f} MiB. Ratios of requests per second: Dossier to another, each "
        f"within one round; {results.rounds} rounds of {results.seconds} s or more.\n"
    )
    yield from _table(
        ("question", "Dossier", "against", "least", "median", "most", "wanted", "reached"),
        (_ratio(ratio) for ratio in corpus.ratios),
    )
    if corpus.ended:
        ended = ", ".join(_TITLES[name] for name in corpus.ended)
        yield f"Asked cold, Dossier had answered all questions before the round was over: {ended}.\n"
    yield "Requests per second, medians; they depend on the machine:\n"
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
    return (_TITLES[ratio.question], ratio.state, ratio.against, *figures, wanted, _said(ratio.reached, wanted))


def _others(results: Results) -> Iterator[str]:
    yield "## Search beside bare sqlite3\n"
    if results.search:
        yield (
            f"Over {results.search_size:,} records, one request at a time: the median latency of a new search by HTTP, "
            "and of the same FTS5 query with its snippets in a process of its own.\n"
        )
        yield from _comparisons([("search", results.search)], "ms", 1e3, 2.0)
    yield "## Growth\n"
    if results.growth:
        small, large = results.growth_sizes
        yield f"What a cold page of 50 events costs among {large:,} records, beside {small:,}:\n"
        depths = [(f"at {float(depth):.0%} of the list", one) for depth, one in results.growth.items()]
        yield from _comparisons(depths, "ms", 1e3, 1.3)
    if results.memory:
        small, large = results.memory_sizes
        yield (
            f"The resident memory of a worker over {large:,} records, beside {small:,}, after the same number of "
            "distinct questions:\n"
        )
        yield from _comparisons([("memory", results.memory)], "MiB", 2**-20, 1.3)
    yield "## Loading\n"
    if results.loading:
        small, large = results.loading_sizes
        yield (
            f"What a record costs when the next {GROUP} bundles are loaded into {large:,} records, beside {small:,}, "
            "the start of `dossier load` included:\n"
        )
        times = [(f"a record, by the {name}", one) for name, one in results.loading.items()]
        yield from _comparisons(times, "ms", 1e3, 1.2)
    yield from _building(results.loads)
    yield "## Start\n"
    if results.start:
        yield "From launch on a migrated database to the first answer, beside (d):\n"
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
                _said(one.ratios[1] <= threshold, wanted),
            )
            for what, one in found
        ),
    )


def _building(loads: Sequence[Load]) -> Iterator[str]:
    """How the largest database was built, from one power of ten to the next."""
    yield "The largest database was built, whenever that was, at, by the processor:\n"
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


def _said(reached: bool, wanted: str) -> str:
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

`make bench` wrote this page, all but its last section. It takes `wrk` and half an hour; `make bench-large` adds a
million records and takes some hours the first time, most of them to load. What was loaded stays in `.bench/` for the
next run, and can be deleted at any time. Quicker, and rougher:

```sh
.venv/bin/python -m tests.bench --sizes 1k --rounds 1 --seconds 1 --questions page,record --no-write
.venv/bin/python -m tests.bench profile    # what the steps of a cold request cost
.venv/bin/python -m tests.bench report     # write this page again from the last run
```

Only ratios within one run mean something on another machine than this one:
"""

_CONTENDERS_AND_QUESTIONS = """\
## What is measured

The corpus is generated: commentaries in the proportions of the seed, with a vocabulary of a few thousand words that
follow Zipf's law, actors that documents share, and dates of every shape over some decades; the same ones each time.
`dossier load` loads them. The contenders take turns, each a fresh process with one worker on uvloop and httptools,
over the same database file; `wrk` asks over 16 connections, without `Accept-Encoding`, and an answer that is no 2xx or
3xx fails the run.

- **(a)** A bare ASGI app on uvicorn that sends the same bytes, headers included: the limit.
- **(b)** Routes of FastAPI that send the same bytes from memory.
- **Dossier** as users get it: `dossier serve`, with request ids, CORS, metrics and logs. *Warm* asks the same 16
  questions again and again. *Cold* asks each question once, so that no answer can be one that was kept; where the list
  of questions ends before the round does, so does the round.
- **(d)** The same lists as the FastAPI and SQLModel tutorials teach: models with relationships, a session for each
  request, `def` endpoints, `offset` and `limit`, response models, relations loaded by `selectinload`, totals by count,
  search by FTS5's `MATCH`. A test shows that it gives the same items.
- **(e)** Datasette, asked for what is nearest: rows of `record` as JSON, sorted by date, without suggested facets; for
  facets rows of `event` with two of its columns counted; for a search the SQL of one. Its time limits are lifted.

(a), (b) and (d) write no access log. (a) and (b) know 256 answers of each question, and are asked for them again and
again. A contender that is slow gets longer rounds, until it has given some 100 answers or 15 s have gone by. The time
in which the last answers of a round are under way counts against whom they come from.
"""
