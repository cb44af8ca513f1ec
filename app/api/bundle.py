"""A document with its analysis, as an editor submits it."""

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.records import RECORD_PROBLEMS, RecordId
from app.bundle.format import Bundle
from app.bundle.unrender import unrender
from app.http.responses import answer_shape
from app.http.routing import SnapshotDep, api_router
from app.model.document import DOCUMENT_KIND
from app.model.shape import Shape
from app.query.lookup import find_record
from app.query.parameters import BaseQuery

router = api_router("documents")


class Submission(Shape):
    """A document as an editor submits it: its text, and its analysis."""

    text: str = Field(description="What `document.txt` holds.")
    analysis: Bundle = Field(description="What `analysis.yaml` holds: JSON is YAML.")


class BundleQuery(BaseQuery):
    """The parameters of the bundle of a document: none."""

    def is_quick(self) -> bool:
        """Never: it reads all that the document brought."""
        return False


@router.get("/{id}/bundle", operation_id="get_document_bundle", response_model=Submission, responses=RECORD_PROBLEMS)
def get_document_bundle(id: RecordId, _params: Annotated[BundleQuery, Query()], snapshot: SnapshotDep) -> Response:
    """A document with its analysis, as an editor submits it.

    Save it as a `.json` file and `dossier load` takes it; or write `text` and `analysis` into the files of a folder,
    `document.txt` and `analysis.yaml`. Loaded into an empty database (with the documents that it refers to), it gives
    the same records, quotes and mentions; loaded into this one, it changes nothing.
    """
    text, analysis = unrender(snapshot.connection, find_record(snapshot, DOCUMENT_KIND, id).id)
    return answer_shape(snapshot, Submission(text=text, analysis=analysis))
