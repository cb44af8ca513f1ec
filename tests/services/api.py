"""Reads the API as a client does: every operation of the OpenAPI document, every page of every list."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx

from app.model.kinds import KINDS

PLURALS = [kind.plural for kind in KINDS.values()]


def client_of(url: str, **options: Any) -> httpx.Client:
    """A client of a service. Without `verify=False` each would load the CA certificates, which takes 50 ms."""
    return httpx.Client(base_url=url, timeout=60, verify=False, **options)


def get(url: str, **options: Any) -> httpx.Response:
    """One request, without loading the CA certificates."""
    return httpx.get(url, timeout=60, verify=False, **options)


def pages(client: httpx.Client, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """Every page of a list, by following `next`; fails on a list that does not end."""
    response = client.get(with_query(path, **parameters))
    for _ in range(10_000):
        assert response.status_code == 200, (str(response.url), response.text)
        page = response.json()
        yield page
        if page["next"] is None:
            assert "link" not in response.headers
            return
        assert response.headers["link"] == f'<{page["next"]}>; rel="next"'
        response = client.get(page["next"])
    raise AssertionError(f"{path} does not end")


def items(client: httpx.Client, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """Every item of a list."""
    return [item for page in pages(client, path, **parameters) for item in page["items"]]


def annotation_pages(client: httpx.Client, document: str) -> list[dict[str, Any]]:
    """Every page of a document's annotations, from the first by `next`."""
    collection = client.get(f"/v1/documents/{document}/annotations").json()
    found = [client.get(collection["first"]).json()]
    while "next" in found[-1]:
        found.append(client.get(found[-1]["next"]).json())
    return found


def annotations(client: httpx.Client, document: str) -> list[dict[str, Any]]:
    """Every annotation of a document."""
    return [annotation for page in annotation_pages(client, document) for annotation in page["items"]]


def sort_keys(client: httpx.Client, path: str) -> list[str]:
    """The sort keys of a list in the OpenAPI document; `path` is written as there."""
    parameters = client.get("/openapi.json").json()["paths"][path]["get"]["parameters"]
    sorts = [parameter for parameter in parameters if parameter["name"] == "sort"]
    return [key for sort in sorts for key in sort["schema"]["items"]["enum"]]


def operations(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """Every operation of the OpenAPI document, by its path."""
    return {path: item["get"] for path, item in client.get("/openapi.json").json()["paths"].items()}


def example_path(path: str, operation: dict[str, Any]) -> str:
    """The path of an operation with the examples of its required parameters."""
    required = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        elif parameter.get("required"):
            required[parameter["name"]] = parameter["example"]
    return str(with_query(path, **required))


def with_query(path: str, **parameters: Any) -> httpx.URL:
    """A path with more query parameters."""
    return httpx.URL(path).copy_merge_params({name: str(value) for name, value in parameters.items()})


def facet_counts(facets: dict[str, list[dict[str, Any]]] | None) -> dict[str, Counter[str]] | None:
    """The facets of a page as counts by value; the counts of each must descend."""
    if facets is None:
        return None
    for values in facets.values():
        counts = [value["count"] for value in values]
        assert counts == sorted(counts, reverse=True)
    return {name: Counter({_written(v["value"]): v["count"] for v in values}) for name, values in facets.items()}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
