"""The registry of kinds, in the order in which they are shown.

A member of `KindName` registers a kind: `event` is `EVENT_KIND` in `app/model/event.py`.
"""

from importlib import import_module

from app.model.kind import Kind
from app.model.shape import KindName

KINDS: dict[KindName, Kind] = {
    name: getattr(import_module(f"app.model.{name}"), f"{name.name}_KIND") for name in KindName
}


def ref(kind: KindName, slug: str, name: str) -> dict[str, str]:
    """The Ref of a record as JSON."""
    return {"kind": kind.value, "id": slug, "name": name, "url": f"/v1/{KINDS[kind].plural}/{slug}"}
