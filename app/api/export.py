"""The whole dataset, streamed."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from app.formats.export import EXPORTS
from app.http.responses import answer_stream
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep, api_router
from app.problems import responses
from app.query.parameters import BaseQuery

router = api_router("export")

_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The dataset, all of one revision.",
        "content": {
            export.media_type: {"schema": export.schema | {"description": export.title}} for export in EXPORTS.values()
        },
    }
}


class ExportQuery(BaseQuery):
    """The parameters of the export."""

    format: Literal["jsonl", "ftm", "jsonld"] | None = Field(
        default=None,
        description="`jsonl`: the JSON of every record, one a line, each kind in turn. `ftm`: FollowTheMoney entities, "
        "one a line, with every quote. `jsonld`: one JSON-LD document of schema.org things and Web Annotations. It "
        "beats `Accept`.",
    )

    def is_quick(self) -> bool:
        """Never: it looks at everything."""
        return False


@router.get("", operation_id="export_dataset", response_class=StreamingResponse, responses=responses() | _FORMATS)
def export_dataset(
    _params: Annotated[ExportQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The whole dataset as one file, of one revision throughout, whatever is loaded meanwhile.

    `docs/ftm.md` of the project says what becomes what in FollowTheMoney, and what that cannot carry. To keep a copy
    up to date, take `jsonl` once and then follow `/v1/changes` from the revision that `/v1` gave before it.
    """
    export = next(export for export in EXPORTS.values() if export.media_type == target.media_type)
    return answer_stream(snapshot, lambda own: export.write(own, public_url), export.media_type, public_url)
