"""The log: one JSON object per line, on standard error."""

import logging
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson

logger = logging.getLogger("dossier")


def configure(level: str) -> None:
    """Write records of `logger` as JSON lines. `extra={"fields": …}` adds fields to a line."""
    logger.handlers = [_JsonLines()]
    logger.setLevel(level.upper())
    logger.propagate = False


def line(at: float, level: str, fields: Mapping[str, Any]) -> bytes:
    """Format a line of the log. `at` is in seconds since 1970."""
    return orjson.dumps({"at": at, "level": level, **fields}, default=_text, option=orjson.OPT_APPEND_NEWLINE)


def write(lines: bytes) -> None:
    """Append lines to the log. On a full disk they are lost, and requests are still answered."""
    with suppress(OSError):
        sys.stderr.buffer.write(lines)
        sys.stderr.buffer.flush()


class _JsonLines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        fields = {"event": record.getMessage(), **getattr(record, "fields", {})}
        if record.exc_info:
            fields["exception"] = "".join(traceback.format_exception(*record.exc_info))
        write(line(record.created, record.levelname.lower(), fields))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
