"""All routers, in the order of matching: the most requested first."""

from importlib import import_module

from app.api import (
    annotations,
    bundle,
    changes,
    coverage,
    export,
    graph,
    mentions,
    passages,
    search,
    service,
    timeline,
    vocabularies,
)
from app.model.kinds import KINDS

ROUTERS = (
    *(import_module(f"app.api.{kind.plural}").router for kind in KINDS.values()),
    mentions.router,
    passages.router,
    annotations.router,
    coverage.router,
    bundle.router,
    search.router,
    timeline.router,
    graph.router,
    vocabularies.router,
    changes.router,
    export.router,
    service.root,
    service.health,
    service.pages,
)
"""The routes of a kind are in the module named by its plural, so registering the kind is enough."""
