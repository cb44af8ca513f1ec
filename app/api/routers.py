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
    feed,
    graph,
    mentions,
    passages,
    reconcile,
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
    reconcile,
    timeline,
    graph,
    vocabularies,
    changes,
    feed,
    export,
)
# The routes of a kind are in the module named by its plural, so registering the kind is enough.
_KINDS = [import_module(f"app.api.{kind.plural}") for kind in KINDS.values()]
ROUTERS = (
    *(module.router for module in _KINDS),
    mentions.of_actor,
    dossier.router,
    *(module.router for module in _MODULES),
    service.root,
    *(module.download for module in (*_KINDS, evidence, mentions, timeline)),
    graph.files,
    service.health,
    service.pages,
)
