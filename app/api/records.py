"""The routes of every kind: the list, one record, the quotes that support it, and the references to it."""

from dataclasses import dataclass
from inspect import getdoc
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.api.anchors import AnchorsQuery, quotes
from app.api.parameters import RecordsQuery, list_query
from app.api.references import RecordReference, ReferencesQuery, references
from app.api.shapes import Page, success
from app.formats.lists import LIST_FORMATS
from app.http.responses import answer, answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.evidence import EvidenceItem
from app.model.kind import Kind
from app.model.mapping import any_kind_fields
from app.model.shape import SLUG, SLUG_LENGTH, KindName
from app.model.tables import EVIDENCE, RECORD
from app.problems import Gone, NotFound, responses
from app.query.fields import narrow
from app.query.listing import Listing
from app.query.lookup import find_record
from app.query.order import SortKey
from app.query.parameters import BaseQuery
from app.query.sql_bytes import BODY

_LIST_FORMATS = success(
    "A page of the list. In CSV and JSON Lines, the whole list.", *(each.media_type for each in LIST_FORMATS.values())
)
RECORD_PROBLEMS = responses(NotFound, Gone)
LIST_PROBLEMS = responses() | _LIST_FORMATS
LIST_OF_RECORD_PROBLEMS = RECORD_PROBLEMS | _LIST_FORMATS

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
    query: type[RecordsQuery]


LISTS: dict[KindName, RecordList] = {}
"""The lists by kind. `record_router` adds them."""

RecordId = Annotated[str, Path(pattern=SLUG, max_length=SLUG_LENGTH, description="The id of the record.")]


@list_query(EvidenceItem, "document", "start")
class EvidenceQuery(AnchorsQuery):
    """The query parameters of `/{id}/evidence`."""


class RecordQuery(BaseQuery):
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


def record_router(kind: Kind, query: type[RecordsQuery]) -> APIRouter:
    """The routes of a kind. `query` has the filters of its list, and its docstring describes the list."""
    router = api_router(kind.plural)
    listing = records_of(kind, descending=query.descending)
    records_query = list_query(kind.public, *(key.name for key in listing.keys), facets=True)(query)
    LISTS[kind.name] = RecordList(listing, records_query)
    record_query = list_query(kind.public)(RecordQuery)

    @router.get(
        "",
        name=f"list_{kind.plural}",
        response_model=Page[kind.public],  # type: ignore[name-defined]
        responses=LIST_PROBLEMS,
        description=getdoc(query),
    )
    def list_records(
        params: Annotated[records_query, Query()],  # type: ignore[valid-type]
        snapshot: SnapshotDep,
        target: TargetDep,
    ) -> Response:
        return answer_list(snapshot, listing, params, target)

    @router.get(
        "/{id}",
        name=f"get_{kind.name}",
        response_model=kind.public,
        responses=RECORD_PROBLEMS,
        description=f"One {kind.name}, with the same fields as in the list.",
    )
    def get_record(
        id: RecordId,
        params: Annotated[record_query, Query()],  # type: ignore[valid-type]
        snapshot: SnapshotDep,
    ) -> Response:
        return answer(snapshot, narrow(find_record(snapshot, kind, id).body, params.fields))  # type: ignore[attr-defined]

    @router.get(
        "/{id}/evidence",
        name=f"list_{kind.name}_evidence",
        response_model=Page[EvidenceItem],
        responses=LIST_OF_RECORD_PROBLEMS,
        description=f"The quotes that support the {kind.name}, sorted by document and position. `exact` is always "
        "`text[start:end]` of the document's text.",
    )
    def list_evidence(
        id: RecordId, params: Annotated[EvidenceQuery, Query()], snapshot: SnapshotDep, target: TargetDep
    ) -> Response:
        key = find_record(snapshot, kind, id).id
        return answer_list(snapshot, quotes(EVIDENCE.c.record_id == key), params, target)

    @router.get(
        "/{id}/references",
        name=f"list_{kind.name}_references",
        response_model=Page[RecordReference],
        responses=LIST_OF_RECORD_PROBLEMS,
        description=f"The records that refer to the {kind.name}, sorted by kind and id, each with a JSON Pointer to "
        "the reference in its JSON. A record with several references is listed once for each. The derived fields "
        "`actors` and `document` are left out: use the filters of these names in the lists.",
    )
    def list_references(
        id: RecordId, params: Annotated[ReferencesQuery, Query()], snapshot: SnapshotDep, target: TargetDep
    ) -> Response:
        return answer_list(snapshot, references(find_record(snapshot, kind, id).id), params, target)

    return router
