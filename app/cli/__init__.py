"""The command `dossier`."""

import gc

gc.disable()  # imported objects last, and searching them for garbage takes a fifth of the start-up time

from app.cli import agents, bundles, drafts, exports, operations, records, renames, service  # noqa: E402
from app.cli.root import app as app  # noqa: E402

for part in (service, operations, bundles, drafts, renames, records, exports, agents):
    app.add_typer(part.app)

gc.freeze()
gc.enable()
