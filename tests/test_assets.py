"""The files of Swagger UI and ReDoc."""

import httpx
import pytest

from tests.services.api import client_of
from tests.services.databases import Databases
from tests.services.metrics import metrics
from tests.services.problems import problem
from tests.services.serving import serving

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


@pytest.mark.parametrize("path", [*FILES, "/static/style.css"])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_range_is_ignored(api: httpx.Client, path: str, coding: str) -> None:
    """A part would be one of the coded bytes, and the files are small. RFC 9110, 14.2 allows it."""
    headers = {"Accept-Encoding": coding}
    whole = api.get(path, headers=headers)
    assert "accept-ranges" not in whole.headers
    for wanted in ("bytes=0-99", "bytes=-5", "bytes=9999999-", "bytes=5-1", "rows=1", "nonsense"):
        answer = api.get(path, headers=headers | {"Range": wanted, "If-Range": whole.headers["etag"]})
        assert (answer.status_code, answer.content) == (200, whole.content), wanted
        assert "content-range" not in answer.headers


@pytest.mark.sqlite
def test_a_file_is_compressed_once(databases: Databases) -> None:
    with serving(databases.seeded, cache_mb=16) as url, client_of(url) as client:
        for _ in range(3):
            for path in FILES:
                assert client.get(path).status_code == 200
        assert metrics(client)["dossier_cache_hits_total"] == 2 * len(FILES)
