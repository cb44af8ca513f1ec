"""The export: the whole dataset, or some kinds of record, as one file, streamed."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from app.api.parameters import several
from app.formats.export import EXPORTS
from app.http.responses import answer_stream
from app.http.routing import PublicUrlDep, SnapshotDep, api_router
from app.model.kinds import KINDS
from app.model.shape import KindName
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

    format: ExportFormat = Field(
        default="jsonl",
        examples=["jsonl"],
        description=" ".join(f"`{name}`: {export.title}, {export.description}." for name, export in EXPORTS.items()),
    )
    kind: tuple[KindName, ...] = several("Kind of the records. Without it, all kinds.", len(KINDS))


@router.get("", response_class=StreamingResponse, responses=_FORMATS, summary="Export all records")
def export_dataset(
    params: Annotated[ExportQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The whole dataset as one file, of one revision even if data is loaded meanwhile. With `kind`, a part of it.

    To keep a copy up to date, get the revision from `/v1`, then export `jsonl` once, then follow `/v1/changes` from
    that revision. `docs/ftm.md` in the project's repository explains the mapping to FollowTheMoney and its limits.
    """
    export = EXPORTS[params.format]
    return answer_stream(
        snapshot,
        lambda stream: export.write(stream, public_url, params.kind or KINDS),
        export.media_type,
        f"dossier.{params.format}",
        public_url,
    )
