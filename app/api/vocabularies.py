"""Routes of the vocabularies: the terms that fields can have, and their definitions."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from fastapi import Path, Query
from sqlalchemy import select
from starlette.responses import Response

from app.api.parameters import FormatQuery, list_query
from app.api.records import LIST_PROBLEMS
from app.api.shapes import Page, TermPublic, VocabularyPublic
from app.http.negotiation import JSON
from app.http.responses import answer_items, answer_page, answer_shape
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.tables import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES
from app.problems import NotFound, responses
from app.query import cursor
from app.query.listing import ListingPage
from app.query.parameters import BaseQuery
from app.query.snapshot import Snapshot
from app.suggest import hint

router = api_router("vocabularies")

VocabularyName = Annotated[str, Path(pattern="^[a-z]+(_[a-z]+)*$", max_length=40, description="The vocabulary's name.")]


@list_query(VocabularyPublic, "name")
class VocabulariesQuery(FormatQuery):
    """The parameters of the list of vocabularies."""


@router.get("", response_model=Page[VocabularyPublic], responses=LIST_PROBLEMS)
def list_vocabularies(
    params: Annotated[VocabulariesQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The vocabularies with their terms, sorted by name."""
    names = sorted(VOCABULARIES, reverse=params.sort[:1] == ("-name",))
    if target.media_type != JSON:
        return answer_items(
            snapshot, lambda stream, most: _items(stream, names[:most]), VocabularyPublic, params, target
        )
    fingerprint, secret = target.fingerprint, snapshot.secret
    [start] = cursor.decode(params.cursor, fingerprint, secret) if params.cursor is not None else [0]
    end = start + params.limit
    following = target.next(cursor.encode([end], fingerprint, secret)) if end < len(names) else None
    items = [*_items(snapshot, names[start:end])]
    return answer_page(snapshot, ListingPage(items, len(names), True, following), params.fields)


@router.get("/{name}", response_model=VocabularyPublic, responses=responses(NotFound))
def get_vocabulary(name: VocabularyName, _params: Annotated[BaseQuery, Query()], snapshot: SnapshotDep) -> Response:
    """One vocabulary with its terms: labels, definitions and sources."""
    return answer_shape(snapshot, find_vocabulary(snapshot, name))


def find_vocabulary(snapshot: Snapshot, name: str) -> VocabularyPublic:
    """The vocabulary with a name. Raises NotFound, with a suggestion."""
    if name not in VOCABULARIES:
        raise NotFound(f"There is no vocabulary '{name}'{hint(name, VOCABULARIES)}")
    return vocabulary(snapshot, name)


def _items(snapshot: Snapshot, names: Iterable[str]) -> Iterator[bytes]:
    """The JSON of vocabularies."""
    return (vocabulary(snapshot, name).model_dump_json().encode() for name in names)


def vocabulary(snapshot: Snapshot, name: str) -> VocabularyPublic:
    """A vocabulary, with the terms that bundles added to it."""
    terms: Iterable[Any] = VOCABULARIES[name]
    if name in OPEN_TERMS:
        table = table_of(OPEN_TERMS[name])
        terms = snapshot.rows(select(table).order_by(table.c.term))
    shown = [TermPublic.model_validate(term, from_attributes=True) for term in terms]
    return VocabularyPublic(name=name, open=name in OPEN_TERMS, terms=shown)
