"""Commands that edit bundles: make one record of two, or give a record another id."""

import re
from pathlib import Path
from typing import Annotated

import typer

from app.bundle.rewriting import rewrite
from app.bundle.source import ANALYSIS_FILE
from app.cli.bundles import rejections
from app.cli.console import err, fail, out
from app.cli.records import KIND_NAMES, Kind, kind_of
from app.model.kinds import KINDS
from app.model.shape import SLUG, KindName

app = typer.Typer()


@app.command()
def merge(
    kind: Kind,
    old: Annotated[str, typer.Argument(help="The id of the record that is removed.")],
    new: Annotated[str, typer.Argument(help="The id of the record that stays.")],
    folders: Annotated[
        list[Path] | None, typer.Argument(help="The bundles to edit; by default, those in `seed`.")
    ] = None,
) -> None:
    """Make one record of two, in the files of bundles. Once they are loaded, the old URL forwards to the new one."""
    if kind_of(kind) == KindName.DOCUMENT or old == new:
        fail("a document cannot be merged, nor a record with itself; `dossier rename` gives a record another id")
    _rewrite(kind_of(kind), old, new, folders, merge=True)


@app.command()
def rename(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[KIND] OLD NEW [FOLDER]...",
            help="The kind of record (else document), its id, its new id, and the bundles (else those in `seed`).",
        ),
    ],
) -> None:
    """Give a record another id, in the files of bundles. Once they are loaded, the old URL forwards to the new one."""
    kind = kind_of(words.pop(0)) if words[0] in KIND_NAMES else KindName.DOCUMENT
    if len(words) < 2 or not re.fullmatch(SLUG, words[1]):
        fail("give the id and the new id, in small letters, digits and hyphens: dossier rename [KIND] OLD NEW [FOLDER]")
    old, new, *folders = words
    _rewrite(kind, old, new, [*map(Path, folders)], merge=False)


def _rewrite(kind: KindName, old: str, new: str, folders: list[Path] | None, *, merge: bool) -> None:
    bundles = folders or sorted(file.parent for file in Path("seed").glob(f"*/{ANALYSIS_FILE}"))
    if any(bundle.suffix == ".json" for bundle in bundles):
        fail("only bundles in folders can be edited; `dossier bundle` writes one")
    with rejections():
        try:
            texts, lost = rewrite(bundles, KINDS[kind], old, new, merge=merge)
        except LookupError as error:
            fail(str(error.args[0]))
    if lost:
        err.print(f"'{old}' had other values than '{new}', which are not kept: {', '.join(lost)}")
    for file, text in texts.items():
        file.write_bytes(text.encode())
        out.print(f"changed {file}")
    out.print(f"load them together: dossier load {' '.join(str(file.parent) for file in texts)}")
