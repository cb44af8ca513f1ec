"""Problem details, the one shape of every error."""

from typing import Any

import httpx


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem in a response, after a check of its status, headers and shape."""
    assert response.status_code == status, (str(response.url), response.text)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]
    content: dict[str, Any] = response.json()
    assert list(content) == ["type", "title", "status", "detail", "instance", "errors"]
    assert content["status"] == status
    assert content["detail"]
    assert content["instance"] == response.url.path
    for error in content["errors"]:
        assert set(error) <= {"parameter", "pointer", "detail"}
        assert error["detail"]
    return content
