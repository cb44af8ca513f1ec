"""`python -m tests.bench`: measures, and writes docs/benchmarks.md."""

from tests.bench.command import app

app(prog_name="python -m tests.bench")
