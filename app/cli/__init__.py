"""The command `dossier`."""

import gc

gc.disable()  # imported objects last, and searching them for garbage takes a fifth of the start-up time

import typer  # noqa: E402

from app.cli import bundles, exports, records, renames, service  # noqa: E402

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Serve the structured analysis of commentary.")
for part in (service, bundles, renames, records, exports):
    app.add_typer(part.app)

gc.freeze()
gc.enable()
