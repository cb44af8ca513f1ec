"""Entry point of `python -m tests.bench`."""

from tests.bench.command import app

app(prog_name="python -m tests.bench")
