"""The command that drafts a bundle from a text."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select, union
from sqlmodel import col

from app.bundle.anchoring import DocumentText
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, content_of
from app.cli.console import counted, err, fail, out
from app.cli.database import tried
from app.database.transactions import reading
from app.draft.compose import Draft, drafted
from app.draft.manuscript import lines_of, types_of
from app.model.actor import ActorAlias
from app.model.shape import KindName
from app.model.tables import RECORD

app = typer.Typer()


@app.command()
def draft(
    folder: Annotated[Path, typer.Argument(help="The folder of the bundle; it is made if it does not exist.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="A text, Markdown or HTML file to make `document.txt` from.")
    ] = None,
    language: Annotated[str, typer.Option(help="The language of the text, as BCP 47.")] = "en",
) -> None:
    """Draft an analysis: passage types, known actors, and candidates as comments. Nothing is overwritten."""
    text_file, analysis_file = folder / TEXT_FILE, folder / ANALYSIS_FILE
    try:
        lines = lines_of(content_of(source or text_file).decode(), source.suffix.lower() if source else "")
    except UnicodeDecodeError:
        fail(f"{source or text_file}: is not UTF-8; save the file as UTF-8")
    text = "\n".join(line for line, _ in lines)
    if source and text_file.exists() and text_file.read_text("utf-8") != text:
        fail(f"{text_file} has another text; delete it, or draft into another folder")
    if not source:
        text = content_of(text_file).decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        lines = [(line, None) for line in text.split("\n")]
    before = analysis_file.read_text("utf-8") if analysis_file.exists() else None
    with tried() as engine, reading(engine) as connection:
        names = select(RECORD.c.slug, RECORD.c.name).where(RECORD.c.kind == KindName.ACTOR)
        aliases = select(RECORD.c.slug, col(ActorAlias.alias)).join(ActorAlias, col(ActorAlias.owner_id) == RECORD.c.id)
        known: dict[str, list[str]] = {}
        for slug, name in connection.execute(union(names, aliases)):
            known.setdefault(name, []).append(slug)
    found = Draft(DocumentText(text, language, types_of(lines)), known, drafted(before or ""))
    folder.mkdir(parents=True, exist_ok=True)
    if not text_file.exists():
        text_file.write_text(text, "utf-8", newline="")
    if before is None:
        analysis_file.write_text(found.whole(folder.name, language), "utf-8")
    elif more := found.candidates():
        with analysis_file.open("a", encoding="utf-8") as file:
            file.write(f"\n# New in the text; move what is right under its key.\n{more}")
    total = sum(1 for _ in found.records())
    err.print("found by rules; read every record before you keep it", highlight=False)
    out.print(f"{'added to' if before else 'wrote'} {analysis_file}: {counted(total, 'candidate')}", highlight=False)
