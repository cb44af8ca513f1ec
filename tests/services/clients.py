"""Clients that ask several processes at once, and the judge of what they were told.

A client asks one thing at a time, as often of one process as of another. What it hears is judged afterwards, when it
is known what each revision has to say.
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
"""Before each question: what is asked of needs some time, too."""

Said = tuple[int, str]
"""A status, and the digest of a body."""


def said(answer: httpx.Response) -> Said:
    """What an answer says."""
    return answer.status_code, hashlib.sha256(answer.content).hexdigest()


@dataclass(frozen=True)
class Heard:
    """An answer, or a failure: what was asked of which process, and when it was sent and had come, in seconds."""

    process: str
    path: str
    sent: float
    came: float
    said: Said | None = None
    etag: str | None = None
    failure: str | None = None

    def revision(self) -> int | None:
        """The revision that the entity tag gives."""
        return int(self.etag.strip('"').partition("-")[0]) if self.etag else None


class Client(threading.Thread):
    """Asks until it is told to stop, or has asked often enough."""

    def __init__(self, processes: Sequence[str], paths: Sequence[str], seed: int, most: int) -> None:
        super().__init__(daemon=True)
        self.heard: list[Heard] = []
        self.stop = threading.Event()
        self._processes, self._paths, self._most = processes, paths, most
        self._random = Random(seed)
        self._numbers = count()
        self._seed = seed

    def run(self) -> None:
        known: dict[tuple[str, str], tuple[str, Said]] = {}
        with httpx.Client(timeout=60) as client:
            while not self.stop.wait(_PAUSE_SECONDS) and len(self.heard) < self._most:
                process, path = self._random.choice(self._processes), self._random.choice(self._paths)
                headers: dict[str, str] = {}
                etag, before = known.get((process, path), ("", None))
                how = self._random.random()
                if how < 0.3:  # never asked before, and so in no memory
                    headers["Accept"] = f"*/*, application/x-{self._seed}-{next(self._numbers)}"
                elif how < 0.5 and etag:
                    headers["If-None-Match"] = etag
                sent = time.monotonic()
                try:
                    answer = client.get(process + path, headers=headers)
                except httpx.TransportError as error:
                    self.heard.append(Heard(process, path, sent, time.monotonic(), failure=repr(error)))
                    continue
                came = time.monotonic()
                told = before if answer.status_code == 304 else said(answer)
                self.heard.append(Heard(process, path, sent, came, told, answer.headers.get("etag")))
                if answer.status_code == 200 and told and "etag" in answer.headers:
                    known[process, path] = answer.headers["etag"], told


def wrong(heard: Iterable[Heard], expected: Mapping[int, Mapping[str, Said]]) -> list[str]:
    """Answers that no revision gives, and those that are older than one which had come when they were asked for.

    All of `heard` is of one process, which was not started anew meanwhile.
    """
    found = []
    answers = sorted((each for each in heard if each.said), key=lambda each: each.sent)
    revisions: dict[Heard, list[int]] = {}
    for each in answers:
        revisions[each] = [
            revision
            for revision, bodies in expected.items()
            if bodies[each.path] == each.said and each.revision() in (revision, None)
        ]
        if not revisions[each]:
            found.append(f"no revision says so: {each}")
    oldest, come = 0, sorted((each for each in answers if revisions[each]), key=lambda each: each.came)
    waiting = iter(come)
    following = next(waiting, None)
    for each in answers:
        while following is not None and following.came < each.sent:
            oldest = max(oldest, min(revisions[following]))
            following = next(waiting, None)
        if revisions[each] and max(revisions[each]) < oldest:
            found.append(f"older than revision {oldest}: {each}")
    return found


def by_process(clients: Iterable[Client]) -> dict[str, list[Heard]]:
    """All that was heard of each process."""
    heard = defaultdict(list)
    for client in clients:
        for each in client.heard:
            heard[each.process].append(each)
    return heard
