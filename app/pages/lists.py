"""The list of every kind, with its filters as links."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

import app.api.routers  # noqa: F401  (fills LISTS)
from app.api.records import LISTS
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.pages.fields import Field, Fields, Reading, Term
from app.pages.links import facets_of, filtering, next_page, of_api
from app.pages.page import page, page_router
from app.query.facets import count_facets
from app.query.listing import read_page

_CLASSES = ("type", "metric", "status", "modality", "likelihood")
"""The fields that classify a record in a list, if its kind has them."""


def _router(kind: Kind) -> APIRouter:
    router = page_router(f"/{kind.plural}")
    listing, query = LISTS[kind.name].listing, LISTS[kind.name].query

    class PageQuery(query):  # type: ignore[valid-type, misc]
        """The parameters of the list in the API."""

        def is_quick(self) -> bool:
            """False: the page counts facets."""
            return False

    @router.get("", name=f"{kind.plural}_page")
    def list_page(
        params: Annotated[PageQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
    ) -> Response:
        found = read_page(snapshot, listing, params.model_copy(update={"facets": ()}), of_api(target))
        counted = params.model_copy(update={"facets": params.facets or facets_of(PageQuery)})
        reading = Reading(snapshot)
        return page(
            snapshot,
            "list.html",
            public_url,
            path=f"/{kind.plural}",
            json=f"/v1/{kind.plural}" + ("?" + urlencode(target.parameters) if target.parameters else ""),
            description=kind.description,
            kind=kind,
            items=[entry(reading, kind, orjson.loads(item)) for item in found.items],
            total=found.total,
            exact=found.exact,
            next=next_page(found),
            # Counting each value of a long list takes longer than people wait.
            filtering=filtering(
                target, params, count_facets(snapshot, listing.where, counted) if found.exact else None
            ),
        )

    return router


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
