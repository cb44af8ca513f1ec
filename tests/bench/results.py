"""Results of a run; they are stored as JSON, so that the page can be rewritten without a new run."""

from dataclasses import dataclass, field
from statistics import median

from tests.bench.databases import Load
from tests.bench.ratios import Ratio


@dataclass(frozen=True)
class Comparison:
    """Two series of costs of equal length, measured in turn."""

    ours: list[float]
    theirs: list[float]

    def add(self, costs: tuple[float, float]) -> None:
        """Add a cost to each series."""
        self.ours.append(costs[0])
        self.theirs.append(costs[1])

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Minimum, median and maximum of the ratios of paired costs."""
        each = [mine / other for mine, other in zip(self.ours, self.theirs, strict=True)]
        return min(each), median(each), max(each)


@dataclass
class Corpus:
    """Results for one size of the corpus."""

    size: int
    records: int
    bytes: int
    rates: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """Requests per second in each round, by question and contender."""
    ratios: list[Ratio] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Questions for which a cold round of Dossier ran out of requests."""


@dataclass
class Results:
    """Results of a run."""

    machine: dict[str, str]
    differs: dict[str, str]
    """Descriptions of the difference between variants, by question."""
    rounds: int
    seconds: int
    corpora: list[Corpus] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    """Runs of the loader that built the largest database."""
    loading: dict[str, Comparison] = field(default_factory=dict)
    """Comparisons by unit of time: `processor` or `clock`."""
    loading_sizes: tuple[int, int] = (0, 0)
    renaming: dict[str, Load] = field(default_factory=dict)
    """Loads that rename an actor, by the number of records that name it, over `search_size` records."""
    search: Comparison | None = None
    search_size: int = 0
    filters: Comparison | None = None
    """Events with two actors, compared with the filter of one role, over `search_size` records."""
    growth: dict[str, Comparison] = field(default_factory=dict)
    """Comparisons by depth in the list."""
    growth_sizes: tuple[int, int] = (0, 0)
    memory: Comparison | None = None
    memory_sizes: tuple[int, int] = (0, 0)
    start: Comparison | None = None
