"""The kinds of record, in the order in which they are shown. A new kind is registered here, in one line."""

from app.model.actor import ACTOR
from app.model.assessment import ASSESSMENT
from app.model.document import DOCUMENT
from app.model.event import EVENT
from app.model.figure import FIGURE
from app.model.kind import Kind
from app.model.relationship import RELATIONSHIP
from app.model.sanction import SANCTION
from app.model.shape import KindName
from app.model.statement import STATEMENT

KINDS: dict[KindName, Kind] = {
    kind.name: kind for kind in (ACTOR, EVENT, SANCTION, STATEMENT, RELATIONSHIP, FIGURE, ASSESSMENT, DOCUMENT)
}


def ref(kind: KindName, slug: str, name: str) -> dict[str, str]:
    """The Ref of a record, JSON-ready."""
    return {"kind": kind.value, "id": slug, "name": name, "url": f"/v1/{KINDS[kind].plural}/{slug}"}
