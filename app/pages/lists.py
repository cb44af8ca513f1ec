"""The list of every kind, with its filters as links."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

import app.api.routers  # noqa: F401  (fills LISTS)
from app.api.records import LISTS
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.pages.fields import Field, Fields, Reading, Term
from app.pages.links import facets_of, filtering, next_page, of_api, with_query
from app.pages.page import page, page_router
from app.query.facets import count_facets
from app.query.listing import RequestTarget, read_page
from app.query.snapshot import Snapshot

_CLASSES = ("type", "metric", "status", "modality", "likelihood")
"""The fields that classify a record in a list, if its kind has them."""


def _router(kind: Kind) -> APIRouter:
    router = page_router(f"/{kind.plural}")
    query = LISTS[kind.name].query

    @router.get("", name=f"{kind.plural}_page")
    def list_page(
        params: Annotated[query, Query()],  # type: ignore[valid-type]
        snapshot: SnapshotDep,
        target: TargetDep,
        public_url: PublicUrlDep,
    ) -> Response:
        return page(snapshot, "list.html", public_url, **_content(snapshot, kind, params, target))

    return router


def _content(snapshot: Snapshot, kind: Kind, params: Any, target: RequestTarget) -> dict[str, Any]:
    listing = LISTS[kind.name].listing
    found = read_page(snapshot, listing, params.model_copy(update={"facets": ()}), of_api(target))
    counted = params.model_copy(update={"facets": params.facets or facets_of(type(params))})
    # Counting each value of a long list takes longer than people wait.
    facets = count_facets(snapshot, listing.where, counted) if found.exact else None
    reading = Reading(snapshot)
    return {
        "path": f"/{kind.plural}",
        "json": with_query(f"/v1/{kind.plural}", target.parameters),
        "description": kind.description,
        "kind": kind,
        "items": [entry(reading, kind, orjson.loads(item)) for item in found.items],
        "total": found.total,
        "exact": found.exact,
        "next": next_page(found),
        "filtering": filtering(target, params, facets),
    }


def entry(reading: Reading, kind: Kind, record: dict[str, Any]) -> dict[str, Any]:
    """A record of a list, with its date, and the terms that classify it."""
    return {
        "record": record,
        "date": record[kind.dated_by] if kind.dated_by else None,
        "classes": list(_classes(reading.fields(kind.public, record, skip=record.keys() - _CLASSES))),
    }


def _classes(values: Iterable[Field]) -> Iterator[str]:
    """The labels of the terms in some fields, and in the objects in them with the words of the source."""
    for field in values:
        if isinstance(field.value, Term):
            yield field.value.label
        elif field.name == "text":
            yield f"“{field.value}”"
        elif isinstance(field.value, Fields):
            yield from _classes(field.value.fields)


routers = [_router(kind) for kind in KINDS.values()]
