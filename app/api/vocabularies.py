"""Routes of the vocabularies: the terms that fields can have, and their definitions."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Path, Query
from sqlalchemy import select
from starlette.responses import Response

from app.api.parameters import list_query
from app.api.shapes import Page, TermPublic, VocabularyPublic
from app.http.responses import answer_page, answer_shape
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.tables import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES
from app.problems import NotFound
from app.query import cursor
from app.query.listing import ListingPage
from app.query.parameters import BaseQuery, ListQuery
from app.query.snapshot import Snapshot
from app.suggest import Refused, hint

router = api_router("vocabularies")

VocabularyName = Annotated[
    str,
    Path(pattern="^[a-z]+(_[a-z]+)*$", max_length=40, description="The vocabulary's name."),
    Refused("must be a name from /v1/vocabularies, as event_type"),
]


@list_query("name")
class VocabulariesQuery(ListQuery):
    """The parameters of the list of vocabularies."""


@router.get("", response_model=Page[VocabularyPublic], summary="List vocabularies")
def list_vocabularies(
    params: Annotated[VocabulariesQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The vocabularies with their terms, sorted by name."""
    names = sorted(VOCABULARIES, reverse=params.sort[:1] == ("-name",))
    fingerprint, secret = target.fingerprint, snapshot.secret
    [start] = cursor.decode(params.cursor, fingerprint, secret) if params.cursor is not None else [0]
    end = start + params.limit
    following = target.next(cursor.encode([end], fingerprint, secret)) if end < len(names) else None
    items = [vocabulary(snapshot, name).model_dump_json().encode() for name in names[start:end]]
    return answer_page(snapshot, ListingPage(items, len(names), True, following))


@router.get("/{name}", response_model=VocabularyPublic, summary="Get one vocabulary")
def get_vocabulary(name: VocabularyName, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """One vocabulary with its terms: labels, definitions and sources."""
    return answer_shape(snapshot, find_vocabulary(snapshot, name))


def find_vocabulary(snapshot: Snapshot, name: str) -> VocabularyPublic:
    """The vocabulary with a name. Raises NotFound, with a suggestion."""
    if name not in VOCABULARIES:
        raise NotFound(f"There is no vocabulary '{name}'{hint(name, VOCABULARIES)}")
    return vocabulary(snapshot, name)


def vocabulary(snapshot: Snapshot, name: str) -> VocabularyPublic:
    """A vocabulary, with the terms that bundles added to it. Raises NotFound, with a suggestion."""
    if name not in VOCABULARIES:
        raise NotFound(f"There is no vocabulary '{name}'{hint(name, VOCABULARIES)}")
    terms: Iterable[Any] = VOCABULARIES[name]
    if name in OPEN_TERMS:
        table = table_of(OPEN_TERMS[name])
        terms = snapshot.rows(select(table).order_by(table.c.term))
    shown = [TermPublic.model_validate(term, from_attributes=True) for term in terms]
    return VocabularyPublic(name=name, open=name in OPEN_TERMS, terms=shown)
