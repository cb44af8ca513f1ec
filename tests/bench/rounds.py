"""Rounds: start each contender in turn, send it the requests of all questions, and stop it."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bundle.progress import Track
from app.cli.console import err
from tests.bench.client import Client
from tests.bench.contenders.answers import ANSWERS, Answer, store
from tests.bench.databases import CACHE, Database
from tests.bench.questions import WARM, Question
from tests.bench.serving import Contender, Running, datasette, dossier, running, tutorial, uvicorn
from tests.bench.wrk import Failed, Round, run_wrk

_SAMPLE = 256
"""Number of cold responses stored per question for (a) and (b)."""
_ENOUGH = 100
"""Number of responses expected from a slow contender; its rounds are extended up to `_LONGEST`."""
_LONGEST = 15.0
"""Maximum number of seconds to which a round is extended."""
_SERVER_HEADERS = {b"date", b"server", b"transfer-encoding", b"connection"}
"""Headers added by the server."""

Series = dict[tuple[str, str], list[Round]]
"""Rounds by question and contender; `warm` and `cold` are both Dossier."""


@dataclass(frozen=True)
class Requests:
    """Requests of one question to a contender."""

    series: str
    question: str
    paths: Sequence[str]
    again: bool
    etag: str | None = None


def measure(database: Database, questions: Sequence[Question], rounds: int, seconds: float, track: Track) -> Series:
    """Run rounds of all contenders and questions. Raise Failed if a round fails."""
    with running(dossier(database)) as started:
        answers = capture(started.client, questions)
    file = CACHE / f"answers-{database.size}.pickle"
    store(answers, file)
    etag = next((answers[question.dossier[0]].etag.decode() for question in questions if question.name == "304"), None)
    turns = _turns(database, questions, file, etag)
    series: Series = defaultdict(list)
    for number in track(range(rounds), description=f"Rounds over {database.size:,} records"):
        for contender, batches in turns:
            if not batches:
                continue
            err.print(f"{database.records:,} records, round {number + 1}: {contender.name}")
            with running(contender) as started:
                for batch in batches:
                    try:
                        result = run_round(started, batch, seconds)
                    except Failed as error:
                        raise Failed(f"round {number + 1}, {batch.series}, {batch.question}: {error}") from error
                    series[batch.question, batch.series].append(result)
    return series


def _turns(
    database: Database, questions: Sequence[Question], answers: Path, etag: str | None
) -> list[tuple[Contender, list[Requests]]]:
    """The contenders in order, each with its requests."""
    environment = {ANSWERS: str(answers)}
    fresh = [question for question in questions if question.tutorial]
    return [
        (
            uvicorn("bare", "tests.bench.contenders.bare:app", environment, questions[0].dossier[0]),
            [Requests("bare", q.name, warm(q.dossier), True, etag if q.name == "304" else None) for q in questions],
        ),
        (
            uvicorn("memory", "tests.bench.contenders.memory:app", environment, questions[0].dossier[0]),
            [Requests("memory", q.name, _cold(q.dossier)[:_SAMPLE], True) for q in fresh],
        ),
        (dossier(database), [batch for q in questions for batch in of_dossier(q, etag)]),
        (tutorial(database), [Requests("tutorial", q.name, _cold(q.tutorial), False) for q in fresh]),
        (datasette(database), [Requests("datasette", q.name, _cold(q.datasette), False) for q in fresh]),
    ]


def of_dossier(question: Question, etag: str | None) -> Iterator[Requests]:
    """The requests of a question to Dossier: cold, then warm."""
    if cold := _cold(question.dossier):
        yield Requests("cold", question.name, cold, False)
    yield Requests("warm", question.name, warm(question.dossier), True, etag if question.name == "304" else None)


def warm(paths: list[str]) -> list[str]:
    """The paths that are requested repeatedly."""
    return paths[-WARM:]


def _cold(paths: list[str]) -> list[str]:
    return paths[: -2 * WARM]


def run_round(started: Running, requests: Requests, seconds: float) -> Round:
    """Warm up a contender with some requests, then run a round of wrk.

    With an entity tag, the warm-up also requests each path unconditionally, as a client would to get the tag.
    """
    headers = {"If-None-Match": requests.etag} if requests.etag else {}
    warm_up = requests.paths if requests.again else requests.paths[-WARM:]
    durations = []
    for path in warm_up[:WARM]:
        if headers:
            started.client.get(path)
        at = time.perf_counter()
        status, _, body = started.client.get(path, **headers)
        durations.append(time.perf_counter() - at)
        if status not in (200, 304):
            raise Failed(f"{path} returned {status}: {body[:500]!r}")
    file = CACHE / "paths.txt"
    file.write_text("\n".join(requests.paths if requests.again else requests.paths[:-WARM]))
    enough = min(_LONGEST, _ENOUGH * min(durations))
    return run_wrk(started.url, file, max(seconds, enough), again=requests.again, etag=requests.etag)


def capture(client: Client, questions: Sequence[Question]) -> dict[str, Answer]:
    """Capture Dossier's responses to the requests that (a) and (b) receive."""
    paths = [path for question in questions for path in (*_cold(question.dossier)[:_SAMPLE], *warm(question.dossier))]
    answers = {}
    for path in dict.fromkeys(paths):
        status, headers, body = client.get(path)
        if status != 200:
            raise Failed(f"{path} returned {status}: {body[:500]!r}")
        sent = [(name.lower().encode(), value.encode()) for name, value in headers]
        answers[path] = Answer(status, tuple(header for header in sent if header[0] not in _SERVER_HEADERS), body)
    return answers
