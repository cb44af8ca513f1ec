"""The export: the whole dataset as one file, streamed."""

from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from app.api.parameters import optional
from app.formats.export import EXPORTS
from app.http.responses import answer_stream
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep, api_router
from app.problems import responses
from app.query.parameters import BaseQuery

router = api_router("export")

ExportFormat = Literal[*EXPORTS]  # type: ignore[valid-type]
_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The dataset in one revision.",
        "content": {
            export.media_type: {"schema": export.schema | {"description": export.title}} for export in EXPORTS.values()
        },
    }
}


class ExportQuery(BaseQuery):
    """The parameters of the export."""

    format: ExportFormat | None = optional(
        " ".join(f"`{name}`: {export.title}, {export.description}." for name, export in EXPORTS.items())
        + " Overrides `Accept`."
    )


@router.get("", response_class=StreamingResponse, responses=responses() | _FORMATS)
def export_dataset(
    _params: Annotated[ExportQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The whole dataset as one file, of one revision even if data is loaded meanwhile.

    To keep a copy up to date, get the revision from `/v1`, then export `jsonl` once, then follow `/v1/changes` from
    that revision. `docs/ftm.md` in the project's repository explains the mapping to FollowTheMoney and its limits.
    """
    export = next(export for export in EXPORTS.values() if export.media_type == target.media_type)
    return answer_stream(snapshot, lambda stream: export.write(stream, public_url), export.media_type, public_url)
