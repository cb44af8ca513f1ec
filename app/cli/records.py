"""Commands that read: show one record, or search all records."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer
from sqlmodel import Session, col, select

from app.cli.console import err, fail, out
from app.cli.database import opened
from app.database.transactions import reading
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName
from app.problems import Invalid
from app.query.context import quotes_in_context
from app.query.ids import present_ref
from app.query.ranking import hits, ranked, suggestions
from app.query.search import parse
from app.query.snapshot import Snapshot
from app.suggest import hint

if TYPE_CHECKING:
    from rich.console import RenderableType

app = typer.Typer()

KIND_NAMES = {name: kind.name for kind in KINDS.values() for name in (kind.name, kind.plural)}
"""Each kind by its name, singular and plural."""

Kind = Annotated[str, typer.Argument(help="The kind of record: actor, event, sanction …")]


@app.command()
def show(kind: Kind, id: Annotated[str, typer.Argument(help="The id of the record.")]) -> None:
    """Show a record: its fields, and every quote that supports it, in the context of its sentence."""
    from app.formats.terminal import draw_quotes, draw_record  # imports Rich, which other commands don't need

    name = kind_of(kind)
    with opened() as engine, reading(engine) as connection, Session(connection) as session:
        snapshot = Snapshot(connection)
        if present := present_ref(snapshot, [name], id):
            err.print(f"'{id}' is now '{present['id']}'")
        slug = present["id"] if present else id
        row = session.exec(select(Record.id, Record.body).where(Record.kind == name, Record.slug == slug)).first()
        if row is None:
            ids = session.exec(select(Record.slug).where(Record.kind == name))
            _fail(f"there is no {name} '{id}'{hint(id, ids)}", snapshot)
        key, body = row
        _print(draw_record(orjson.loads(body)))
        _print(draw_quotes(quotes_in_context(snapshot, key)))


@app.command(context_settings={"ignore_unknown_options": True})  # `-word` excludes a word; it is no option
def search(
    words: Annotated[list[str], typer.Argument(help='Words to find: "a phrase", begin*, -without.')],
    kind: Annotated[list[str] | None, typer.Option(help="Search one kind of record; repeat for several kinds.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The maximum number of results.")] = 10,
) -> None:
    """Search names, aliases, summaries and quotes. The best match comes first; found words are highlighted."""
    from app.formats.terminal import draw_hits, draw_refs  # imports Rich, which other commands don't need

    query = " ".join(f'"{word}"' if " " in word else word for word in words)
    with opened() as engine, reading(engine) as connection:
        snapshot = Snapshot(connection)
        try:
            terms = parse(query)
        except Invalid as problem:
            fail(problem.detail)
        kinds = [kind_of(name) for name in kind or ()]
        where = [col(Record.kind).in_(kinds)] if kinds else []
        found = ranked(snapshot, terms, where, 0, limit)
        if not found.total:
            similar = suggestions(snapshot, terms)
            if similar:
                err.print("similar names:")
                err.print(draw_refs(similar), soft_wrap=False)
            _fail(f"no record matches {query}", snapshot)
        _print(draw_hits(hits(snapshot, found.rows, terms)))
        if found.total > limit:
            err.print(f"the best {limit} of {found.total} matches; use --limit to see more")


def kind_of(name: str) -> KindName:
    """The kind with this name, singular or plural. Ends the command if there is none."""
    if name not in KIND_NAMES:
        fail(f"there is no kind '{name}'{hint(name, KINDS)}")
    return KIND_NAMES[name]


def _fail(reason: str, snapshot: Snapshot) -> NoReturn:
    fail(reason if snapshot.revision else f"{reason}; the database is empty: fill it with `dossier load`")


def _print(drawn: "RenderableType") -> None:
    out.print(drawn, soft_wrap=False)
