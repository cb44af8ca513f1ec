"""The quotes that support a record."""

from typing import Annotated

from app.api.parameters import FormatQuery, selectable, several, sortable
from app.model.evidence import Evidence
from app.model.shape import Slug
from app.model.tables import DOCUMENT_RECORD, EVIDENCE
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.rows import ref_columns, to_json


@selectable(Evidence)
@sortable("document", "start")
class EvidenceQuery(FormatQuery):
    """The parameters of the list of a record's quotes."""

    document: Annotated[tuple[Slug, ...], one_of(DOCUMENT_RECORD.c.slug)] = several("Document of the quotes.")


def evidence_of(key: int) -> Listing:
    """The list of the quotes that support the record with this key."""
    return Listing(
        source=EVIDENCE.join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id),
        columns=(EVIDENCE, *ref_columns("document", DOCUMENT_RECORD)),
        item=to_json(Evidence),
        keys=(SortKey("document", DOCUMENT_RECORD.c.slug), SortKey("start", EVIDENCE.c.start)),
        tie=(EVIDENCE.c.start, EVIDENCE.c.end),
        where=(EVIDENCE.c.record_id == key,),
        shape=Evidence,
    )
