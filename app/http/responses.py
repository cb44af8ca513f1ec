"""Responses: rendered records joined as bytes, with headers for caching."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.http.conditional import entity_tag
from app.query.listing import Listing, ListingPage, RequestTarget, read_page
from app.query.parameters import ListQuery
from app.query.snapshot import Snapshot

JSON = "application/json"
_CHUNK_BYTES = 65_536
CACHE = {"Cache-Control": "public, no-cache"}
"""Caches may store responses, and must revalidate them each time by `If-None-Match`."""


def answer(snapshot: Snapshot, content: bytes, media_type: str = JSON, **headers: str) -> Response:
    """A response with the entity tag of this revision."""
    return Response(
        content, headers=CACHE | {"ETag": entity_tag(snapshot, media_type)} | headers, media_type=media_type
    )


def answer_shape(snapshot: Snapshot, shape: BaseModel) -> Response:
    """A shape as JSON."""
    return answer(snapshot, shape.model_dump_json().encode())


def answer_list(snapshot: Snapshot, listing: Listing, params: ListQuery, target: RequestTarget) -> Response:
    """A page of a list."""
    return answer_page(snapshot, read_page(snapshot, listing, params, target))


def answer_page(snapshot: Snapshot, page: ListingPage, **more: Any) -> Response:
    """A page of a list, with its `Link` header. `more` adds members to the page."""
    members = {"total": page.count, "next": page.next, "facets": page.facets, "warnings": page.warnings}
    rest = orjson.dumps(members | more)
    content = b"".join([b'{"items":[', b",".join(page.items), b"],", rest[1:]])
    links = {"Link": f'<{page.next}>; rel="next"'} if page.next else {}
    return answer(snapshot, content, **links)


def named(file: str) -> dict[str, str]:
    """The header that gives a download its file name."""
    return {"Content-Disposition": f'attachment; filename="{file}"'}


def answer_stream(
    snapshot: Snapshot, lines: Callable[[Snapshot], Iterator[bytes]], media_type: str, file: str, base: str = ""
) -> Response:
    """A file that is read from the database while it is sent, in one revision. Only slow reads can be streamed.

    `base` is the base URL of the IRIs in the content, if any. The entity tag depends on it.
    """
    content = _closing(snapshot.keep(), lines(snapshot), snapshot.stream_until)
    first = next(content, b"")  # an error must be raised before the response starts
    return _Stream(
        content,
        chain([first], _chunks(content)),
        headers=CACHE | named(file) | {"ETag": entity_tag(snapshot, media_type + base)},
        media_type=f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type,
    )


class _Stream(StreamingResponse):
    """Closes its source at the end, also if a part of it was not sent: for HEAD, and when the client has gone."""

    def __init__(self, source: Generator[bytes, None, None], content: Iterator[bytes], **options: Any) -> None:
        super().__init__(content, **options)
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._source.close()


def _closing(opened: ExitStack, content: Iterator[bytes], until: float) -> Generator[bytes, None, None]:
    with opened:
        for piece in content:
            if time.monotonic() > until:
                raise TimeoutError("the client took too long to read the file: see DOSSIER_STREAM_SECONDS")
            yield piece


def _chunks(content: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces into chunks."""
    gathered: list[bytes] = []
    size = 0
    for piece in content:
        gathered.append(piece)
        size += len(piece)
        if size >= _CHUNK_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)
