"""Commands for readers at a terminal: one record, or those that have some words."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer
from sqlalchemy import select

from app.cli.console import err, out
from app.cli.database import prepared
from app.database.transactions import reading
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.tables import RECORD
from app.query.context import quotes_in_context
from app.query.ranking import hits, ranked, suggestions
from app.query.search import parse
from app.query.snapshot import Snapshot
from app.suggest import hint

if TYPE_CHECKING:
    from rich.console import RenderableType

app = typer.Typer()

_PLURALS = {kind.plural: name for name, kind in KINDS.items()}

Kind = Annotated[str, typer.Argument(help="The kind of record: actor, event, sanction …")]


@app.command()
def show(kind: Kind, id: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Show a record: its fields, and every quote behind it in the sentence that it is taken from."""
    from app.formats.terminal import draw_quotes, draw_record  # with Rich, for which no other command waits

    name = _kind(kind)
    with prepared() as engine, reading(engine) as connection:
        snapshot = Snapshot(connection)
        query = select(RECORD.c.id, RECORD.c.body).where(RECORD.c.kind == name, RECORD.c.slug == id)
        row = connection.execute(query).first()
        if row is None:
            ids = connection.execute(select(RECORD.c.slug).where(RECORD.c.kind == name)).scalars()
            _refuse(f"there is no {name} '{id}'{hint(id, ids)}", snapshot)
        _print(draw_record(orjson.loads(row.body)))
        _print(draw_quotes(quotes_in_context(snapshot, row.id)))


@app.command(context_settings={"ignore_unknown_options": True})  # `-word` is no option: it leaves a word out
def search(
    words: Annotated[list[str], typer.Argument(help='Words to find: "a phrase", begin*, -without.')],
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind of record; repeat it for either.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show at most.")] = 10,
) -> None:
    """Search names, aliases, summaries and quotes of all records: the best match first, the words highlighted."""
    from app.formats.terminal import draw_hits, draw_refs  # with Rich, for which no other command waits

    query = " ".join(f'"{word}"' if " " in word else word for word in words)
    with prepared() as engine, reading(engine) as connection:
        snapshot = Snapshot(connection)
        terms = parse(query)
        kinds = [_kind(name) for name in kind or ()]
        where = [RECORD.c.kind.in_(kinds)] if kinds else []
        found = ranked(snapshot, terms, where, 0, limit)
        if not found.total:
            alike = suggestions(snapshot, terms)
            if alike:
                err.print("names that are written alike:")
                err.print(draw_refs(alike), soft_wrap=False)
            _refuse(f"nothing has {query}", snapshot)
        _print(draw_hits(hits(snapshot, found.rows, terms)))
        if found.total > limit:
            err.print(f"the best {limit} of {found.total}; --limit shows more")


def _kind(name: str) -> KindName:
    """The kind that is meant, be it in the plural."""
    if name in _PLURALS:
        return _PLURALS[name]
    if name not in KINDS:
        err.print(f"there is no kind '{name}'{hint(name, KINDS)}")
        raise typer.Exit(1)
    return KindName(name)


def _refuse(reason: str, snapshot: Snapshot) -> NoReturn:
    err.print(reason if snapshot.revision else f"{reason}; the database is empty: `dossier load` fills it")
    raise typer.Exit(1)


def _print(drawn: "RenderableType") -> None:
    out.print(drawn, soft_wrap=False)
