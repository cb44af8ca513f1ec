"""The command that checks bundles, or the database."""

import time
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from app.bundle.anchoring import QuoteNotFound
from app.bundle.check import differences
from app.bundle.comparison import Changed, bodies, changed, differences_of
from app.bundle.load import load
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, Bundles, Source
from app.cli.bundles import rejections, warn
from app.cli.console import counted, err, out, progress
from app.cli.database import opened, tried
from app.database.transactions import reading
from app.model.shape import KindName
from app.model.vocabularies import PassageType

app = typer.Typer()


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Bundles, as for `load`; by default, the database is checked.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Check again after each save, until Ctrl+C.")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="Print the text; `!` marks uncited sentences.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="List the records and fields that a load would change.")] = False,
) -> None:
    """Check bundles without loading them. Without a path, compare the JSON that is served with the rows and texts."""
    if not paths:
        with opened() as engine, progress() as track, reading(engine) as connection:
            found = list(differences(connection, track))
        for line in found:
            err.print(line)
        out.print(counted(len(found), "difference") if found else "OK: 0 differences")
        raise typer.Exit(1 if found else 0)
    seen = _stamps(paths)
    while True:
        with suppress(typer.Exit) if watch else nullcontext():
            _check(paths, coverage=coverage, diff=diff)
        if not watch:
            return
        err.print("waiting for a save; Ctrl+C ends", highlight=False)
        while (stamps := _stamps(paths)) == seen:
            time.sleep(0.1)
        seen = stamps


def _stamps(paths: list[Path]) -> dict[Path, int]:
    """The time of the last change of each file of some bundles. A file that is being replaced is left out."""
    found = {}
    for path in paths:
        for file in (path,) if path.suffix == ".json" else (path / TEXT_FILE, path / ANALYSIS_FILE):
            with suppress(OSError):
                found[file] = file.stat().st_mtime_ns
    return found


def _check(paths: list[Path], *, coverage: bool, diff: bool) -> None:
    changes: list[Changed] = []
    bundles = Bundles(paths)
    with rejections(), tried() as engine:
        for source in bundles if coverage else ():
            _print_coverage(source)
        with progress() as track, reading(engine, writing=True) as connection:
            loaded = load(connection, bundles, track)
            if diff and loaded.raised:
                changes = changed(connection, loaded.revision)
        if changes:
            with reading(engine) as connection:
                before = bodies(connection, [(kind, slug) for _, kind, slug, *_ in changes])
    warn(loaded)
    for change, kind, slug, name, body in changes:
        out.print(f"{change} {kind}/{slug}: {name}", highlight=False)
        for line in differences_of(before[kind, slug], body) if (kind, slug) in before and body else ():
            out.print(f"    {line}", highlight=False)
    if diff:
        out.print(f"loading: {str(loaded).partition(';')[0]}", highlight=False)
    out.print(f"OK: {', '.join(counted(total, name) for name, total in loaded.totals.items())}, 0 problems")


def _print_coverage(source: Source) -> None:
    """Print the sentences of a text with their lines, without headings and boilerplate; `!` marks the uncited."""
    text, bundle = source.document_text, source.bundle
    records = [draft.evidence for kind, _, draft in bundle.drafts() if kind.name != KindName.DOCUMENT]
    cited = bytearray(len(text.text))
    for quote in chain.from_iterable([*records, *(each.evidence for each in bundle.also)]):
        with suppress(QuoteNotFound):  # which is a problem of its own
            start, end = text.anchor(quote.exact, quote)[1]
            cited[start:end] = b"\1" * (end - start)
    rows = [
        (number, text.text[slice(*sentence)], 1 in cited[slice(*sentence)])
        for number, passage in text.passages.items()
        if passage.type not in (PassageType.HEADING, PassageType.BOILERPLATE)
        for sentence in passage.sentences
    ]
    for number, words, is_cited in rows:
        mark, style = (" ", None) if is_cited else ("!", "bold")
        out.print(f"{mark} {number:>4}  {words}", highlight=False, style=style)
    cited_rows = sum(is_cited for *_, is_cited in rows)
    out.print(f"{bundle.document.id}: {cited_rows} of {counted(len(rows), 'sentence')} cited", highlight=False)
