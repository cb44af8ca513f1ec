"""Whole lists as CSV files."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from app.api.parameters import file_query
from app.api.shapes import success
from app.formats import table
from app.formats.base_path import base_path, with_base
from app.http.responses import answer_stream
from app.http.routing import PublicUrlDep, SnapshotDep, api_router
from app.query.listing import Listing, read_all
from app.query.parameters import BaseQuery
from app.query.snapshot import Snapshot

TAG = "downloads"


def csv_router(name: str, listing: Listing, filters: type[BaseQuery]) -> APIRouter:
    """The route of a list as a CSV file. `filters` are the parameters that filter the list."""
    router = api_router(f"{name}.csv", TAG)
    query = file_query(filters, listing)

    @router.get(
        "",
        name=f"download_{name}",
        response_class=StreamingResponse,
        responses=success("The file: a heading, and a row for each item.", table.MEDIA_TYPE),
        summary=f"Download {'the timeline' if name == 'timeline' else name} (CSV)",
        description=f"The list `/v1/{name}` as a file, whole and of one revision. A list in a cell is joined by `|`.",
    )
    def download(
        params: Annotated[query, Query()],  # type: ignore[valid-type]
        snapshot: SnapshotDep,
        public_url: PublicUrlDep,
    ) -> Response:
        base = base_path(public_url)

        def lines(stream: Snapshot) -> Iterator[bytes]:
            items = read_all(stream, listing, params, params.limit)  # type: ignore[attr-defined]
            items = (with_base(item, base) for item in items)
            return table.rows(items, listing.shape, listing.any_kind, params.fields)  # type: ignore[attr-defined]

        return answer_stream(snapshot, lines, table.MEDIA_TYPE, f"{name}.csv")

    return router
