"""The command `dossier`."""

import gc

gc.disable()  # what is imported stays: to look through it for garbage takes a fifth of the start

import typer  # noqa: E402

from app.cli import bundles, exports, records, service  # noqa: E402

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The structured analysis of commentary, served.")
for part in (service, bundles, records, exports):
    app.add_typer(part.app)

gc.freeze()
gc.enable()
