"""The command `dossier`."""

import typer

from app.cli import bundles, exports, records, service

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The structured analysis of commentary, served.")
for part in (service, bundles, records, exports):
    app.add_typer(part.app)
