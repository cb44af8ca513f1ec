"""The command line of the benchmark."""

from typing import Annotated

import typer

from app.cli.console import err, out, progress
from tests.bench.databases import database
from tests.bench.questions import NAMES, questions
from tests.bench.ratios import ratios
from tests.bench.rounds import measure
from tests.bench.serving import dossier, running
from tests.bench.wrk import Failed, wrk_command

app = typer.Typer(no_args_is_help=False, add_completion=False)

_SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}


@app.command()
def rounds(
    sizes: Annotated[str, typer.Option(help="Sizes of the corpus, joined by commas: 1k, 10k, 100k, 1m.")] = "1k,100k",
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="How long each question is asked of each contender.")] = 3,
    names: Annotated[str, typer.Option("--questions", help="Questions, joined by commas.")] = ",".join(NAMES),
) -> None:
    """Measure the contenders against each other, and show the ratios."""
    try:
        wrk_command()
        with progress() as track:
            for size in sizes.split(","):
                made = database(_SIZES[size], track)
                with running(dossier(made)) as started:
                    asked = questions(made, started.client, tuple(names.split(",")))
                series = measure(made, asked, rounds, seconds, track)
                for (question, name), told in series.items():
                    out.print(f"{question:9} {name:10} {[round(one.rate) for one in told]}")
                for ratio in ratios(series):
                    out.print(
                        f"{ratio.question:9} {ratio.state} / {ratio.against:24} "
                        f"{ratio.least:8.2f} {ratio.median:8.2f} {ratio.most:8.2f} "
                        f"{ratio.threshold or '':>6} {'' if ratio.reached else 'not reached'}"
                    )
    except Failed as error:
        err.print(str(error))
        raise typer.Exit(1) from None
