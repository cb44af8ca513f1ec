"""The command that drafts a bundle from a text."""

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer

from app.bundle.anchoring import DocumentText
from app.bundle.resolver import Resolver
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, content_of, unified
from app.cli.console import counted, err, fail, out
from app.cli.database import tried
from app.database.transactions import reading
from app.draft.compose import Draft, drafted
from app.draft.manuscript import lines_of, types_of

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
    content = _read(source or text_file)
    lines = lines_of(content, source.suffix.lower()) if source else [(line, None) for line in content.split("\n")]
    text = DocumentText("\n".join(line for line, _ in lines), language, types_of(lines))
    if source and text_file.exists() and _read(text_file) != text.text:
        fail(f"{text_file} has another text; delete it, or draft into another folder")
    before = _read(analysis_file) if analysis_file.exists() else ""
    known: dict[str, list[str]] = defaultdict(list)
    with tried() as engine, reading(engine) as connection:
        for name, actor in sorted({names[:2] for names in Resolver(connection).known_names(text.words())}):
            known[name].append(actor)
    found = Draft(text, known, drafted(before))
    more = found.candidates() if before else found.whole(folder.name, language)
    folder.mkdir(parents=True, exist_ok=True)
    if not text_file.exists():
        text_file.write_text(text.text, "utf-8", newline="")
    with analysis_file.open("a", encoding="utf-8") as file:
        file.write(f"\n# New in the text; move what is right under its key.\n{more}" if before and more else more)
    err.print("found by rules; read every record before you keep it", highlight=False)
    total = counted(len(found.records), "candidate")
    out.print(f"{'added to' if before else 'wrote'} {analysis_file}: {total}", highlight=False)


def _read(file: Path) -> str:
    """The text of a file. Ends the command if it is not UTF-8."""
    try:
        return unified(content_of(file).decode())
    except UnicodeDecodeError:
        fail(f"{file}: is not UTF-8; save the file as UTF-8")
