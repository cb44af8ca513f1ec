"""A document with its analysis, as an editor submitted it."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from app.api.records import RecordId
from app.bundle.submission import Submission, read_submission
from app.http.responses import answer_shape
from app.http.routing import SnapshotDep, api_router
from app.model.document import DOCUMENT_KIND
from app.query.lookup import find_record
from app.query.parameters import BaseQuery

router = api_router("documents")


@router.get("/{id}/bundle", response_model=Submission, summary="Get a document with its analysis, as submitted")
def get_document_bundle(id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """A document with its analysis, exactly as an editor submitted it, comments included.

    To load it elsewhere, save the response as a `.json` file, or write `text` to `document.txt` and `analysis` to
    `analysis.yaml` in one folder. An empty database then gets the same records, quotes and mentions, provided that the
    documents it refers to are loaded too. Loaded into this database, it changes nothing.
    """
    return answer_shape(snapshot, read_submission(snapshot.connection, find_record(snapshot, DOCUMENT_KIND, id).id))
