"""Latency of pairs of actions, one at a time."""

import time
from collections.abc import Callable, Iterable
from statistics import median

Action = Callable[[], object]


def latencies(pairs: Iterable[tuple[Action, Action]]) -> tuple[float, float]:
    """Median durations in seconds of the first and of the second actions.

    The order alternates, because the second action of a pair finds its data in the page cache.
    """
    durations: tuple[list[float], list[float]] = ([], [])
    for number, pair in enumerate(pairs):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            at = time.perf_counter()
            pair[which]()
            durations[which].append(time.perf_counter() - at)
    return median(durations[0]), median(durations[1])
