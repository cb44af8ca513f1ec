"""The page of a document: its text with quotes and names marked, and the records that rest on each passage."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

import orjson
from fastapi import Query
from pydantic import Field
from sqlalchemy import ColumnElement, FromClause, func, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.anchors import mentions, quotes
from app.api.coverage import count_cited
from app.api.evidence import QuoteListQuery
from app.api.mentions import MentionListQuery
from app.api.parameters import several
from app.api.passages import PassagesQuery, passages
from app.api.records import RecordId
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.model.document import DOCUMENT_KIND
from app.model.kinds import KINDS
from app.model.record import Record
from app.model.shape import KindName
from app.model.tables import EVIDENCE, MENTION, PASSAGE, RECORD
from app.pages.fields import Reading
from app.pages.linked import negotiated
from app.pages.page import page, page_router
from app.pages.words import words
from app.query.facets import count_facets
from app.query.filters import one_of
from app.query.listing import Listing, RequestTarget, read_all
from app.query.lookup import StoredRecord, find_record
from app.query.parameters import BaseQuery, Ids, ListQuery, Number
from app.query.record_filters import OF_ACTOR
from app.query.snapshot import Snapshot

router = page_router("/documents")

Item = dict[str, Any]

_PART_WEIGHT = 60_000
"""The weight of a part of a long text: that of its characters and quotes. More passages are on the next page."""
_QUOTE_WEIGHT = 100
"""The weight of a quote in characters."""


class ReaderQuery(BaseQuery):
    """The parameters of the reader: what is marked, and for a text in several parts, a passage of the part to show."""

    facets: ClassVar = ("kind", "actor")

    kind: Annotated[tuple[KindName, ...], one_of(Record.kind)] = several("Kind of the records.", len(KINDS))
    actor: Annotated[Ids, OF_ACTOR] = several("Actor that is the record, or is in its `actors`.")
    passage: Number = Field(default=0, description="Number of a passage of the part to show.")


@dataclass(frozen=True)
class Run:
    """A piece of a passage that is covered by the same quotes and mentions throughout."""

    text: str
    start: int
    kinds: Sequence[str]
    """The kinds of the records that are quoted here, in the order of kinds."""
    ids: Sequence[str]
    """The ids of the quotes that begin here."""
    name: str | None
    """The path of the actor that is named here."""
    url: str | None
    """The path of the record with the shortest quote that begins here."""


@router.get("/{id}")
def document_page(
    request: Request,
    id: RecordId,
    params: Annotated[ReaderQuery, Query()],
    snapshot: SnapshotDep,
    target: TargetDep,
    public_url: PublicUrlDep,
) -> Response:
    """A document. A long text is shown in parts."""
    stored = find_record(snapshot, DOCUMENT_KIND, id)
    return negotiated(
        request, snapshot, public_url, stored, lambda: _reader(snapshot, stored, params, target, public_url)
    )


def _reader(
    snapshot: Snapshot, stored: StoredRecord, params: ReaderQuery, target: RequestTarget, public_url: str
) -> Response:
    record = orjson.loads(stored.body)
    parts = _parts(snapshot, stored.id)
    part = max(number for number, (first, _) in enumerate(parts) if number == 0 or first <= params.passage)
    quoted = select(EVIDENCE.c.record_id).where(EVIDENCE.c.document_id == stored.id)
    facets = count_facets(snapshot, [RECORD.c.id.in_(quoted)], ReaderQuery()) or {}
    facets["kind"].sort(key=lambda count: list(KINDS).index(count["value"]))
    chosen = {*params.kind, *params.actor}
    reading = Reading(snapshot)
    return page(
        snapshot,
        "reader.html",
        public_url,
        path=f"/documents/{record['id']}",
        json=record["url"],
        description=record["summary"],
        record=record,
        topics=[reading.open_term("topic", topic) for topic in record["topics"]],
        coverage=count_cited(snapshot, stored.id),
        plurals={kind.name: kind.plural for kind in KINDS.values()},
        facets=facets,
        params=params,
        chosen=[count["label"] for counts in facets.values() for count in counts if count["value"] in chosen],
        filters="".join(f"{urlencode({name: value})}&" for name, value in target.parameters if name in params.facets),
        passages=list(_passages(snapshot, stored.id, parts[part], params)),
        parts=parts,
        part=part,
    )


def _parts(snapshot: Snapshot, key: int) -> list[tuple[int, int]]:
    """The first and the last passage of each part of a text."""
    by_passage = select(EVIDENCE.c.passage, func.count()).where(EVIDENCE.c.document_id == key)
    quoted = dict(snapshot.rows(by_passage.group_by(EVIDENCE.c.passage)))
    parts: list[tuple[int, int]] = []
    weight = _PART_WEIGHT
    length = (PASSAGE.c.end - PASSAGE.c.start).label("length")
    in_order = select(PASSAGE.c.number, length).where(PASSAGE.c.document_id == key).order_by(PASSAGE.c.number)
    for number, characters in snapshot.rows(in_order):
        own = characters + _QUOTE_WEIGHT * quoted.get(number, 0)
        if weight + own > _PART_WEIGHT:
            parts.append((number, number))
            weight = 0
        parts[-1] = parts[-1][0], number
        weight += own
    return parts


def _passages(snapshot: Snapshot, key: int, part: tuple[int, int], params: ReaderQuery) -> Iterator[Item]:
    """The passages of a part, each as the API has it, with its runs and with the records that rest on it."""

    def read(listing: Listing, query: ListQuery) -> Iterator[Item]:
        return map(orjson.loads, read_all(snapshot, listing, query, None))

    def by_passage(listing: Listing, query: ListQuery) -> Mapping[int, list[Item]]:
        found = defaultdict(list)
        for item in read(listing, query):
            found[item["passage"]].append(item)
        return found

    def of_part(table: FromClause, number: str) -> Sequence[ColumnElement[bool]]:
        return table.c.document_id == key, table.c[number].between(*part)

    quoted = by_passage(quotes(*of_part(EVIDENCE, "passage")), QuoteListQuery(kind=params.kind, actor=params.actor))
    named = by_passage(mentions(*of_part(MENTION, "passage")), MentionListQuery(actor=params.actor))
    for passage in read(passages(*of_part(PASSAGE, "number")), PassagesQuery()):
        of_passage = quoted[passage["number"]]
        runs = list(_runs(passage, of_passage, named[passage["number"]]))
        yield passage | {"runs": runs, "records": _records(of_passage), "quotes": len(of_passage)}


def _runs(passage: Item, quoted: Sequence[Item], named: Sequence[Item]) -> Iterator[Run]:
    """The text of a passage, cut wherever a quote or a name begins or ends."""
    beginning = defaultdict(list)
    for anchor in (*quoted, *named):
        beginning[anchor["start"]].append(anchor)
    ends = {passage["end"], *(anchor["end"] for anchor in (*quoted, *named))}
    covering: list[Item] = []
    for start, end in pairwise(sorted({passage["start"], *beginning, *ends})):
        covering = [anchor for anchor in covering if anchor["end"] > start] + beginning[start]
        kinds = {anchor["record"]["kind"] for anchor in covering if "record" in anchor}
        ours = sorted((each for each in beginning[start] if "record" in each), key=lambda quote: quote["end"])
        yield Run(
            text=passage["text"][start - passage["start"] : end - passage["start"]],
            start=start,
            kinds=[kind for kind in KINDS if kind in kinds],
            ids=[quote["id"] for quote in ours],
            name=next((anchor["actor"]["url"] for anchor in covering if "actor" in anchor), None),
            url=ours[0]["record"]["url"] if ours else None,
        )


def _records(quoted: Sequence[Item]) -> Mapping[str, Mapping[str, Item]]:
    """The records with these quotes by kind, then by path, each with the places of its quotes and their support."""
    found: dict[str, dict[str, Item]] = defaultdict(dict)
    for quote in quoted:
        record = quote["record"]
        parts = dict.fromkeys(words(pointer.split("/")[1]) for pointer in quote["supports"])
        place = f"{quote['start']}-{quote['end']} {', '.join(parts)}"
        entry = found[record["kind"]].setdefault(record["url"], record | {"places": []})
        entry["places"].append(place)
    return found
