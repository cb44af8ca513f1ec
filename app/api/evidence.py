"""The quotes of all records."""

from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints
from starlette.responses import Response

from app.api.anchors import AnchorsQuery, quotes
from app.api.downloads import csv_router
from app.api.parameters import list_query, several
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.evidence import EvidenceItem, EvidenceRow
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName
from app.query.filters import one_of, one_of_own
from app.query.parameters import Ids, ListQuery, Number
from app.query.record_filters import OF_ACTOR
from app.suggest import Refused

router = api_router("evidence")

QuoteId = Annotated[
    str,
    StringConstraints(pattern="^[0-9a-f]{16}$"),
    Refused("must be the `id` of a quote, as /v1/evidence lists them: 16 digits and letters from a to f"),
]
QUOTES = quotes()


class QuotesQuery(AnchorsQuery):
    """The filters of the list of all quotes."""

    id: Annotated[tuple[QuoteId, ...], one_of_own(EvidenceRow.id)] = several("Id of a quote.", 200)
    kind: Annotated[tuple[KindName, ...], one_of(Record.kind)] = several("Kind of the record.", len(KINDS))
    actor: Annotated[Ids, OF_ACTOR] = several("Actor that is the record, or is in its `actors`.")
    passage: Annotated[tuple[Number, ...], one_of_own(EvidenceRow.passage)] = several(
        "Number of the passage, in `document` if it is given, else in any document."
    )


@list_query("document", "start")
class QuoteListQuery(QuotesQuery, ListQuery):
    """The parameters of the list of all quotes."""


@router.get("", response_model=Page[EvidenceItem], summary="List all quotes")
def list_evidence(params: Annotated[QuoteListQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """The quotes that support the records, sorted by document and position, each with its record.

    Words that support several records are listed once for each. `exact` is always `text[start:end]` of the document's
    text.
    """
    return answer_list(snapshot, QUOTES, params, target)


download = csv_router("evidence", QUOTES, QuotesQuery)
