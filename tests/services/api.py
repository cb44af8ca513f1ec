"""Walks the whole API as a client would: every path of the contract, every page of every list."""

from collections.abc import Iterator
from typing import Any

import httpx

from app.model.kinds import KINDS

PLURALS = [kind.plural for kind in KINDS.values()]


def pages(client: httpx.Client, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """Every page of a list, by following `next`; fails on a list that does not end."""
    answer = client.get(asked(path, **parameters))
    for _ in range(10_000):
        assert answer.status_code == 200, (str(answer.url), answer.text)
        page = answer.json()
        yield page
        if page["next"] is None:
            assert "link" not in answer.headers
            return
        assert answer.headers["link"] == f'<{page["next"]}>; rel="next"'
        answer = client.get(page["next"])
    raise AssertionError(f"{path} does not end")


def items(client: httpx.Client, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """Every item of a list."""
    return [item for page in pages(client, path, **parameters) for item in page["items"]]


def sort_keys(client: httpx.Client, path: str) -> list[str]:
    """What a list can be sorted by, as the contract says; `path` as in OpenAPI."""
    parameters = client.get("/openapi.json").json()["paths"][path]["get"]["parameters"]
    sorts = [parameter for parameter in parameters if parameter["name"] == "sort"]
    return [key for sort in sorts for key in sort["schema"]["items"]["enum"]]


def operations(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """Every operation of the contract, by its path."""
    return {path: item["get"] for path, item in client.get("/openapi.json").json()["paths"].items()}


def example_path(path: str, operation: dict[str, Any]) -> str:
    """The path with the examples that the contract gives for the parameters that it must have."""
    required = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        elif parameter.get("required"):
            required[parameter["name"]] = parameter["example"]
    return str(asked(path, **required))


def asked(path: str, **parameters: Any) -> httpx.URL:
    """A path with more parameters."""
    return httpx.URL(path).copy_merge_params({name: str(value) for name, value in parameters.items()})
