"""Answers: rendered records put together as bytes, with the headers that caches go by."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from app.formats.table import rows
from app.http.routing import CSV, JSON
from app.problems import invalid
from app.query.listing import Listing, ListingPage, RequestTarget, read_all, read_page
from app.query.parameters import ListQuery
from app.query.snapshot import Snapshot

_CHUNK = 65_536
ALWAYS_SHOWN = ("kind", "id", "url")
CACHE = {"Cache-Control": "public, no-cache", "Vary": "Accept"}
"""Anybody may keep an answer, but asks whether it is still true: `If-None-Match` makes that cheap."""


def answer(snapshot: Snapshot, content: bytes, media_type: str = JSON, **headers: str) -> Response:
    """Content of this revision, with its entity tag."""
    return Response(content, headers=CACHE | {"ETag": snapshot.etag(media_type)} | headers, media_type=media_type)


def answer_shape(snapshot: Snapshot, shape: BaseModel) -> Response:
    """One shape as JSON."""
    return answer(snapshot, shape.model_dump_json().encode())


def answer_list(snapshot: Snapshot, listing: Listing, params: ListQuery, target: RequestTarget) -> Response:
    """A list: a page of it, or all of it where another format than JSON is asked for."""
    if target.media_type != JSON:
        return answer_whole(snapshot, listing, params, target)
    return answer_page(snapshot, read_page(snapshot, listing, params, target), getattr(params, "fields", ()))


def answer_page(snapshot: Snapshot, page: ListingPage, fields: Sequence[str] = (), **more: Any) -> Response:
    """A page, its items narrowed to some fields, with a link to the next; `more` is added to it as it is."""
    items = [narrow(item, fields) for item in page.items] if fields else page.items
    total = {"value": page.total, "relation": "eq" if page.exact else "gte"}
    rest = orjson.dumps({"total": total, "next": page.next, "facets": page.facets} | more)
    listed = [piece for item in items for piece in (b",", item)][1:]  # joined once: a page is long
    content = b"".join([b'{"items":[', *listed, b"],", rest[1:]])
    links = {"Link": f'<{page.next}>; rel="next"'} if page.next else {}
    return answer(snapshot, content, **links)


def answer_whole(snapshot: Snapshot, listing: Listing, params: ListQuery, target: RequestTarget) -> Response:
    """Every item of the filtered list, streamed as CSV or JSON Lines; `limit` caps them, where it was given.

    Raises Invalid where a cursor was given too.
    """
    return answer_items(
        snapshot,
        lambda stream, most: read_all(stream, listing, params, most),
        listing.shape,
        params,
        target,
        any_kind=listing.any_kind,
    )


def answer_items(
    snapshot: Snapshot,
    items: Callable[[Snapshot, int | None], Iterator[bytes]],
    shape: type[BaseModel] | None,
    params: ListQuery,
    target: RequestTarget,
    *,
    any_kind: Collection[str] = (),
) -> Response:
    """The JSON of items, streamed as CSV or JSON Lines; `items` gives them, and so many at most if it is told.

    Raises Invalid where a cursor was given too.
    """
    if params.cursor is not None:
        raise invalid("cursor", f"{target.media_type} sends the whole list; leave the cursor out")
    fields = getattr(params, "fields", ())
    most = params.limit if any(name == "limit" for name, _ in target.parameters) else None

    def lines(stream: Snapshot) -> Iterator[bytes]:
        if target.media_type == CSV and shape is not None:
            yield from rows(items(stream, most), shape, any_kind, fields)
        else:
            yield from ((narrow(item, fields) if fields else item) + b"\n" for item in items(stream, most))

    return answer_stream(snapshot, lines, target.media_type)


def answer_stream(
    snapshot: Snapshot, lines: Callable[[Snapshot], Iterator[bytes]], media_type: str, base: str = ""
) -> Response:
    """Content that is made while it is sent, all of it of one revision; the reader must be one of a slow read.

    `base` is what its IRIs begin with, where it has any: the entity tag depends on it.
    """
    content = _closing(snapshot.keep(), lines(snapshot))
    first = next(content, b"")  # what is wrong with the question shows before anything is sent
    return StreamingResponse(
        chain([first], _chunks(content)),
        headers=CACHE | {"ETag": snapshot.etag(media_type + base)},
        media_type=f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
    )


def _closing(opened: ExitStack, content: Iterator[bytes]) -> Iterator[bytes]:
    with opened:
        yield from content


def _chunks(content: Iterator[bytes]) -> Iterator[bytes]:
    """The content in pieces that are worth a packet."""
    gathered: list[bytes] = []
    size = 0
    for piece in content:
        gathered.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)


def narrow(item: bytes, fields: Sequence[str]) -> bytes:
    """An item with these fields alone, and those that say which it is."""
    content: dict[str, Any] = orjson.loads(item)
    return orjson.dumps({name: value for name, value in content.items() if name in fields or name in ALWAYS_SHOWN})
