"""Answers: rendered records put together as bytes, with the headers that caches go by."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from app.api.asking import CSV, JSON
from app.formats.table import rows
from app.problems import invalid
from app.query.page import Asked, Listing, Page, read_all, read_page
from app.query.question import ListQuestion
from app.query.reader import Reader

_CHUNK = 65_536
ALWAYS_SHOWN = ("kind", "id", "url")
CACHE = {"Cache-Control": "public, no-cache", "Vary": "Accept"}
"""Anybody may keep an answer, but asks whether it is still true: `If-None-Match` makes that cheap."""


def answer(reader: Reader, content: bytes, media_type: str = JSON, **headers: str) -> Response:
    """Content of this revision, with its entity tag."""
    return Response(content, headers=CACHE | {"ETag": reader.etag(media_type)} | headers, media_type=media_type)


def answer_shape(reader: Reader, shape: BaseModel) -> Response:
    """One shape as JSON."""
    return answer(reader, shape.model_dump_json().encode())


def answer_list(reader: Reader, listing: Listing, question: ListQuestion, asked: Asked) -> Response:
    """A list: a page of it, or all of it where another format than JSON is asked for."""
    if asked.media_type != JSON:
        return answer_whole(reader, listing, question, asked)
    return answer_page(reader, read_page(reader, listing, question, asked), getattr(question, "fields", ()))


def answer_page(reader: Reader, page: Page, fields: Sequence[str] = (), **more: Any) -> Response:
    """A page, its items narrowed to some fields, with a link to the next; `more` is added to it as it is."""
    items = [narrow(item, fields) for item in page.items] if fields else page.items
    total = {"value": page.total, "relation": "eq" if page.exact else "gte"}
    rest = orjson.dumps({"total": total, "next": page.next, "facets": page.facets} | more)
    listed = [piece for item in items for piece in (b",", item)][1:]  # joined once: a page is long
    content = b"".join([b'{"items":[', *listed, b"],", rest[1:]])
    links = {"Link": f'<{page.next}>; rel="next"'} if page.next else {}
    return answer(reader, content, **links)


def answer_whole(reader: Reader, listing: Listing, question: ListQuestion, asked: Asked) -> Response:
    """Every item of the filtered list, streamed as CSV or JSON Lines; `limit` caps them, where it was given.

    Raises Invalid where a cursor was given too.
    """
    return answer_items(
        reader,
        lambda stream, most: read_all(stream, listing, question, most),
        listing.shape,
        question,
        asked,
        any_kind=listing.any_kind,
    )


def answer_items(
    reader: Reader,
    items: Callable[[Reader, int | None], Iterator[bytes]],
    shape: type[BaseModel] | None,
    question: ListQuestion,
    asked: Asked,
    *,
    any_kind: Collection[str] = (),
) -> Response:
    """The JSON of items, streamed as CSV or JSON Lines; `items` gives them, and so many at most if it is told.

    Raises Invalid where a cursor was given too.
    """
    if question.cursor is not None:
        raise invalid("cursor", f"{asked.media_type} sends the whole list; leave the cursor out")
    fields = getattr(question, "fields", ())
    most = question.limit if any(name == "limit" for name, _ in asked.parameters) else None

    def lines(stream: Reader) -> Iterator[bytes]:
        if asked.media_type == CSV and shape is not None:
            yield from rows(items(stream, most), shape, any_kind, fields)
        else:
            yield from ((narrow(item, fields) if fields else item) + b"\n" for item in items(stream, most))

    return answer_stream(reader, lines, asked.media_type)


def answer_stream(
    reader: Reader, lines: Callable[[Reader], Iterator[bytes]], media_type: str, base: str = ""
) -> Response:
    """Content that is made while it is sent, all of it of one revision; the reader must be one of a slow read.

    `base` is what its IRIs begin with, where it has any: the entity tag depends on it.
    """
    content = _closing(reader.keep(), lines(reader))
    first = next(content, b"")  # what is wrong with the question shows before anything is sent
    return StreamingResponse(
        chain([first], _chunks(content)),
        headers=CACHE | {"ETag": reader.etag(media_type + base)},
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
