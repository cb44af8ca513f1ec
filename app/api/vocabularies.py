"""Routes of the vocabularies: which terms the fields of records can have, and what they mean."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from app.advice import hint
from app.api.answers import answer_items, answer_page, answer_shape
from app.api.asking import JSON, AskedDep, ReaderDep, asking_router
from app.api.records import FIELDS, LIST_PROBLEMS
from app.api.shapes import Page as PageShape
from app.api.shapes import TermPublic, VocabularyPublic
from app.model.layout import table_of
from app.model.terms import OPEN_TERMS
from app.model.vocabularies import VOCABULARIES
from app.problems import NotFound, responses
from app.query import cursor
from app.query.page import Page
from app.query.question import FormatQuestion, field_names, sort_names
from app.query.reader import Reader

router = asking_router("vocabularies")


class VocabulariesQuestion(FormatQuestion):
    """The parameters of the list of vocabularies."""

    sort: Annotated[tuple[str, ...], sort_names("name")] = Field(
        default=(), description="The order; `-name` turns it round."
    )
    fields: Annotated[tuple[str, ...], field_names(VocabularyPublic)] = Field(default=(), description=FIELDS)


@router.get("", operation_id="list_vocabularies", response_model=PageShape[VocabularyPublic], responses=LIST_PROBLEMS)
def list_vocabularies(
    question: Annotated[VocabulariesQuestion, Query()], reader: ReaderDep, asked: AskedDep
) -> Response:
    """Every vocabulary with its terms, by name."""
    names = sorted(VOCABULARIES, reverse=bool(question.sort) and question.sort[0].startswith("-"))
    if asked.media_type != JSON:
        return answer_items(
            reader,
            lambda stream, most: (vocabulary(stream, name).model_dump_json().encode() for name in names[:most]),
            VocabularyPublic,
            question,
            asked,
        )
    start = 0
    if question.cursor is not None:
        [last] = cursor.decode(question.cursor, asked.fingerprint, reader.secret)
        start = names.index(last) + 1
    shown = names[start : start + question.limit]
    more = start + question.limit < len(names)
    following = asked.next(cursor.encode([shown[-1]], asked.fingerprint, reader.secret)) if more else None
    items = [vocabulary(reader, name).model_dump_json().encode() for name in shown]
    return answer_page(reader, Page(items, len(names), True, following), question.fields)


@router.get("/{name}", operation_id="get_vocabulary", response_model=VocabularyPublic, responses=responses(NotFound))
def get_vocabulary(
    name: Annotated[str, Path(pattern="^[a-z]+(_[a-z]+)*$", max_length=40, description="The vocabulary.")],
    reader: ReaderDep,
) -> Response:
    """One vocabulary with its terms: labels, definitions, and where they come from."""
    if name not in VOCABULARIES:
        raise NotFound(f"There is no vocabulary '{name}'{hint(name, VOCABULARIES)}")
    return answer_shape(reader, vocabulary(reader, name))


def vocabulary(reader: Reader, name: str) -> VocabularyPublic:
    """A vocabulary, with the terms that bundles added to it."""
    entry = VOCABULARIES[name]
    if name in OPEN_TERMS:
        table = table_of(OPEN_TERMS[name])
        rows = reader.rows(select(table).order_by(table.c.term))
        terms = [
            TermPublic(term=r.term, label=r.label, definition=r.definition, parent=r.parent, source=r.source)
            for r in rows
        ]
    else:
        terms = [
            TermPublic(term=t.term, label=t.label, definition=t.definition, parent=t.parent, source=t.source)
            for t in entry.terms()
        ]
    return VocabularyPublic(name=name, open=entry.open, terms=terms)
