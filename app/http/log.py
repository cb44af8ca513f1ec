"""The log: one JSON object per line, on standard error."""

import logging
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

logger = logging.getLogger("dossier")
_LOGGERS = ("dossier", "uvicorn", "asyncio")
_MAX_CAUSE = 10_000
"""Longer tracebacks are cut at their beginning."""


def configure(level: str) -> None:
    """Write the records of the service, uvicorn and asyncio as JSON lines. `extra={"fields": …}` adds fields."""
    for name in _LOGGERS:
        configured = logging.getLogger(name)
        configured.handlers = [_JsonLines()]
        configured.setLevel(level.upper())
        configured.propagate = False


@lru_cache(4)  # under load, many lines have the same time
def timestamp(milliseconds: int) -> str:
    """A time since 1970 as ISO 8601."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line(fields: Mapping[str, Any]) -> bytes:
    """Format a line of the log."""
    return orjson.dumps(fields, default=_text, option=orjson.OPT_APPEND_NEWLINE)


def write(lines: bytes) -> None:
    """Append lines to the log. On a full disk they are lost, and requests are still answered."""
    with suppress(OSError):
        sys.stderr.buffer.write(lines)
        sys.stderr.buffer.flush()


class _JsonLines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        start = {
            "time": timestamp(int(record.created * 1000)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        fields = {**start, **getattr(record, "fields", {})}
        if record.exc_info:
            fields["exception"] = "".join(traceback.format_exception(*record.exc_info))[-_MAX_CAUSE:]
        write(line(fields))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
