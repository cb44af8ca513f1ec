"""The lines of the log."""

import json
from typing import Any

import pytest

FIELDS = ["time", "level", "event", "request_id", "client", "method", "path", "query", "route", "status", "ms", "bytes"]
"""The fields of the line of a request."""


def requests(capfdbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    """The lines of requests. Those of uvicorn have the same form."""
    lines = [json.loads(line) for line in capfdbinary.readouterr().err.splitlines()]
    assert "Application startup complete." in [line["event"] for line in lines]
    assert all(list(line)[:3] == FIELDS[:3] for line in lines)
    return [line for line in lines if line["event"] == "request"]
