"""All routers in matching order: the most requested first."""

from importlib import import_module

from app.api import (
    annotations,
    bundle,
    changes,
    coverage,
    dossier,
    evidence,
    export,
    graph,
    mentions,
    passages,
    search,
    service,
    suggest,
    timeline,
    vocabularies,
)
from app.model.kinds import KINDS

_MODULES = (
    evidence,
    mentions,
    passages,
    annotations,
    coverage,
    bundle,
    search,
    suggest,
    timeline,
    graph,
    vocabularies,
    changes,
    export,
)
ROUTERS = (
    # The routes of a kind are in the module named by its plural, so registering the kind is enough.
    *(import_module(f"app.api.{kind.plural}").router for kind in KINDS.values()),
    mentions.of_actor,
    dossier.router,
    *(module.router for module in _MODULES),
    service.root,
    service.health,
    service.pages,
)
