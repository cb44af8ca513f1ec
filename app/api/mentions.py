"""Where the texts speak of an actor."""

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.answers import answer_list
from app.api.asking import AskedDep, ReaderDep, asking_router
from app.api.records import (
    DOCUMENT,
    DOCUMENT_COLUMNS,
    FIELDS,
    LIST_OF_RECORD_PROBLEMS,
    SORT,
    RecordId,
    document_ref,
    find,
)
from app.api.shapes import Page
from app.model.actor import ACTOR
from app.model.evidence import Anchor, Mention
from app.model.layout import table_of
from app.model.shape import Slug
from app.query.filters import one_of
from app.query.order import SortKey
from app.query.page import Listing
from app.query.question import FormatQuestion, field_names, sort_names
from app.query.reader import Reader

MENTION = table_of(Mention)
router = asking_router("actors")


class MentionPublic(Anchor):
    """A place where a document mentions an actor, by its name or another word for it."""


class MentionsQuestion(FormatQuestion):
    """The parameters of the mentions of an actor."""

    document: Annotated[tuple[Slug, ...], one_of(DOCUMENT.c.slug)] = Field(
        default=(), max_length=50, description="Only mentions in this document."
    )
    sort: Annotated[tuple[str, ...], sort_names("document", "start")] = Field(default=(), description=SORT)
    fields: Annotated[tuple[str, ...], field_names(MentionPublic)] = Field(default=(), description=FIELDS)


@router.get(
    "/{id}/mentions",
    operation_id="list_actor_mentions",
    response_model=Page[MentionPublic],
    responses=LIST_OF_RECORD_PROBLEMS,
)
def list_mentions(
    id: RecordId,
    question: Annotated[MentionsQuestion, Query()],
    reader: ReaderDep,
    asked: AskedDep,
) -> Response:
    """Where the documents mention an actor by its name or an alias, in the order of the text."""
    listing = Listing(
        source=MENTION.join(DOCUMENT, DOCUMENT.c.id == MENTION.c.document_id),
        columns=(MENTION, *DOCUMENT_COLUMNS),
        item=_mentions,
        keys=(SortKey("document", DOCUMENT.c.slug), SortKey("start", MENTION.c.start)),
        tie=(MENTION.c.start, DOCUMENT.c.slug),
        shape=Anchor,
        where=(MENTION.c.actor_id == find(reader, ACTOR, id).id,),
    )
    return answer_list(reader, listing, question, asked)


def _mentions(_reader: Reader, rows: Sequence[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "document": document_ref(row),
                "passage": row.passage,
                "start": row.start,
                "end": row.end,
                "exact": row.exact,
            }
        )
        for row in rows
    ]
