"""The kinds of record, in the order in which they are shown. A new kind is registered here, in one line."""

from app.model.actor import ACTOR_KIND
from app.model.assessment import ASSESSMENT_KIND
from app.model.document import DOCUMENT_KIND
from app.model.event import EVENT_KIND
from app.model.figure import FIGURE_KIND
from app.model.kind import Kind
from app.model.relationship import RELATIONSHIP_KIND
from app.model.sanction import SANCTION_KIND
from app.model.shape import KindName
from app.model.statement import STATEMENT_KIND

KINDS: dict[KindName, Kind] = {
    kind.name: kind
    for kind in (
        ACTOR_KIND,
        EVENT_KIND,
        SANCTION_KIND,
        STATEMENT_KIND,
        RELATIONSHIP_KIND,
        FIGURE_KIND,
        ASSESSMENT_KIND,
        DOCUMENT_KIND,
    )
}


def ref(kind: KindName, slug: str, name: str) -> dict[str, str]:
    """The Ref of a record, JSON-ready."""
    return {"kind": kind.value, "id": slug, "name": name, "url": f"/v1/{KINDS[kind].plural}/{slug}"}
