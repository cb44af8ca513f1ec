"""What every kind of record has: its list, each record by its id, and the quotes behind each."""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Path, Query
from pydantic import Field, create_model
from sqlalchemy import bindparam, select
from starlette.responses import Response

from app.api.shapes import Page
from app.http.negotiation import CSV, JSONL
from app.http.responses import answer, answer_list, narrow
from app.http.routing import SnapshotDep, TargetDep
from app.model.dataset import ChangeType
from app.model.evidence import Evidence
from app.model.kind import Kind
from app.model.kinds import ref
from app.model.mapping import any_kind_fields
from app.model.shape import SLUG, SLUG_LENGTH, KindName, Slug
from app.model.tables import CHANGE, DOCUMENT_RECORD, EVIDENCE, RECORD
from app.problems import Gone, NotFound, responses
from app.query.filters import one_of
from app.query.listing import Listing
from app.query.order import SortKey
from app.query.parameters import BaseQuery, FormatQuery, field_names, sort_names
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot
from app.query.sql_bytes import BODY
from app.suggest import hint

_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page of the list; in CSV and JSON Lines, all of it.",
        "content": {CSV: {"schema": {"type": "string"}}, JSONL: {"schema": {"type": "string"}}},
    }
}
RECORD_PROBLEMS = responses(NotFound, Gone)
LIST_PROBLEMS = responses() | _FORMATS
LIST_OF_RECORD_PROBLEMS = RECORD_PROBLEMS | _FORMATS

NAME = SortKey("name", RECORD.c.sort_name)
DATE = SortKey("date", RECORD.c.earliest, nullable=True)
_OTHERS = (
    SortKey("id", RECORD.c.slug),
    SortKey("evidence_count", RECORD.c.evidence_count),
    SortKey("revision", RECORD.c.revision),
)
BY_NAME = sort_names("name", *(key.name for key in _OTHERS))
BY_DATE = sort_names("date", "name", *(key.name for key in _OTHERS))

SORT = "The order: keys joined by commas, each descending with a minus before it. Nulls come last; `id` breaks ties."
FACETS = (
    "Count the values of these filters over the whole filtered list, each without its own filter applied; "
    "joined by commas."
)
FIELDS = "Only these top-level fields, joined by commas; `kind`, `id` and `url` stay, where there are such."

_ALIKE = 500
_FOUND = Prepared(
    select(RECORD.c.id, RECORD.c.name, BODY).where(
        RECORD.c.kind == bindparam("kind", type_=RECORD.c.kind.type), RECORD.c.slug == bindparam("slug")
    )
)

RecordId = Annotated[str, Path(pattern=SLUG, max_length=SLUG_LENGTH, description="The id of the record.")]


def records_of(kind: Kind, *, descending: bool = False) -> Listing:
    """The list of all records of a kind: dated kinds by date, others by name."""
    return Listing(
        source=RECORD,
        columns=(BODY,),
        item=lambda _snapshot, rows: [row[0] for row in rows],
        keys=((DATE, NAME) if kind.dated_by else (NAME,)) + _OTHERS,
        tie=(RECORD.c.slug,),
        where=(RECORD.c.kind == kind.name,),
        descending=descending,
        shape=kind.public,
        any_kind=any_kind_fields(kind.name),
        total=lambda snapshot: snapshot.counts().get(kind.name, 0),
    )


def quotes(_snapshot: Snapshot, rows: Sequence[Any]) -> list[bytes]:
    """Rows of evidence, with their document, as JSON."""
    return [
        orjson.dumps(
            {
                "id": row.id,
                "document": document_ref(row),
                "passage": row.passage,
                "start": row.start,
                "end": row.end,
                "exact": row.exact,
                "prefix": row.prefix,
                "suffix": row.suffix,
                "supports": row.supports,
            }
        )
        for row in rows
    ]


def document_ref(row: Any) -> dict[str, str]:
    """The Ref of a row's document, from the columns of `DOCUMENT_COLUMNS`."""
    return ref(KindName.DOCUMENT, row.document_slug, row.document_name)


DOCUMENT_COLUMNS = (DOCUMENT_RECORD.c.slug.label("document_slug"), DOCUMENT_RECORD.c.name.label("document_name"))


class EvidenceQuery(FormatQuery):
    """The parameters of the quotes behind a record."""

    sort: Annotated[tuple[str, ...], sort_names("document", "start")] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(Evidence)] = Field(default=(), description=FIELDS)
    document: Annotated[tuple[Slug, ...], one_of(DOCUMENT_RECORD.c.slug)] = Field(
        default=(), max_length=50, description="Only quotes of this document."
    )


def serve_records(router: APIRouter, kind: Kind) -> None:
    """Add the routes of one record of a kind, and of the quotes behind it."""
    what = kind.name.value
    params = create_model(
        f"{kind.name.capitalize()}RecordQuery",
        __base__=BaseQuery,
        fields=(Annotated[tuple[str, ...], field_names(kind.public)], Field(default=(), description=FIELDS)),
    )

    @router.get(
        "/{id}",
        operation_id=f"get_{kind.name}",
        summary=f"One {what}",
        response_model=kind.public,
        responses=RECORD_PROBLEMS,
        description=f"The {what} with this id, as lists show it.",
    )
    def get_record(id: RecordId, params: Annotated[params, Query()], snapshot: SnapshotDep) -> Response:
        body = find(snapshot, kind, id).body
        fields = params.fields  # type: ignore[attr-defined]
        return answer(snapshot, narrow(body, fields) if fields else body)

    @router.get(
        "/{id}/evidence",
        operation_id=f"list_{kind.name}_evidence",
        summary=f"The quotes behind one {what}",
        response_model=Page[Evidence],
        responses=LIST_OF_RECORD_PROBLEMS,
        description=f"Every quote that supports the {what}, over all documents, in the order of the text. "
        "`exact` is always `text[start:end]` of the document's text.",
    )
    def list_evidence(
        id: RecordId, params: Annotated[EvidenceQuery, Query()], snapshot: SnapshotDep, target: TargetDep
    ) -> Response:
        key = find(snapshot, kind, id).id
        return answer_list(snapshot, evidence_of(key), params, target)


def evidence_of(key: int) -> Listing:
    """The list of the quotes behind a record."""
    return Listing(
        source=EVIDENCE.join(DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id),
        columns=(EVIDENCE, *DOCUMENT_COLUMNS),
        item=quotes,
        keys=(SortKey("document", DOCUMENT_RECORD.c.slug), SortKey("start", EVIDENCE.c.start)),
        tie=(EVIDENCE.c.start, EVIDENCE.c.end),
        where=(EVIDENCE.c.record_id == key,),
        shape=Evidence,
    )


class StoredRecord(NamedTuple):
    """A record that was asked for by its id."""

    id: int
    """Its key."""
    name: str
    body: bytes


def find(snapshot: Snapshot, kind: Kind, slug: str) -> StoredRecord:
    """A record by its id.

    Raises NotFound where there is none, naming the nearest; Gone where there was one.
    """
    for row in snapshot.rows(_FOUND, {"kind": kind.name, "slug": slug}):
        return StoredRecord(*row)
    of_slug = (CHANGE.c.kind == kind.name, CHANGE.c.slug == slug)
    last = snapshot.connection.execute(select(CHANGE).where(*of_slug).order_by(CHANGE.c.id.desc()).limit(1)).first()
    if last is not None and last.change == ChangeType.DELETED:
        raise Gone(f"The {kind.name} '{slug}' was removed in revision {last.revision}, at {last.at}.")
    raise NotFound(
        f"There is no {kind.name} '{slug}'{hint(slug, _alike(snapshot, kind, slug)) or '.'} "
        f"/v1/{kind.plural} lists them."
    )


def _alike(snapshot: Snapshot, kind: Kind, slug: str) -> list[str]:
    """Some ids of the kind that begin alike, or if none does, some others."""
    of_kind = select(RECORD.c.slug).where(RECORD.c.kind == kind.name).order_by(RECORD.c.slug).limit(_ALIKE)
    start = slug[:3]
    begun = snapshot.rows(of_kind.where(RECORD.c.slug >= start, RECORD.c.slug < start + "\x7f"))
    return [row.slug for row in (begun or snapshot.rows(of_kind))]
