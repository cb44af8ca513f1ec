"""The registry of kinds, in the order in which they are shown.

A member of `KindName` registers a kind: `event` is `EVENT_KIND` in `app/model/event.py`.
"""

from importlib import import_module
from typing import Any

from sqlalchemy import Select

from app.model.kind import Kind
from app.model.shape import KindName

KINDS: dict[KindName, Kind] = {
    name: getattr(import_module(f"app.model.{name}"), f"{name.name}_KIND") for name in KindName
}

EDGES: dict[KindName, tuple[Select[Any], ...]] = {name: kind.edges for name, kind in KINDS.items() if kind.edges}
"""SELECTs of the edges of the graph, for the kinds that have some."""


def ref(kind: KindName, slug: str, name: str) -> dict[str, str]:
    """The Ref of a record as JSON."""
    return {"kind": kind.value, "id": slug, "name": name, "url": f"/v1/{KINDS[kind].plural}/{slug}"}
