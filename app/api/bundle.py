"""A document with its analysis, as an editor submitted it."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from app.api.records import RECORD_PROBLEMS, RecordId
from app.bundle.submission import Submission, read_submission
from app.http.responses import answer_shape
from app.http.routing import SnapshotDep, api_router
from app.model.document import DOCUMENT_KIND
from app.query.lookup import find_record
from app.query.parameters import BaseQuery

router = api_router("documents")


@router.get("/{id}/bundle", operation_id="get_document_bundle", response_model=Submission, responses=RECORD_PROBLEMS)
def get_document_bundle(id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """A document with its analysis, as an editor submitted it: verbatim, comments included.

    To load it, save the answer as a `.json` file, or write `text` to `document.txt` and `analysis` to `analysis.yaml`
    in one folder. Loaded into an empty database (with the documents it refers to), it gives the same records, quotes
    and mentions; loaded into this one, it changes nothing.
    """
    return answer_shape(snapshot, read_submission(snapshot.connection, find_record(snapshot, DOCUMENT_KIND, id).id))
