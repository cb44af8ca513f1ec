"""Comparison of this version with another checkout; both run in turn within each round."""

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from app.bundle.progress import Track
from tests.bench.contenders.answers import ANSWERS, store
from tests.bench.databases import CACHE, Database, database
from tests.bench.questions import Question, questions
from tests.bench.ratios import Ratio
from tests.bench.rounds import Requests, capture, of_dossier, run_round, warm
from tests.bench.serving import Contender, dossier, processor_seconds, running, uvicorn

_LOAD = (
    "from app.bundle.progress import untracked; from tests.bench.databases import database; "
    "print(database({size}, untracked).path)"
)
_PAGES = 2_500
"""Number of different pages collected per second of a round."""


def compare(folder: Path, size: int, names: tuple[str, ...], rounds: int, seconds: int, track: Track) -> list[Ratio]:
    """Compare with the checkout in `folder`.

    The checkout needs its own venv; it loads the same corpus into its own database.
    Rates depend on other work on the machine; requests per second of the server's processor time hardly do.
    """
    own = database(size, track)
    other = replace(own, path=_load_corpus(folder, size))
    answers = CACHE / f"answers-{size}.pickle"
    turns = [*_turns(own, dossier(own), "this", names, seconds, answers)]
    before = replace(dossier(other), command=(str(folder / ".venv" / "bin" / "dossier"), "serve"))
    turns += _turns(other, before, "before", names, seconds, None)
    rates: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    costs: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for _ in track(range(rounds), description=f"Rounds over {own.records:,} records"):
        for name, contender, batches in turns:
            with running(contender) as started:
                for batch in batches:
                    worked = processor_seconds(started.process)
                    result = run_round(started, batch, seconds)
                    worked = processor_seconds(started.process) - worked
                    rates[batch.question, batch.series, name].append(result.rate)
                    costs[batch.question, batch.series, name].append(result.requests / worked)
    return [
        *_ratios(rates, "this", "before", "the other checkout"),
        *_ratios(costs, "this", "before", "the other checkout, by processor time"),
        *_ratios(rates, "this", "bare", "(a) bare ASGI"),
        *_ratios(costs, "this", "bare", "(a) bare ASGI, by processor time"),
    ]


def _ratios(rates: dict[tuple[str, str, str], list[float]], own: str, other: str, title: str) -> Iterator[Ratio]:
    for (question, state, name), each in rates.items():
        if name == own and (others := rates.get((question, state, other))):
            ratios = [mine / theirs for mine, theirs in zip(each, others, strict=True)]
            yield Ratio(question, state, title, min(ratios), median(ratios), max(ratios), None)


def _load_corpus(folder: Path, size: int) -> Path:
    command = [str(folder / ".venv" / "bin" / "python"), "-c", _LOAD.format(size=size)]
    return Path(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip())


def _turns(
    corpus: Database, contender: Contender, name: str, names: tuple[str, ...], seconds: int, answers: Path | None
) -> Iterator[tuple[str, Contender, list[Requests]]]:
    """A contender with its requests.

    With `answers`, the bare ASGI app comes first; it sends the same warm responses.
    """
    with running(contender) as started:
        selected = questions(corpus, started.client, names, pages=seconds * _PAGES)
        etag = next((started.client.get(q.dossier[0])[1] for q in selected if q.name == "304"), None)
        tag = next((value for header, value in etag or () if header.lower() == "etag"), None)
        if answers:
            store(capture(started.client, selected), answers)
            bare = uvicorn("bare", "tests.bench.contenders.bare:app", {ANSWERS: str(answers)}, selected[0].dossier[0])
            yield "bare", bare, [_bare(question, tag) for question in selected]
    yield name, contender, [batch for question in selected for batch in of_dossier(question, tag)]


def _bare(question: Question, etag: str | None) -> Requests:
    return Requests("warm", question.name, warm(question.dossier), True, etag if question.name == "304" else None)
