"""What operators see: metrics of requests and reads, and a log of one line of JSON each."""

import asyncio
import logging
import math
import sys
import time
import traceback
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import accumulate
from typing import Any, BinaryIO

import orjson
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.types import Scope

METRICS_TYPE = CONTENT_TYPE_LATEST

_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, math.inf)
_SOON = 0.005
"""After so many seconds the requests that were noted are counted and written down, so that none waits for it."""


class Telemetry:
    """The metrics and the log of one service."""

    def __init__(self, level: str, file: BinaryIO | None = None) -> None:
        self._file = file or sys.stderr.buffer
        self._level = level
        self._logs_requests = logging.getLevelNamesMapping()[level.upper()] <= logging.INFO
        self._noted: list[tuple[bytes, str, str, str, int, float, float]] = []
        self.registry = CollectorRegistry()
        self._requests = Times(
            "dossier_request_seconds",
            "Requests by route and status, and how long each took.",
            ("route", "status"),
        )
        self._reads = Times(
            "dossier_read_seconds",
            "Reads of the database, in the event loop (quick) or in a thread (slow), and how long each took.",
            ("lane",),
        )
        self.registry.register(self._requests)
        self.registry.register(self._reads)

    @cached_property
    def log(self) -> Any:
        """What is written down besides requests, which is rare: until then nobody waits for structlog's imports."""
        import structlog

        return structlog.wrap_logger(
            structlog.BytesLogger(self._file),
            processors=[_json],
            wrapper_class=structlog.make_filtering_bound_logger(self._level),
        ).bind()

    def gauge(self, name: str, description: str, value: Any) -> None:
        """Show a number, which a function gives when somebody looks."""
        Gauge(f"dossier_{name}", description, registry=self.registry).set_function(value)

    def read(self, quick: bool, seconds: float) -> None:
        """Count a read of the database."""
        self._reads.add(("quick" if quick else "slow",), seconds)

    def request(self, scope: Scope, route: str, status: int, started: float) -> None:
        """Note that a request is answered. `started` is when it came, by `time.perf_counter`."""
        if not self._noted:
            asyncio.get_running_loop().call_later(_SOON, self.work)
        self._noted.append(
            (scope["request_id"], scope["method"], scope["path"], route, status, started, time.perf_counter())
        )

    def work(self) -> None:
        """Count and write down the requests that were noted."""
        noted, self._noted = self._noted, []
        to_epoch = time.time() - time.perf_counter()
        lines: list[bytes] = []
        for request_id, method, path, route, status, started, ended in noted:
            self._requests.add((route, status), ended - started)
            if self._logs_requests:
                event = {
                    "event": "request",
                    "request_id": request_id,
                    "method": method,
                    "path": path,
                    "route": route,
                    "status": status,
                    "ms": (ended - started) * 1000,
                }
                lines += (_line(to_epoch + ended, "info", event), b"\n")
        self._file.write(b"".join(lines))
        self._file.flush()

    def exposition(self) -> bytes:
        """The metrics, in Prometheus' text format."""
        self.work()
        return generate_latest(self.registry)


class Times(Collector):
    """How long things took, by labels: a histogram that is added to from one thread, which makes it cheap."""

    def __init__(self, name: str, description: str, labels: tuple[str, ...]) -> None:
        self._named = name, description, labels
        self._counts: dict[tuple[Any, ...], list[int]] = {}
        self._sums: dict[tuple[Any, ...], float] = {}

    def add(self, labels: tuple[Any, ...], seconds: float) -> None:
        """Count one thing."""
        try:
            self._counts[labels][bisect_left(_BUCKETS, seconds)] += 1
            self._sums[labels] += seconds
        except KeyError:
            self._counts[labels], self._sums[labels] = [0] * len(_BUCKETS), 0.0
            self.add(labels, seconds)

    def collect(self) -> Iterable[Metric]:
        """What was counted, as Prometheus has it: each bucket with all that took less."""
        name, description, labels = self._named
        told = HistogramMetricFamily(name, description, labels=labels)
        for values, counts in self._counts.items():
            buckets = zip(map(floatToGoString, _BUCKETS), accumulate(counts), strict=True)
            told.add_metric([str(value) for value in values], list(buckets), self._sums[values])
        yield told


def _json(_logger: Any, level: str, event: Any) -> bytes:
    if event.pop("exc_info", False):
        event["exception"] = traceback.format_exc()
    return _line(time.time(), level, event)


def _line(at: float, level: str, event: Mapping[str, Any]) -> bytes:
    """A line of the log. `at` is in seconds since 1970."""
    return orjson.dumps({"at": at, "level": level, **event}, default=_plain)


def _plain(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
