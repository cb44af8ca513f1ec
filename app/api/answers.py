"""Answers: rendered records put together as bytes, with the headers that caches go by."""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from app.query.page import Asked, Listing, Page, read_page
from app.query.question import ListQuestion
from app.query.reader import Reader

JSON = "application/json"
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
    """A page of a list."""
    return answer_page(reader, read_page(reader, listing, question, asked), getattr(question, "fields", ()))


def answer_page(reader: Reader, page: Page, fields: Sequence[str] = ()) -> Response:
    """A page, its items narrowed to some fields, with a link to the next."""
    items = [narrow(item, fields) for item in page.items] if fields else page.items
    total = orjson.dumps({"value": page.total, "relation": "eq" if page.exact else "gte"})
    content = b'{"items":[%b],"total":%b,"next":%b}' % (b",".join(items), total, orjson.dumps(page.next))
    links = {"Link": f'<{page.next}>; rel="next"'} if page.next else {}
    return answer(reader, content, **links)


def narrow(item: bytes, fields: Sequence[str]) -> bytes:
    """An item with these fields alone, and those that say which it is."""
    content: dict[str, Any] = orjson.loads(item)
    return orjson.dumps({name: value for name, value in content.items() if name in fields or name in ALWAYS_SHOWN})
