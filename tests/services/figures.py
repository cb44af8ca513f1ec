"""The table of figures in a page of the documentation: a row for each figure, a column for each database."""

from collections.abc import Mapping
from pathlib import Path

from tests.services.databases import BACKENDS

_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_HEADING = f"| test | {' | '.join(_NAMES[backend] for backend in BACKENDS)} |"


def read_figures(page: Path) -> dict[str, list[str]]:
    """The rows of the table by name, with a cell for each database."""
    rows = page.read_text("utf-8").partition(_HEADING)[2].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("|")]
    return {name: figures for name, *figures in cells}


def write_figures(page: Path, backend: str, figures: Mapping[str, str]) -> None:
    """Write the figures of one database into the table. It is the last part of the page."""
    rows = read_figures(page)
    for name, figure in figures.items():
        rows.setdefault(name, [""] * len(BACKENDS))[BACKENDS.index(backend)] = figure
    before = page.read_text("utf-8").partition(_HEADING)[0]
    lines = [f"| {' | '.join([name, *cells])} |" for name, cells in rows.items()]
    page.write_text("\n".join([before + _HEADING, "|---" * (1 + len(BACKENDS)) + "|", *lines, ""]), "utf-8")
