"""Routes of the vocabularies: which terms the fields of records can have, and what they mean."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from app.api.records import FIELDS, LIST_PROBLEMS
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
from app.query.parameters import FormatQuery, field_names, sort_names
from app.query.snapshot import Snapshot
from app.suggest import hint

router = api_router("vocabularies")


class VocabulariesQuery(FormatQuery):
    """The parameters of the list of vocabularies."""

    sort: Annotated[tuple[str, ...], sort_names("name")] = Field(
        default=(), description="The order; `-name` turns it round."
    )
    fields: Annotated[tuple[str, ...], field_names(VocabularyPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_vocabularies", response_model=Page[VocabularyPublic], responses=LIST_PROBLEMS)
def list_vocabularies(
    params: Annotated[VocabulariesQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """Every vocabulary with its terms, by name."""
    names = sorted(VOCABULARIES, reverse=bool(params.sort) and params.sort[0].startswith("-"))
    if target.media_type != JSON:
        return answer_items(
            snapshot,
            lambda stream, most: (vocabulary(stream, name).model_dump_json().encode() for name in names[:most]),
            VocabularyPublic,
            params,
            target,
        )
    start = 0
    if params.cursor is not None:
        [last] = cursor.decode(params.cursor, target.fingerprint, snapshot.secret)
        start = names.index(last) + 1
    shown = names[start : start + params.limit]
    more = start + params.limit < len(names)
    following = target.next(cursor.encode([shown[-1]], target.fingerprint, snapshot.secret)) if more else None
    items = [vocabulary(snapshot, name).model_dump_json().encode() for name in shown]
    return answer_page(snapshot, ListingPage(items, len(names), True, following), params.fields)


@router.get("/{name}", operation_id="get_vocabulary", response_model=VocabularyPublic, responses=responses(NotFound))
def get_vocabulary(
    name: Annotated[str, Path(pattern="^[a-z]+(_[a-z]+)*$", max_length=40, description="The vocabulary.")],
    snapshot: SnapshotDep,
) -> Response:
    """One vocabulary with its terms: labels, definitions, and where they come from."""
    if name not in VOCABULARIES:
        raise NotFound(f"There is no vocabulary '{name}'{hint(name, VOCABULARIES)}")
    return answer_shape(snapshot, vocabulary(snapshot, name))


def vocabulary(snapshot: Snapshot, name: str) -> VocabularyPublic:
    """A vocabulary, with the terms that bundles added to it."""
    if name in OPEN_TERMS:
        table = table_of(OPEN_TERMS[name])
        rows = snapshot.rows(select(table).order_by(table.c.term))
        terms = [
            TermPublic(term=r.term, label=r.label, definition=r.definition, parent=r.parent, source=r.source)
            for r in rows
        ]
    else:
        terms = [
            TermPublic(term=t.term, label=t.label, definition=t.definition, parent=t.parent, source=t.source)
            for t in VOCABULARIES[name]
        ]
    return VocabularyPublic(name=name, open=name in OPEN_TERMS, terms=terms)
