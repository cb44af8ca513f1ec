"""The benchmark's page reports the measurements, and keeps the paragraphs written by hand."""

from pathlib import Path

from tests.bench.databases import Load
from tests.bench.ratios import ratios
from tests.bench.report import BY_HAND, write
from tests.bench.results import Comparison, Corpus, Results
from tests.bench.rounds import Series
from tests.bench.wrk import Round


def rounds(*rates: float) -> list[Round]:
    return [Round(int(rate * 10), 10.0, 0, False, 0, 0.0, 0.0) for rate in rates]


SERIES: Series = {
    ("page", "bare"): rounds(1000, 1000, 2000),
    ("page", "warm"): rounds(900, 800, 1900),
    ("page", "memory"): rounds(500, 500, 500),
    ("page", "cold"): rounds(100, 300, 200),
}


def results() -> Results:
    corpus = Corpus(1_000, 1_057, 2**20, ratios=ratios(SERIES))
    for (question, contender), told in SERIES.items():
        corpus.rates.setdefault(question, {})[contender] = [one.rate for one in told]
    found = Results({"Processor": "one of a kind"}, {"page": "where it begins"}, 3, 10, [corpus])
    found.loads = [Load(at * 10_000, 10_000, 30.0 + at) for at in range(10)]
    found.search = Comparison([0.003, 0.005, 0.004], [0.002, 0.002, 0.002])
    found.filters = Comparison([0.004, 0.003, 0.006], [0.002, 0.002, 0.002])
    found.renaming = {"30000": Load(100_000, 161, 20.04, 25.0, 150 * 2**20)}
    found.growth = {"0.5": Comparison([0.002], [0.001])}
    return found


def test_ratios_are_within_rounds_and_their_median_must_reach_the_threshold() -> None:
    warm, cold = ratios(SERIES)
    assert (warm.least, warm.median, warm.most, warm.reached) == (0.8, 0.9, 0.95, True)
    assert (cold.least, cold.median, cold.most, cold.reached) == (0.2, 0.4, 0.6, True)


def test_the_page_has_ratios_and_says_what_was_not_reached(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write(results(), page)
    text = page.read_text("utf-8")
    assert "| a page of 50 events | warm | (a) bare ASGI | 0.80 | 0.90 | 0.95 | ≥ 0.7 | yes |" in text
    assert "| search | 4.00 | 2.00 | 1.50 | 2.00 | 2.50 | ≤ 1.5 | **no** |" in text
    assert "| `with_actor` | 4.00 | 2.00 | 1.50 | 2.00 | 3.00 | ≤ 2 | yes |" in text
    assert "| 30,000 | 20.0 | 25.0 | 150 |" in text
    assert "| at 50% of the list | 2.00 | 1.00 | 2.00 | 2.00 | 2.00 | ≤ 1.3 | **no** |" in text
    assert "| 10,000 | 100,000 | 3.50 |" in text


def test_what_is_written_by_hand_is_kept(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write(results(), page)
    once = page.read_text("utf-8")
    page.write_text(once.partition(BY_HAND)[0] + f"{BY_HAND}\n\nMost of it in JSON.\n", "utf-8")
    write(results(), page)
    assert page.read_text("utf-8") == once.partition(BY_HAND)[0] + f"{BY_HAND}\n\nMost of it in JSON.\n"
