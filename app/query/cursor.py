"""Cursors: opaque, signed, and valid for one list of one dataset."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import orjson

from app.problems import invalid

_VERSION = 3
_SIGNATURE_BYTES = 16


def encode(key: Sequence[Any], fingerprint: str, secret: str) -> str:
    """The cursor after the row with this sort key. `fingerprint` identifies the list."""
    payload = orjson.dumps([_VERSION, *key])
    return base64.urlsafe_b64encode(_sign(payload, fingerprint, secret) + payload).rstrip(b"=").decode()


def decode(cursor: str, fingerprint: str, secret: str) -> list[Any]:
    """The sort key of a cursor. Raises Invalid for a cursor of another list."""
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        content = b""
    signature, payload = content[:_SIGNATURE_BYTES], content[_SIGNATURE_BYTES:]
    signed = hmac.compare_digest(signature, _sign(payload, fingerprint, secret))
    version, *key = orjson.loads(payload) if signed else [None]
    if version != _VERSION:
        raise invalid(
            "cursor",
            "not a cursor of this list: it may belong to another list, order, dataset or version; "
            "start again without it, and take `next` unchanged",
        )
    return key


def _sign(payload: bytes, fingerprint: str, secret: str) -> bytes:
    signed = payload + b"\0" + fingerprint.encode()
    return hmac.digest(secret.encode(), signed, hashlib.sha256)[:_SIGNATURE_BYTES]
