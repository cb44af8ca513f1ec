"""The routes of every kind: the list, one record, the quotes that support it, and the references to it."""

from dataclasses import dataclass, replace
from inspect import getdoc
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.api.anchors import AnchorsQuery, quotes
from app.api.downloads import csv_router
from app.api.parameters import EvidenceQuery, RecordsQuery, list_query, of_kind, records_query
from app.api.references import RecordReference, ReferencesQuery, references
from app.api.shapes import Page
from app.http.responses import answer, answer_list, answer_page
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.evidence import EvidenceItem
from app.model.kind import Kind
from app.model.mapping import any_kind_fields
from app.model.shape import SLUG, SLUG_LENGTH, KindName
from app.model.tables import EVIDENCE, RECORD
from app.query.listing import Listing, read_page
from app.query.lookup import find_record
from app.query.order import SortKey
from app.query.parameters import ListQuery
from app.query.sql_bytes import BODY, without_quotes

_DATE = SortKey("date", RECORD.c.earliest, nullable=True)
_KEYS = (
    SortKey("name", RECORD.c.sort_name),
    SortKey("id", RECORD.c.slug),
    SortKey("evidence_count", RECORD.c.evidence_count),
    SortKey("revision", RECORD.c.revision),
    SortKey("position", RECORD.c.position, nullable=True),
)


@dataclass(frozen=True)
class RecordList:
    """The list of a kind: its rows, and its parameters."""

    listing: Listing
    query: Any


LISTS: dict[KindName, RecordList] = {}
"""The lists by kind. `record_routers` adds them."""

# `find_record` checks the notation, as the database is needed to suggest an id.
RecordId = Annotated[
    str, Path(description="The id of the record.", json_schema_extra={"pattern": SLUG, "maxLength": SLUG_LENGTH})
]


@list_query("document", "start")
class RecordEvidenceQuery(AnchorsQuery, ListQuery):
    """The query parameters of `/{id}/evidence`."""


class RecordQuery(EvidenceQuery):
    """The query parameters of `/{id}`."""

    def is_quick(self) -> bool:
        """True: reading one record is one index lookup."""
        return True


def records_of(kind: Kind, *, descending: bool = False) -> Listing:
    """The list of all records of a kind, sorted by date if the kind has dates, else by name."""
    return Listing(
        source=RECORD,
        columns=(BODY,),
        item=lambda _snapshot, rows: [row[0] for row in rows],
        keys=(_DATE, *_KEYS) if kind.dated_by else _KEYS,
        tie=(RECORD.c.slug,),
        where=(RECORD.c.kind == kind.name,),
        descending=descending,
        shape=kind.public,
        any_kind=any_kind_fields(kind.name),
        name=kind.plural,
    )


def record_routers(kind: Kind, filters: type[RecordsQuery]) -> tuple[APIRouter, APIRouter]:
    """The routes of a kind, and that of its list as a file. The docstring of `filters` describes the list."""
    router = api_router(kind.plural)
    filters = of_kind(kind.name, filters)
    listing = records_of(kind, descending=filters.descending)
    query = records_query(filters, listing)
    LISTS[kind.name] = RecordList(listing, query)
    a_record = f"{'an' if kind.name[0] in 'aeiou' else 'a'} {kind.name}"

    @router.get(
        "",
        name=f"list_{kind.plural}",
        response_model=Page[kind.public],  # type: ignore[name-defined]
        summary=f"List {kind.plural}",
        description=getdoc(filters),
    )
    def list_records(
        params: Annotated[query, Query()],  # type: ignore[valid-type]
        snapshot: SnapshotDep,
        target: TargetDep,
    ) -> Response:
        page = read_page(snapshot, listing, params, target)
        if params.evidence == "none":  # type: ignore[attr-defined]
            page = replace(page, items=[*map(without_quotes, page.items)])
        return answer_page(snapshot, page)

    @router.get(
        "/{id}",
        name=f"get_{kind.name}",
        response_model=kind.public,
        summary=f"Get one {kind.name}",
        description=f"One {kind.name}, with the same fields as in the list.",
    )
    def get_record(id: RecordId, params: Annotated[RecordQuery, Query()], snapshot: SnapshotDep) -> Response:
        body = find_record(snapshot, kind, id).body
        return answer(snapshot, without_quotes(body) if params.evidence == "none" else body)

    @router.get(
        "/{id}/evidence",
        name=f"list_{kind.name}_evidence",
        response_model=Page[EvidenceItem],
        summary=f"List the quotes behind {a_record}",
        description=f"The quotes that support the {kind.name}, sorted by document and position. `exact` is always "
        "`text[start:end]` of the document's text.",
    )
    def list_evidence(
        id: RecordId, params: Annotated[RecordEvidenceQuery, Query()], snapshot: SnapshotDep, target: TargetDep
    ) -> Response:
        key = find_record(snapshot, kind, id).id
        return answer_list(snapshot, quotes(EVIDENCE.c.record_id == key), params, target)

    @router.get(
        "/{id}/references",
        name=f"list_{kind.name}_references",
        response_model=Page[RecordReference],
        summary=f"List what refers to {a_record}",
        description=f"The records that refer to the {kind.name}, sorted by kind and id, each with a JSON Pointer to "
        "the reference in its JSON. A record with several references is listed once for each. The derived fields "
        "`actors` and `document` are left out: use the filters of these names in the lists.",
    )
    def list_references(
        id: RecordId, params: Annotated[ReferencesQuery, Query()], snapshot: SnapshotDep, target: TargetDep
    ) -> Response:
        return answer_list(snapshot, references(find_record(snapshot, kind, id).id), params, target)

    return router, csv_router(kind.plural, listing, filters)
