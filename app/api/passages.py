"""The passages of a document."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import ColumnElement, func, select
from starlette.responses import Response

from app.api.parameters import list_query, several
from app.api.records import RecordId
from app.api.shapes import Page
from app.http.responses import answer_list
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.document import DOCUMENT_KIND, Passage, PassagePublic
from app.model.tables import EVIDENCE, PASSAGE, SENTENCE
from app.model.vocabularies import PassageType
from app.query.filters import one_of, one_of_own
from app.query.listing import Listing
from app.query.lookup import document_text, find_record
from app.query.order import SortKey
from app.query.parameters import ListQuery, Number
from app.query.rows import to_json
from app.query.snapshot import Snapshot

router = api_router("documents")


@list_query("number")
class PassagesQuery(ListQuery):
    """The parameters of the passages of a document."""

    number: Annotated[tuple[Number, ...], one_of_own(Passage.number)] = several("Number of a passage.", example=7)
    type: Annotated[tuple[PassageType, ...], one_of(Passage.type)] = several(
        "Type of passage.", 20, example="paragraph"
    )


@router.get("/{id}/passages", response_model=Page[PassagePublic], summary="List the passages of a document")
def list_document_passages(
    id: RecordId, params: Annotated[PassagesQuery, Query()], snapshot: SnapshotDep, target: TargetDep
) -> Response:
    """The passages of a document in order, each with its text, sentences and number of quotes."""
    of_document = PASSAGE.c.document_id == find_record(snapshot, DOCUMENT_KIND, id).id
    return answer_list(snapshot, passages(of_document), params, target)


def passages(*where: ColumnElement[bool]) -> Listing:
    """The list of the passages of one document that meet some conditions."""
    return Listing(
        source=PASSAGE,
        columns=(PASSAGE,),
        item=to_json(PassagePublic, _contents),
        keys=(SortKey("number", PASSAGE.c.number),),
        where=where,
        shape=PassagePublic,
    )


def _contents(snapshot: Snapshot, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The text, the sentences and the number of quotes of each passage."""
    key = rows[0].document_id
    text = document_text(snapshot, key)
    first, last = min(row.start for row in rows), max(row.end for row in rows)
    quoted = select(EVIDENCE.c.passage, func.count()).where(
        EVIDENCE.c.document_id == key, EVIDENCE.c.start.between(first, last)
    )
    counts = dict(snapshot.rows(quoted.group_by(EVIDENCE.c.passage)))
    sentences = defaultdict(list)
    of_page = select(SENTENCE).where(SENTENCE.c.document_id == key, SENTENCE.c.start.between(first, last))
    for row in snapshot.rows(of_page.order_by(SENTENCE.c.start)):
        sentences[row.passage].append({"start": row.start, "end": row.end})
    for row in rows:
        yield {
            "text": text[row.start : row.end],
            "sentences": sentences[row.number],
            "evidence_count": counts.get(row.number, 0),
        }
