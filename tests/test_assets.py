"""The files of Swagger UI and ReDoc."""

import httpx
import pytest

from tests.services.problems import problem

FILES = ["/assets/swagger-ui.css", "/assets/swagger-ui-bundle.js", "/assets/redoc.standalone.js", "/assets/favicon.png"]


@pytest.mark.parametrize("path", FILES)
def test_a_file_has_the_methods_of_any_path(api: httpx.Client, path: str) -> None:
    get, head, options = api.get(path), api.head(path), api.options(path)
    assert (get.status_code, head.status_code, options.status_code) == (200, 200, 204)
    assert get.content
    assert head.content == options.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = api.request(method, path)
        problem(refused, 405)
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    known = api.get(path, headers={"If-None-Match": get.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("path", ["/assets/", "/assets/nothing.js", "/assets/..%2f..%2fpyproject.toml", "/assets/x/y"])
def test_there_is_nothing_but_the_files(api: httpx.Client, path: str) -> None:
    problem(api.get(path), 404)
