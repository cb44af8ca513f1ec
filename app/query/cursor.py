"""Cursors: opaque, signed, and good for one question of one dataset only."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson

from app.problems import Invalid, invalid

_VERSION = 2
_SIGNATURE = 16


def encode(key: list[Any], params: str, secret: str) -> str:
    """A cursor that stands after the row with this sort key."""
    payload = orjson.dumps([_VERSION, *key])
    return base64.urlsafe_b64encode(_sign(payload, params, secret) + payload).rstrip(b"=").decode()


def decode(cursor: str, params: str, secret: str) -> list[Any]:
    """The sort key that a cursor stands after. Raises Invalid where it is not one of this question."""
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _wrong() from None
    signature, payload = content[:_SIGNATURE], content[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(payload, params, secret)):
        raise _wrong()
    version, *key = list(orjson.loads(payload))
    if version != _VERSION:
        raise _wrong()
    return key


def _sign(payload: bytes, params: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), payload + b"\0" + params.encode(), hashlib.sha256)[:_SIGNATURE]


def _wrong() -> Invalid:
    return invalid(
        "cursor",
        "this is no cursor of this list: it may come from another question, order, dataset or version; "
        "start again without it, and follow `next` as it is given",
    )
