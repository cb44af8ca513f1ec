"""The page of every record, made from the shape of its kind."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.records import RecordId
from app.http.routing import PublicUrlDep, SnapshotDep
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.pages.page import page, page_router
from app.query.context import quotes_in_context
from app.query.lookup import find_record
from app.query.parameters import BaseQuery


def _router(kind: Kind) -> APIRouter:
    router = page_router(f"/{kind.plural}")

    @router.get("/{id}", name=f"{kind.name}_page")
    def record_page(
        id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
    ) -> Response:
        stored = find_record(snapshot, kind, id)
        record = orjson.loads(stored.body)
        return page(
            snapshot,
            "record.html",
            public_url,
            path=f"/{kind.plural}/{id}",
            json=record["url"],
            description=record["summary"],
            kind=kind,
            record=record,
            quotes=quotes_in_context(snapshot, stored.id),
        )

    return router


routers = [_router(kind) for kind in KINDS.values()]
