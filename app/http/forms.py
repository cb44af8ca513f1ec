"""Forms: fields that a request has in its URL or, with POST, in its body."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.requests import ClientDisconnect

from app.problems import RETRY, Busy, ContentTooLarge, Invalid, RequestTimeout
from app.query.watch import Abandoned

MAX_BYTES = 256 * 1024
"""The maximum size of a body."""
_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 20
_reading = asyncio.Semaphore(20)
"""Bounds the bodies that are read at a time, so that slow clients don't take the places of other requests."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form by name; the body wins over the URL, and the last of several values over the others.

    Raises ContentTooLarge, RequestTimeout, Busy, Abandoned if the client has gone, or Invalid for another media type
    and for too many fields.
    """
    encoded = [request.scope["query_string"]]
    if request.method == "POST":
        media_type = request.headers.get("content-type", _MEDIA_TYPE).partition(";")[0].strip().lower()
        if media_type != _MEDIA_TYPE:
            raise Invalid(f"The body must be a form: send it as {_MEDIA_TYPE}.")
        encoded.append(await _body(request))
    try:
        fields = [parse_qsl(each.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS) for each in encoded]
    except ValueError:
        raise Invalid(f"The form must have at most {_MAX_FIELDS} fields, encoded in UTF-8.") from None
    return {name: value for each in fields for name, value in each}


async def _body(request: Request) -> bytes:
    if _reading.locked():
        raise Busy("The service is reading too many forms. Try again in a moment.", headers=RETRY)
    seconds = request.app.state.settings.client_seconds
    body = bytearray()
    try:
        async with _reading, asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BYTES:
                    raise ContentTooLarge(f"The form has more than {MAX_BYTES:,} bytes. Send fewer values at a time.")
    except TimeoutError:
        raise RequestTimeout(f"The form did not arrive within {seconds:g} seconds. Send it whole.") from None
    except ClientDisconnect:
        raise Abandoned from None
    return bytes(body)
