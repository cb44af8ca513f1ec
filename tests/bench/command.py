"""The command line of the benchmark."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import err, out, progress
from tests.bench import compare as comparison
from tests.bench import kept, report
from tests.bench.databases import database
from tests.bench.questions import NAMES
from tests.bench.questions import questions as make_questions
from tests.bench.run import run
from tests.bench.serving import dossier, running
from tests.bench.steps import steps
from tests.bench.wrk import Failed, wrk_command

app = typer.Typer(add_completion=False)

_SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}


@app.callback(invoke_without_command=True)
def measure(
    context: typer.Context,
    sizes: Annotated[str, typer.Option(help="Comma-separated sizes of the corpus: 1k, 10k, 100k, 1m.")] = "1k,100k",
    rounds: Annotated[int, typer.Option(min=1, help="Number of rounds.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Duration in seconds of each question per contender.")] = 3,
    questions: Annotated[str, typer.Option(help="Comma-separated questions.")] = ",".join(NAMES),
    others: Annotated[
        bool, typer.Option(help="Also measure search, filters, renames, growth, memory, loads, start.")
    ] = True,
    write: Annotated[bool, typer.Option(help="Write docs/benchmarks.md.")] = True,
) -> None:
    """Measure Dossier against the other contenders, and write docs/benchmarks.md."""
    if context.invoked_subcommand is not None:
        return
    names = tuple(questions.split(","))
    for name, choices in [*((name, NAMES) for name in names), *((size, _SIZES) for size in sizes.split(","))]:
        if name not in choices:
            raise typer.BadParameter(f"'{name}' must be one of {', '.join(choices)}")
    try:
        wrk_command()
        with progress() as track:
            results = run(
                [_SIZES[size] for size in sizes.split(",")], names, rounds, seconds, others=others, track=track
            )
    except Failed as error:
        err.print(str(error))
        raise typer.Exit(1) from None
    kept.store(results)
    if write:
        report.write(results)
    out.print("\n".join(report.lines(results)))


@app.command(name="report")
def write_report() -> None:
    """Rewrite docs/benchmarks.md from the stored results of the last run."""
    report.write(kept.load())


@app.command()
def compare(
    folder: Annotated[Path, typer.Argument(help="Another checkout of Dossier, with its venv in .venv.")],
    sizes: Annotated[str, typer.Option(help="Comma-separated sizes of the corpus: 1k, 10k, 100k, 1m.")] = "1k,100k",
    rounds: Annotated[int, typer.Option(min=1, help="Number of rounds.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Duration in seconds of each question in a round.")] = 2,
    questions: Annotated[str, typer.Option(help="Comma-separated questions.")] = ",".join(NAMES),
) -> None:
    """Compare this version with another checkout, as a table for docs/benchmarks.md."""
    for size in sizes.split(","):
        with progress() as track:
            found = comparison.compare(
                folder.resolve(), _SIZES[size], tuple(questions.split(",")), rounds, seconds, track
            )
        out.print("\n".join(report.comparison(found, _SIZES[size], rounds, seconds)))


@app.command()
def profile(
    size: Annotated[str, typer.Option(help="Size of the corpus: 1k, 10k, 100k or 1m.")] = "100k",
    questions: Annotated[str, typer.Option(help="Comma-separated questions.")] = "page,record",
    most: Annotated[int, typer.Option(min=1, help="Maximum number of parts to show.")] = 20,
) -> None:
    """Profile cold requests, and print the cost of each part as tables for docs/benchmarks.md."""
    with progress() as track:
        corpus = database(_SIZES[size], track)
    with running(dossier(corpus)) as started:
        selected = make_questions(corpus, started.client, tuple(questions.split(",")))
    for found in steps(corpus, [(question.name, question.dossier) for question in selected]):
        out.print("\n".join(report.steps(found, most)))
