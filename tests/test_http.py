"""HTTP: entity tags, HEAD and OPTIONS, compression, CORS, request ids."""

import gzip
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.services.api import example_path, get, operations
from tests.services.databases import Databases
from tests.services.pages import HTML
from tests.services.serving import serving


@pytest.fixture
def paths(api: httpx.Client) -> list[str]:
    """A path that answers 200 for every operation."""
    return [example_path(path, operation) for path, operation in operations(api).items()]


def test_an_answer_that_is_still_true_is_not_sent_again(api: httpx.Client, paths: list[str]) -> None:
    for path in (path for path in paths if path.startswith("/v1")):
        first = api.get(path)
        assert first.headers["cache-control"] == "public, no-cache"
        again = api.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["vary"] == first.headers["vary"]
        assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_304_describes_no_content(api: httpx.Client) -> None:
    for path in ("/v1/actors?limit=200", "/actors", "/assets/swagger-ui.css", "/v1/actors.csv"):
        for coding in ("gzip", "identity"):
            headers = {"Accept-Encoding": coding} | HTML
            etag = api.get(path, headers=headers).headers["etag"]
            for _ in range(3):  # all but the first may come from the response cache
                known = api.get(path, headers=headers | {"If-None-Match": etag})
                assert (known.status_code, known.headers["etag"]) == (304, etag)
                assert not {"content-encoding", "content-length", "content-type"} & known.headers.keys()


def test_each_content_coding_has_its_own_entity_tag(api: httpx.Client) -> None:
    plain = api.get("/v1/actors", headers={"Accept-Encoding": "identity"})
    coded = api.get("/v1/actors", headers={"Accept-Encoding": "gzip"})
    assert plain.headers["etag"] != coded.headers["etag"]
    assert plain.content == coded.content
    assert "accept-encoding" in coded.headers["vary"].lower()


@pytest.mark.parametrize(
    ("accepted", "coded"),
    [("gzip", True), ("*", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False), ("*;q=0", False)],
)
def test_gzip_is_sent_to_those_who_take_it(api: httpx.Client, accepted: str, coded: bool) -> None:
    with api.stream("GET", "/v1/actors", headers={"Accept-Encoding": accepted}) as answer:
        content = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") is coded
    assert int(answer.headers["content-length"]) == len(content)
    assert (gzip.decompress(content) if coded else content).startswith(b'{"items":[')


def test_head_answers_like_get_without_a_body(api: httpx.Client, paths: list[str]) -> None:
    for path in [*paths, "/docs", "/openapi.json"]:
        if path == "/metrics":  # changes with each request
            continue
        get, head = api.get(path), api.head(path)
        assert head.content == b""
        assert head.status_code == get.status_code
        for name in ("content-type", "etag", "content-length"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def test_options_say_what_a_path_allows(api: httpx.Client, paths: list[str]) -> None:
    for path in [*paths, "/docs"]:
        answer = api.options(path)
        assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert api.options("/v1/nothing").status_code == 404


def test_any_origin_may_read_and_sees_the_headers_that_matter(api: httpx.Client) -> None:
    for path in ("/v1/actors", "/v1/nothing"):
        answer = api.get(path, headers={"Origin": "https://example.org"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert {"ETag", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))
        assert "access-control-allow-credentials" not in answer.headers
    preflight = api.options(
        "/v1/actors", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    )
    assert preflight.status_code == 200


def test_a_request_id_is_echoed_and_one_is_made_where_none_or_a_bad_one_came(api: httpx.Client) -> None:
    for path in ("/v1", "/v1/nothing", "/v1/actors?x=1"):
        assert api.get(path, headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
        assert api.get(path, headers={"X-Request-ID": "not fine"}).headers["x-request-id"] != "not fine"


def test_a_browser_at_the_root_gets_a_page_and_a_program_is_sent_to_the_api(api: httpx.Client) -> None:
    assert api.get("/", headers={"Accept": "text/html"}).headers["content-type"] == "text/html; charset=utf-8"
    assert api.get("/", headers={"Accept": "application/json"}).headers["location"] == "/v1"


def test_links_are_never_made_from_the_host_header(api: httpx.Client) -> None:
    answer = api.get("/v1/actors", params={"limit": 1}, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.text + str(answer.headers)


def test_the_text_of_a_document_is_the_file_byte_for_byte(api: httpx.Client) -> None:
    from tests.paths import SEED

    answer = api.get("/v1/documents/sceeus-guest-commentary-8-2022/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.content == (SEED / "document.txt").read_bytes()


def test_the_contract_can_be_asked_for_by_several_at_once(databases: Databases) -> None:
    with serving(databases.seeded) as url, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: get(f"{url}/openapi.json"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
