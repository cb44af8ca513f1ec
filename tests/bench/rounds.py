"""Rounds: every contender in turn is started, asked all the questions, and ended; and so again."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bundle.progress import Track
from app.cli.console import err
from tests.bench.client import Client
from tests.bench.contenders.answers import ANSWERS, Answer, keep
from tests.bench.databases import CACHE, Database
from tests.bench.questions import WARM, Question
from tests.bench.serving import Contender, Running, datasette, dossier, running, tutorial, uvicorn
from tests.bench.wrk import Failed, Round, ask

_SAMPLE = 256
"""How many answers (a) and (b) keep of each question."""
_ENOUGH = 100
"""So many answers a round gets of a slow contender, if that takes no longer than …"""
_LONGEST = 15.0
"""… so many seconds."""
_LEFT_OUT = {b"date", b"server", b"transfer-encoding", b"connection"}
"""Headers that the server adds by itself."""

Series = dict[tuple[str, str], list[Round]]
"""By question and contender, its rounds. `warm` and `cold` are both Dossier."""


@dataclass(frozen=True)
class Ask:
    """A list of paths for a contender."""

    series: str
    question: str
    paths: Sequence[str]
    again: bool
    etag: str | None = None


def measure(database: Database, asked: Sequence[Question], rounds: int, seconds: float, track: Track) -> Series:
    """Rounds over all contenders and questions. Raises Failed where one fails to answer."""
    with running(dossier(database)) as started:
        answers = capture(started.client, asked)
    file = CACHE / f"answers-{database.size}.pickle"
    keep(answers, file)
    etag = next((answers[question.dossier[0]].etag.decode() for question in asked if question.name == "304"), None)
    turns = _turns(database, asked, file, etag)
    series: Series = defaultdict(list)
    for number in track(range(rounds), description=f"Rounds over {database.size:,} records"):
        for contender, asks in turns:
            if not asks:
                continue
            err.print(f"{database.records:,} records, round {number + 1}: {contender.name}")
            with running(contender) as started:
                for one in asks:
                    try:
                        told = run_round(started, one, seconds)
                    except Failed as error:
                        raise Failed(f"round {number + 1}, {one.series}, {one.question}: {error}") from error
                    series[one.question, one.series].append(told)
    return series


def _turns(
    database: Database, asked: Sequence[Question], answers: Path, etag: str | None
) -> list[tuple[Contender, list[Ask]]]:
    """The contenders in their order, each with what it is asked."""
    kept = {ANSWERS: str(answers)}
    fresh = [question for question in asked if question.tutorial]
    return [
        (
            uvicorn("bare", "tests.bench.contenders.bare:app", kept, asked[0].dossier[0]),
            [Ask("bare", q.name, warm(q.dossier), True, etag if q.name == "304" else None) for q in asked],
        ),
        (
            uvicorn("memory", "tests.bench.contenders.memory:app", kept, asked[0].dossier[0]),
            [Ask("memory", q.name, _cold(q.dossier)[:_SAMPLE], True) for q in fresh],
        ),
        (dossier(database), [ask for q in asked for ask in of_dossier(q, etag)]),
        (tutorial(database), [Ask("tutorial", q.name, _cold(q.tutorial), False) for q in fresh]),
        (datasette(database), [Ask("datasette", q.name, _cold(q.datasette), False) for q in fresh]),
    ]


def of_dossier(question: Question, etag: str | None) -> Iterator[Ask]:
    """The requests of a question to Dossier: cold, then warm."""
    if question.tutorial:
        yield Ask("cold", question.name, _cold(question.dossier), False)
    yield Ask("warm", question.name, warm(question.dossier), True, etag if question.name == "304" else None)


def warm(paths: list[str]) -> list[str]:
    """The paths that are requested again and again."""
    return paths[-WARM:]


def _cold(paths: list[str]) -> list[str]:
    return paths[: -2 * WARM]


def run_round(started: Running, one: Ask, seconds: float) -> Round:
    """Ask some paths beforehand, so that nothing is done for the first time, and then all of them.

    Who knows an entity tag has it from an answer: that is asked for, too.
    """
    headers = {"If-None-Match": one.etag} if one.etag else {}
    beforehand = one.paths if one.again else one.paths[-WARM:]
    took = []
    for path in beforehand[:WARM]:
        if headers:
            started.client.get(path)
        at = time.perf_counter()
        status, _, body = started.client.get(path, **headers)
        took.append(time.perf_counter() - at)
        if status not in (200, 304):
            raise Failed(f"{path} is answered with {status}: {body[:500]!r}")
    file = CACHE / "paths.txt"
    file.write_text("\n".join(one.paths if one.again else one.paths[:-WARM]))
    enough = min(_LONGEST, _ENOUGH * min(took))
    return ask(started.url, file, max(seconds, enough), again=one.again, etag=one.etag)


def capture(client: Client, asked: Sequence[Question]) -> dict[str, Answer]:
    """What Dossier answers to the paths that (a) and (b) are asked."""
    paths = [path for question in asked for path in (*_cold(question.dossier)[:_SAMPLE], *warm(question.dossier))]
    answers = {}
    for path in dict.fromkeys(paths):
        status, headers, body = client.get(path)
        if status != 200:
            raise Failed(f"{path} is answered with {status}: {body[:500]!r}")
        sent = [(name.lower().encode(), value.encode()) for name, value in headers]
        answers[path] = Answer(status, tuple(header for header in sent if header[0] not in _LEFT_OUT), body)
    return answers
