"""Ratios of request rates, each within one round, with the threshold of their median."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.questions import PAGES
from tests.bench.rounds import Series

_BARE, _MEMORY, _TUTORIAL, _DATASETTE = (
    ("bare", "(a) bare ASGI"),
    ("memory", "(b) FastAPI from memory"),
    ("tutorial", "(d) FastAPI + SQLModel"),
    ("datasette", "(e) Datasette"),
)
_WARM = {"page": 0.7, "record": 0.7, "304": 0.7} | dict.fromkeys(PAGES, 0.3)
_COLD = {
    "page": {"memory": 0.32, "tutorial": 10.0, "datasette": 5.0},
    "record": {"memory": 0.35},
    "filtered": {"tutorial": 5.0, "datasette": 1.0},
    "faceted": {"tutorial": 5.0},
    "deep": {"tutorial": 5.0},
    "search": {"tutorial": 5.0, "datasette": 1.0},
}


@dataclass(frozen=True)
class Ratio:
    """Ratio of Dossier's request rate to another contender's: minimum, median and maximum over the rounds."""

    question: str
    state: str
    """`warm` or `cold`."""
    against: str
    least: float
    median: float
    most: float
    threshold: float | None
    """Required minimum of the median, or None."""

    @property
    def reached(self) -> bool:
        """True if the median reaches the threshold."""
        return self.threshold is None or self.median >= self.threshold


def ratios(series: Series) -> list[Ratio]:
    """Compute the ratios of all measured questions."""
    found = []
    for question in dict.fromkeys(question for question, _ in series):
        found += _against(series, question, "warm", [(_BARE, _WARM.get(question))])
        thresholds = _COLD.get(question, {})
        others = [(other, thresholds.get(other[0])) for other in (_MEMORY, _TUTORIAL, _DATASETTE)]
        found += _against(series, question, "cold", others)
    return found


def _against(
    series: Series, question: str, state: str, others: Sequence[tuple[tuple[str, str], float | None]]
) -> list[Ratio]:
    ours = series.get((question, state), [])
    found = []
    for (name, title), threshold in others:
        theirs = series.get((question, name), [])
        if ours and theirs:
            each = [own.rate / other.rate for own, other in zip(ours, theirs, strict=True)]
            found.append(Ratio(question, state, title, min(each), median(each), max(each), threshold))
    return found
