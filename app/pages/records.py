"""The page of every record, made from the shape of its kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import Field as PydanticField
from starlette.requests import Request
from starlette.responses import Response

from app.api.records import RecordId
from app.api.references import ReferencesQuery, references
from app.formats.base_path import base_path, with_base
from app.formats.reconciliation import types_of
from app.http.routing import PublicUrlDep, SnapshotDep
from app.model.kind import Kind
from app.model.kinds import KINDS
from app.model.record import Identity, Provenance
from app.pages.fields import Field, Reading
from app.pages.linked import negotiated
from app.pages.page import HEADERS, page, page_router
from app.pages.words import words
from app.problems import NotFound
from app.query.context import QuoteInContext, quotes_in_context
from app.query.listing import RequestTarget, read_page
from app.query.lookup import StoredRecord, find_record
from app.query.parameters import BaseQuery
from app.query.reconciliation import entity_id, records_by_id
from app.query.snapshot import Snapshot

_QUOTES = 20
_REFERENCES = 20
_JSON_CHARACTERS = 8_000
"""Longer JSON is linked only."""
_SHOWN_ELSEWHERE = ("kind", "id", "url", "name", "summary", "evidence", "evidence_count", "revision", "updated_at")


def _router(kind: Kind) -> APIRouter:
    router = page_router(f"/{kind.plural}")

    @router.get("/{id}", name=f"{kind.name}_page")
    def record_page(request: Request, id: RecordId, snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
        stored = find_record(snapshot, kind, id)

        def html() -> Response:
            return page(snapshot, "record.html", public_url, **record_content(snapshot, kind, stored, public_url))

        return negotiated(request, snapshot, public_url, stored, html)

    return router


def record_content(snapshot: Snapshot, kind: Kind, stored: StoredRecord, public_url: str) -> dict[str, Any]:
    """The content of the page of a record."""
    record = orjson.loads(stored.body)
    quotes = list(quotes_in_context(snapshot, stored.id, _QUOTES))
    own = (record["document"] or record)["id"]
    sent = orjson.loads(with_base(stored.body, base_path(public_url)))
    pretty = orjson.dumps(sent, option=orjson.OPT_INDENT_2).decode()
    return {
        "path": f"/{kind.plural}/{record['id']}",
        "json": record["url"],
        "description": record["summary"],
        "kind": kind,
        "record": record,
        "fields": _fields(snapshot, kind, record),
        "quotes": _by_sentence(quotes),
        "language": next((quote.language for quote in quotes if quote.document_id == own), ""),
        "references": _references(snapshot, stored.id, record["url"]),
        "pretty": pretty if len(pretty) <= _JSON_CHARACTERS else None,
    }


def _fields(snapshot: Snapshot, kind: Kind, record: dict[str, Any]) -> list[Field]:
    """The fields of a record: those of its kind, then its topics, actors and document."""
    reading = Reading(snapshot)
    common = Identity.model_fields.keys() | Provenance.model_fields.keys()
    return [
        *reading.fields(kind.public, record, skip=common),
        *reading.fields(Provenance, record, skip=_SHOWN_ELSEWHERE),
    ]


def _references(snapshot: Snapshot, key: int, url: str) -> dict[str, Any]:
    """The first records that refer to a record, each with the fields that do."""
    params = ReferencesQuery(limit=_REFERENCES)
    found = read_page(snapshot, references(key), params, RequestTarget(f"{url}/references"))
    items = [orjson.loads(item) for item in found.items]
    by_record = groupby(items, lambda item: item["record"])
    return {
        "records": [(record, _fields_of(item["pointer"] for item in group)) for record, group in by_record],
        "total": found.total,
        "more": found.next is not None,
    }


def _fields_of(pointers: Iterable[str]) -> list[str]:
    """The fields of a record that contain some pointers."""
    return list(dict.fromkeys(words(pointer.split("/")[1]) for pointer in pointers))


@dataclass(frozen=True)
class Sentence:
    """A sentence, or several, with all quotes from it."""

    quotes: Sequence[QuoteInContext]
    pieces: Sequence[str]
    """The text in pieces: every second one, from the second on, is quoted."""


def _by_sentence(quotes: Iterable[QuoteInContext]) -> list[Sentence]:
    """Quotes in the order of the text, by sentence."""
    grouped = groupby(quotes, lambda quote: (quote.document_id, quote.start - len(quote.before)))
    return [_sentence(list(found)) for _, found in grouped]


def _sentence(quotes: Sequence[QuoteInContext]) -> Sentence:
    longest = max(quotes, key=lambda quote: quote.end + len(quote.after))
    text = longest.before + longest.exact + longest.after
    begin = longest.start - len(longest.before)
    pieces: list[str] = []
    at = 0
    for quote in quotes:
        start, end = quote.start - begin, quote.end - begin
        if start <= at and pieces:  # overlaps the quote before, or touches it
            pieces[-1] += text[at:end]
        else:
            pieces += [text[at:start], text[start:end]]
        at = max(at, end)
    return Sentence(quotes, [*pieces, text[at:]])


previews = page_router("/v1/reconcile")
_FRAMED = HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")


class PreviewQuery(BaseQuery):
    """The record to preview."""

    id: str = PydanticField(max_length=500)


@previews.get("/preview")
def preview(params: Annotated[PreviewQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep) -> Response:
    """A record in short, for reconciliation. Unlike other pages, any site may show it in a frame."""
    for record in records_by_id(snapshot, [params.id]).values():
        content: dict[str, Any] = {"record": record, "path": f"/{entity_id(record)}", "types": types_of(record)}
        found = page(snapshot, "preview.html", public_url, **content)
        found.headers["Content-Security-Policy"] = _FRAMED
        return found
    raise NotFound(f"There is no record '{params.id[:40]}'. An id is the path of a page, as actors/north-korea.")


routers = [previews, *map(_router, KINDS.values())]
