"""Concurrent clients of several processes, and the check of the responses that they received.

Each client sends one request at a time, to a random process. The responses are checked afterwards, when the correct
response of each revision is known.
"""

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

import httpx

_PAUSE_SECONDS = 0.03
"""The pause before each request, which leaves processor time to the services."""

Digest = tuple[int, str]
"""A status, and the SHA-256 digest of a body."""


def digest(response: httpx.Response) -> Digest:
    """The status and the digest of the body."""
    return response.status_code, hashlib.sha256(response.content).hexdigest()


@dataclass(frozen=True)
class Exchange:
    """A request and its response or failure, with the times in seconds."""

    process: str
    path: str
    sent: float
    received: float
    digest: Digest | None = None
    etag: str | None = None
    failure: str | None = None

    def revision(self) -> int | None:
        """The revision in the entity tag."""
        return int(self.etag.strip('"').partition("-")[0]) if self.etag else None


class Client(threading.Thread):
    """Sends requests until it is stopped or has sent `limit` of them."""

    def __init__(self, processes: Sequence[str], paths: Sequence[str], seed: int, limit: int) -> None:
        super().__init__(daemon=True)
        self.exchanges: list[Exchange] = []
        self.stop = threading.Event()
        self._processes, self._paths, self._limit = processes, paths, limit
        self._random = Random(seed)
        self._numbers = count()
        self._seed = seed

    def run(self) -> None:
        cached: dict[tuple[str, str], tuple[str, Digest]] = {}
        with httpx.Client(timeout=60, verify=False) as client:
            while not self.stop.wait(_PAUSE_SECONDS) and len(self.exchanges) < self._limit:
                process, path = self._random.choice(self._processes), self._random.choice(self._paths)
                headers: dict[str, str] = {}
                etag, before = cached.get((process, path), ("", None))
                chance = self._random.random()
                if chance < 0.3:  # a new cache key, so that the response cache has no entry
                    headers["Accept"] = f"*/*, application/x-{self._seed}-{next(self._numbers)}"
                elif chance < 0.5 and etag:
                    headers["If-None-Match"] = etag
                sent = time.monotonic()
                try:
                    response = client.get(process + path, headers=headers)
                except httpx.TransportError as error:
                    self.exchanges.append(Exchange(process, path, sent, time.monotonic(), failure=repr(error)))
                    continue
                received = time.monotonic()
                current = before if response.status_code == 304 else digest(response)
                self.exchanges.append(Exchange(process, path, sent, received, current, response.headers.get("etag")))
                if response.status_code == 200 and current and "etag" in response.headers:
                    cached[process, path] = response.headers["etag"], current


def wrong(exchanges: Iterable[Exchange], expected: Mapping[int, Mapping[str, Digest]]) -> list[str]:
    """Responses that match no revision, or an older revision than one received before their request was sent.

    All exchanges are with one process that was not restarted in between.
    """
    found = []
    answered = sorted((each for each in exchanges if each.digest), key=lambda each: each.sent)
    revisions: dict[Exchange, list[int]] = {}
    for each in answered:
        revisions[each] = [
            revision
            for revision, digests in expected.items()
            if digests[each.path] == each.digest and each.revision() in (revision, None)
        ]
        if not revisions[each]:
            found.append(f"matches no revision: {each}")
    oldest, received = 0, sorted((each for each in answered if revisions[each]), key=lambda each: each.received)
    waiting = iter(received)
    following = next(waiting, None)
    for each in answered:
        while following is not None and following.received < each.sent:
            oldest = max(oldest, min(revisions[following]))
            following = next(waiting, None)
        if revisions[each] and max(revisions[each]) < oldest:
            found.append(f"older than revision {oldest}: {each}")
    return found


def by_process(clients: Iterable[Client]) -> dict[str, list[Exchange]]:
    """All exchanges with each process."""
    exchanges = defaultdict(list)
    for client in clients:
        for each in client.exchanges:
            exchanges[each.process].append(each)
    return exchanges
