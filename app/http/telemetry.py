"""Metrics, in Prometheus' format."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, math.inf)


Value = Callable[[], float | Mapping[str, float]]


class Telemetry:
    """The metrics of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.flush: Callable[[], None] = lambda: None
        """Counts the requests that the access log has gathered."""
        self.requests = Histogram(
            "dossier_request_seconds", "Durations of requests, by route and status.", ("route", "status")
        )
        self.reads = Histogram(
            "dossier_read_seconds",
            "Durations of database reads, in the event loop (quick) or in a thread (slow).",
            ("lane",),
        )
        self.registry.register(self.requests)
        self.registry.register(self.reads)
        ProcessCollector(registry=self.registry)

    def gauge(self, name: str, description: str, value: Value, label: str = "") -> None:
        """Add a gauge, whose value is computed by a function, for each value of a label if there is one."""
        self.registry.register(_Computed(GaugeMetricFamily, name, description, value, label))

    def counter(self, name: str, description: str, value: Value) -> None:
        """Add a counter, whose value is computed by a function. Its name gets the suffix `_total`."""
        self.registry.register(_Computed(CounterMetricFamily, name, description, value))

    def read(self, quick: bool, seconds: float) -> None:
        """Count a read of the database."""
        self.reads.add(("quick" if quick else "slow",), seconds)

    def exposition(self) -> bytes:
        """The metrics as text."""
        self.flush()
        return generate_latest(self.registry)


class _Computed(Collector):
    """A gauge or a counter whose value is computed when it is read."""

    def __init__(self, family: Any, name: str, description: str, value: Value, label: str = "") -> None:
        self._family, self._name, self._description, self._value = family, f"dossier_{name}", description, value
        self._labels = [label] if label else []

    def describe(self) -> Iterable[Metric]:
        """The metric without its values, so that none is computed when it is registered."""
        yield self._family(self._name, self._description, labels=self._labels)

    def collect(self) -> Iterable[Metric]:
        """The metric with its present values."""
        family, value = self._family(self._name, self._description, labels=self._labels), self._value()
        for label, number in value.items() if isinstance(value, Mapping) else [("", value)]:
            family.add_metric([label] if self._labels else [], number)
        yield family


class Histogram(Collector):
    """A histogram that is updated from one thread only, and so needs no lock."""

    def __init__(self, name: str, description: str, labels: tuple[str, ...]) -> None:
        self._family = name, description, labels
        self._counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(_BUCKETS))
        self._sums: dict[tuple[Any, ...], float] = defaultdict(float)

    def add(self, labels: tuple[Any, ...], seconds: float) -> None:
        """Count one duration."""
        self._counts[labels][bisect_left(_BUCKETS, seconds)] += 1
        self._sums[labels] += seconds

    def collect(self) -> Iterable[Metric]:
        """The histogram as Prometheus expects it, with cumulative buckets."""
        name, description, labels = self._family
        family = HistogramMetricFamily(name, description, labels=labels)
        for values, counts in self._counts.items():
            buckets = zip(map(floatToGoString, _BUCKETS), accumulate(counts), strict=True)
            family.add_metric([str(value) for value in values], list(buckets), self._sums[values])
        yield family
