"""The command line of the benchmark."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import err, out, progress
from tests.bench import compare as comparison
from tests.bench import kept, report
from tests.bench.databases import database
from tests.bench.questions import NAMES
from tests.bench.questions import questions as ask_for
from tests.bench.run import run
from tests.bench.serving import dossier, running
from tests.bench.steps import steps
from tests.bench.wrk import Failed, wrk_command

app = typer.Typer(add_completion=False)

_SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}


@app.callback(invoke_without_command=True)
def measure(
    context: typer.Context,
    sizes: Annotated[str, typer.Option(help="Sizes of the corpus, joined by commas: 1k, 10k, 100k, 1m.")] = "1k,100k",
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="How long each question is asked of each contender.")] = 3,
    questions: Annotated[str, typer.Option(help="Questions, joined by commas.")] = ",".join(NAMES),
    others: Annotated[bool, typer.Option(help="Measure search, growth, memory and start as well.")] = True,
    write: Annotated[bool, typer.Option(help="Write docs/benchmarks.md.")] = True,
) -> None:
    """Measure Dossier against what one would pick instead, and write docs/benchmarks.md."""
    if context.invoked_subcommand is not None:
        return
    names = tuple(questions.split(","))
    for name, known in [*((name, NAMES) for name in names), *((size, _SIZES) for size in sizes.split(","))]:
        if name not in known:
            raise typer.BadParameter(f"'{name}' is none of {', '.join(known)}")
    try:
        wrk_command()
        with progress() as track:
            results = run(
                [_SIZES[size] for size in sizes.split(",")], names, rounds, seconds, others=others, track=track
            )
    except Failed as error:
        err.print(str(error))
        raise typer.Exit(1) from None
    kept.keep(results)
    if write:
        report.write(results)
    out.print("\n".join(report.lines(results)))


@app.command(name="report")
def write_report() -> None:
    """Write docs/benchmarks.md again, from the results of the last run."""
    report.write(kept.kept())


@app.command()
def compare(
    folder: Annotated[Path, typer.Argument(help="Another checkout of Dossier, with its venv in .venv.")],
    sizes: Annotated[str, typer.Option(help="Sizes of the corpus, joined by commas: 1k, 10k, 100k, 1m.")] = "1k,100k",
    rounds: Annotated[int, typer.Option(min=1, help="Number of rounds.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Duration of each question in a round.")] = 2,
    questions: Annotated[str, typer.Option(help="Questions, joined by commas.")] = ",".join(NAMES),
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
    size: Annotated[str, typer.Option(help="The size of the corpus: 1k, 10k, 100k, 1m.")] = "100k",
    questions: Annotated[str, typer.Option(help="Questions, joined by commas.")] = "page,record",
    most: Annotated[int, typer.Option(min=1, help="How many parts to show.")] = 20,
) -> None:
    """Show what the parts of a cold request cost, as tables for docs/benchmarks.md."""
    with progress() as track:
        made = database(_SIZES[size], track)
    with running(dossier(made)) as started:
        asked = ask_for(made, started.client, tuple(questions.split(",")))
    for found in steps(made, [(question.name, question.dossier) for question in asked]):
        out.print("\n".join(report.steps(found, most)))
