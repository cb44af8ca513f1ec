"""Commands that print what an analysis can have: terms with their definitions, and the schema."""

import sys
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy import select

from app.bundle.format import json_schema
from app.cli.console import fail, out
from app.cli.database import tried
from app.database.transactions import reading
from app.model.tables import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES, Mode
from app.suggest import hint

app = typer.Typer()


@app.command()
def terms(
    word: Annotated[str, typer.Argument(help="A vocabulary, or a word in the terms and their definitions.")] = "",
) -> None:
    """Print the vocabularies with their definitions: all, one of them, or the terms with a word."""
    known: dict[str, dict[str, Any]] = {
        name: {term.term: term for term in defined} for name, defined in VOCABULARIES.items()
    }
    with tried() as engine, reading(engine) as connection:
        for name, model in OPEN_TERMS.items():
            table = table_of(model)
            known[name] = {row.term: row for row in connection.execute(select(table).order_by(table.c.term))}
    lines = [
        f"{name}: {term.term}  {term.label}: {term.definition}"
        + (f" (event type: {', '.join(Mode(term.term).parents)})" if name == "mode" else "")
        for name, defined in sorted(known.items())
        for term in defined.values()
        if word == name
        or (word not in known and word.casefold() in f"{term.term} {term.label} {term.definition}".casefold())
    ]
    for line in lines:
        out.print(line, highlight=False)
    if not lines:
        fail(
            f"no term has '{word}'{hint(word, [*known, *(term for defined in known.values() for term in defined)], 0)}"
        )


@app.command()
def schema() -> None:
    """Print the JSON Schema of analysis.yaml, for completion and validation in text editors."""
    sys.stdout.buffer.write(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2) + b"\n")
