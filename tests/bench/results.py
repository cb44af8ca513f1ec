"""What a run found, kept as JSON so that the page can be written again without measuring again."""

from dataclasses import dataclass, field
from statistics import median

from tests.bench.databases import Load
from tests.bench.ratios import Ratio


@dataclass(frozen=True)
class Comparison:
    """Two costs, measured in turn: as many of the one as of the other."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratios(self) -> tuple[float, float, float]:
        """The least, the median and the greatest ratio within one turn."""
        each = [mine / other for mine, other in zip(self.ours, self.theirs, strict=True)]
        return min(each), median(each), max(each)


@dataclass
class Corpus:
    """What was found over one size of the corpus."""

    size: int
    records: int
    bytes: int
    rates: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """By question and contender, requests a second in each round."""
    ratios: list[Ratio] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """The questions of which Dossier answered all there were, before a round was over."""


@dataclass
class Results:
    """What a run found."""

    machine: dict[str, str]
    differs: dict[str, str]
    """By question, what differs from one variant to the next."""
    rounds: int
    seconds: int
    corpora: list[Corpus] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    """How the largest database was loaded, when it was."""
    loading: dict[str, Comparison] = field(default_factory=dict)
    """By what is counted."""
    loading_sizes: tuple[int, int] = (0, 0)
    search: Comparison | None = None
    search_size: int = 0
    growth: dict[str, Comparison] = field(default_factory=dict)
    """By depth."""
    growth_sizes: tuple[int, int] = (0, 0)
    memory: Comparison | None = None
    memory_sizes: tuple[int, int] = (0, 0)
    start: Comparison | None = None
