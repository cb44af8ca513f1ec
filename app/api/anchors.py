"""Lists of anchors, which are places in the texts: quotes and mentions."""

from typing import Annotated

from sqlalchemy import ColumnElement

from app.api.parameters import several
from app.model.evidence import Anchor, EvidenceItem, MentionPublic
from app.model.shape import KindName
from app.model.tables import DOCUMENT_RECORD, EVIDENCE, MENTION, RECORD
from app.query.filters import one_of_ids
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.parameters import BaseQuery, Ids
from app.query.rows import ref_columns


class AnchorsQuery(BaseQuery):
    """The filters of a list of anchors."""

    document: Annotated[Ids, one_of_ids(DOCUMENT_RECORD, KindName.DOCUMENT)] = several(
        "Document that the text is from."
    )


def quotes(*where: ColumnElement[bool]) -> Listing:
    """The list of all quotes, or of those that meet a condition."""
    return _anchors(EvidenceItem, "record", EVIDENCE.c.record_id, EVIDENCE.c.id, where)


def mentions(*where: ColumnElement[bool]) -> Listing:
    """The list of all mentions, or of those that meet a condition."""
    return _anchors(MentionPublic, "actor", MENTION.c.actor_id, RECORD.c.slug, where)


def _anchors(
    shape: type[Anchor],
    field: str,
    reference: ColumnElement[int],
    last: ColumnElement[str],
    where: tuple[ColumnElement[bool], ...],
) -> Listing:
    """The list of the rows of a table. `reference` refers to the record in `field`, and `last` breaks ties."""
    table = reference.table
    document = DOCUMENT_RECORD.c.slug
    return Listing(
        source=table.join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == table.c.document_id).join(
            RECORD, RECORD.c.id == reference
        ),
        columns=(table, *ref_columns(field, RECORD), *ref_columns("document", DOCUMENT_RECORD)),
        keys=(SortKey("document", document), SortKey("start", table.c.start)),
        tie=(table.c.start, table.c.end, document, last),
        where=(DOCUMENT_RECORD.c.kind == KindName.DOCUMENT, *where),  # so that an index gives the order of documents
        shape=shape,
        any_kind=frozenset({"record"}),
    )
