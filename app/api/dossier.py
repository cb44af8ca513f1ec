"""The dossier of an actor: what the records say of it, in one response."""

from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

import orjson
from fastapi import Query
from pydantic import Field, create_model
from sqlalchemy import Subquery, func, literal, select, union_all
from starlette.responses import Response

from app.api.actors import ActorsQuery
from app.api.assessments import AssessmentsQuery
from app.api.documents import DocumentsQuery
from app.api.events import EventsQuery
from app.api.figures import FiguresQuery
from app.api.parameters import RecordsQuery
from app.api.records import RecordId, records_of
from app.api.relationships import RelationshipsQuery
from app.api.sanctions import SanctionsQuery
from app.api.shapes import Total
from app.api.statements import StatementsQuery
from app.http.responses import answer
from app.http.routing import SnapshotDep, api_router
from app.model.actor import ACTOR_KIND, ActorPublic, Role
from app.model.dates import Date
from app.model.kinds import KINDS
from app.model.shape import KindName, Ref, Shape
from app.model.tables import RECORD, RECORD_ACTOR
from app.query.filters import filters_of
from app.query.listing import ListingPage, RequestTarget, read_page
from app.query.lookup import find_record
from app.query.parameters import BaseQuery, ListQuery
from app.query.snapshot import Snapshot

router = api_router("actors")

T = TypeVar("T")

MOST = 20
"""The maximum number of records in a part."""


class Part(NamedTuple):
    """A part of a dossier: a list of a kind, filtered by the actor with a parameter."""

    kind: KindName
    query: type[RecordsQuery]
    parameter: str


PARTS = {
    "ties": Part(KindName.RELATIONSHIP, RelationshipsQuery, "party"),
    "events": Part(KindName.EVENT, EventsQuery, "actor"),
    "statements_by": Part(KindName.STATEMENT, StatementsQuery, "speaker"),
    "statements_about": Part(KindName.STATEMENT, StatementsQuery, "about"),
    "sanctions_imposed": Part(KindName.SANCTION, SanctionsQuery, "authority"),
    "sanctions_suffered": Part(KindName.SANCTION, SanctionsQuery, "target"),
    "sanctions_kept": Part(KindName.SANCTION, SanctionsQuery, "keeper"),
    "figures": Part(KindName.FIGURE, FiguresQuery, "actor"),
    "assessments": Part(KindName.ASSESSMENT, AssessmentsQuery, "actor"),
    "documents": Part(KindName.DOCUMENT, DocumentsQuery, "involves"),
}
ROLES: dict[type[RecordsQuery], str] = {
    ActorsQuery: "part_of organisation",
    EventsQuery: "initiator recipient host affected voter",
    SanctionsQuery: "authority target binds enforcer",
    StatementsQuery: "speaker medium",
    RelationshipsQuery: "subject object",
    FiguresQuery: "source",
    AssessmentsQuery: "holder",
    DocumentsQuery: "publisher author",
}
"""The parameters that filter by an actor in one role."""
_COUNTED = {name: (query, name) for query, names in ROLES.items() for name in names.split()}
_COUNTED["documents"] = (DocumentsQuery, "involves")  # documents have no `actors`


class DossierPart(Shape, Generic[T]):
    """The first records of a filtered list."""

    items: list[T] = Field(description=f"The first records of the list, {MOST} at most.")
    total: Total = Field(description="The number of records in the whole list.")
    more: str | None = Field(
        description="The path of the whole list, in the same order. Null if `items` has all of it.", examples=[None]
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`EventDossierPart` for a part with items of `EventPublic`."""
        return f"{params[0].__name__.removesuffix('Public')}{cls.__name__}"


def _filter(query: type[RecordsQuery], parameter: str) -> str:
    sentence, _, _ = str(query.model_fields[parameter].description).partition(". ")
    return f"by the filter `{parameter}`: {sentence.removesuffix('.')}."


_counts: dict[str, Any] = {
    kind.plural: (int, Field(description=f"Number of {kind.plural} with the actor in `actors`.", examples=[7]))
    for kind in KINDS.values()
} | {
    name: (int, Field(description=f"Number of records {_filter(*found)}", examples=[1]))
    for name, found in _COUNTED.items()
}
_parts: dict[str, Any] = {
    name: (
        DossierPart[KINDS[kind].public],  # type: ignore[misc]
        Field(description=f"{KINDS[kind].plural.capitalize()} {_filter(query, parameter)}"),
    )
    for name, (kind, query, parameter) in PARTS.items()
}
DossierCounts = create_model(
    "DossierCounts", __base__=Shape, __doc__="The number of records of each kind and in each role.", **_counts
)
Dossier = create_model(
    "Dossier",
    __base__=Shape,
    __doc__="An actor, and what the records say of it.",
    actor=(ActorPublic, Field(description="The actor.")),
    counts=(DossierCounts, Field(description="The number of records that have the actor, by kind and by role.")),
    roles=(list[Role[Ref, Date]], Field(description="The offices that the actor holds or held, as in `actor`.")),
    **_parts,
)


@router.get("/{id}/dossier", response_model=Dossier, summary="Get everything on one actor")
def get_actor_dossier(id: RecordId, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """Everything on one actor in one response.

    `counts` has the number of records of each kind with the actor in `actors`, and the number of records that have it
    in each role. Each part after `roles` has the first 20 records of a filtered list, in the order of this list. `more`
    is the path of the list if it has more records.
    """
    record = find_record(snapshot, ACTOR_KIND, id)
    content = {
        "actor": orjson.Fragment(record.body),
        "counts": _count_records(snapshot, record.id),
        "roles": orjson.loads(record.body)["roles"],
    }
    for name, page in read_parts(snapshot, id, record.id).items():
        more = page.next and whole_list(name, id).fingerprint
        content[name] = {"items": list(map(orjson.Fragment, page.items)), "total": page.count, "more": more}
    return answer(snapshot, orjson.dumps(content))


def read_parts(snapshot: Snapshot, id: str, key: int) -> dict[str, ListingPage]:
    """The first records of each part of the dossier of an actor, by its id and key."""
    return {name: _read(snapshot, name, id, key) for name in PARTS}


def whole_list(name: str, id: str) -> RequestTarget:
    """The list of all records of a part of the dossier of an actor."""
    kind, query, parameter = PARTS[name]
    value = f"{KindName.ACTOR}/{id}" if len(filters_of(query)[parameter].kinds) > 1 else id
    return RequestTarget(f"/v1/{KINDS[kind].plural}", [(parameter, value)])


def _read(snapshot: Snapshot, name: str, id: str, key: int) -> ListingPage:
    kind, query, parameter = PARTS[name]
    pair = _pairs(query, parameter)
    having = select(pair.c.record_id).where(pair.c.value == key)
    # `concat` hides the kind from SQLite's planner, which would read the index of the whole list and probe each record.
    where = (RECORD.c.kind.concat("") == kind.value, RECORD.c.id.in_(having))
    listing = replace(records_of(KINDS[kind], descending=query.descending), where=where, name=None)
    return read_page(snapshot, listing, ListQuery(limit=MOST), whole_list(name, id))


def _count_records(snapshot: Snapshot, key: int) -> dict[str, int]:
    """The number of records of each kind and in each role of an actor."""
    by_kind = (
        select(RECORD.c.kind, func.count())
        .join(RECORD_ACTOR, RECORD_ACTOR.c.record_id == RECORD.c.id)
        .where(RECORD_ACTOR.c.actor_id == key)
        .group_by(RECORD.c.kind)
    )
    counts = {KINDS[kind].plural: number for kind, number in snapshot.rows(by_kind)}
    pairs = ((name, _pairs(*found)) for name, found in _COUNTED.items())
    by_role = union_all(
        *(
            select(literal(name), func.count(pair.c.record_id.distinct())).where(pair.c.value == key)
            for name, pair in pairs
        )
    )
    return dict.fromkeys(DossierCounts.model_fields, 0) | counts | dict(snapshot.rows(by_role))


@cache
def _pairs(query: type[RecordsQuery], parameter: str) -> Subquery:
    """The pairs of records and values of a filter. Built once, because that takes longer than reading them."""
    return union_all(*filters_of(query)[parameter].pairs).subquery()
