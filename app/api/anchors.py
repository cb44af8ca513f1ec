"""Lists of anchors, which are places in the texts: quotes and mentions."""

from typing import Annotated

from sqlalchemy import ColumnElement, Table

from app.api.parameters import FormatQuery, several
from app.model.evidence import Anchor
from app.model.tables import DOCUMENT_RECORD
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.parameters import Ids
from app.query.rows import ref_columns


class AnchorsQuery(FormatQuery):
    """The parameters of a list of anchors."""

    document: Annotated[Ids, one_of(DOCUMENT_RECORD.c.slug)] = several("Document that the text is from.")


def anchors(table: Table, where: ColumnElement[bool], shape: type[Anchor]) -> Listing:
    """The list of the rows of a table of anchors that meet a condition."""
    document, start = DOCUMENT_RECORD.c.slug, table.c.start
    return Listing(
        source=table.join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == table.c.document_id),
        columns=(table, *ref_columns("document", DOCUMENT_RECORD)),
        keys=(SortKey("document", document), SortKey("start", start)),
        tie=(start, table.c.end, document),
        where=(where,),
        shape=shape,
    )
