"""What browsers may do with responses: security headers, CORS, and the files for crawlers and reporters."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.settings import Settings
from tests.services.api import client_of, example_path, operations
from tests.services.databases import Databases
from tests.services.pages import HTML
from tests.services.problems import problem
from tests.services.serving import serving

SITE, OTHER = "https://site.example", "https://other.example"
PREFLIGHT = {"Origin": SITE, "Access-Control-Request-Method": "GET"}


def policy(response: httpx.Response) -> dict[str, list[str]]:
    """The directives of the Content-Security-Policy."""
    directives = response.headers["content-security-policy"].split(";")
    return {words[0]: words[1:] for words in map(str.split, directives)}


def test_every_response_has_the_security_headers(api: httpx.Client) -> None:
    found = operations(api).items()
    paths = [example_path(path, operation) for path, operation in found]
    others = [
        "/",
        "/actors",
        "/docs",
        "/redoc",
        "/static/style.css",
        "/assets/favicon.png",
        "/robots.txt",
        "/timeline.svg",
    ]
    for path in [*paths, *others, "/nothing", "/v1/actors/nobody", "/v1/actors?x=1"]:
        for method in ("GET", "GET", "HEAD", "OPTIONS", "POST"):  # the second comes from the response cache
            answer = api.request(method, path, headers=HTML)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"
            assert policy(answer)["frame-ancestors"] == ["'none'"], (method, path)
            assert policy(answer)["default-src"] == ["'none'"], (method, path)
        etag = api.get(path).headers.get("etag", '"none"')
        for _ in range(2):
            known = api.get(path, headers={"If-None-Match": etag})
            assert known.headers["x-content-type-options"] == "nosniff", path
    preflight = api.options("/v1/actors", headers=PREFLIGHT)
    assert preflight.headers["x-content-type-options"] == "nosniff"


def test_only_the_docs_pages_may_have_inline_styles_and_no_page_inline_scripts(api: httpx.Client) -> None:
    for path in ("/", "/actors", "/actors/russia", "/timeline", "/graph", "/search?q=trade", "/guide", "/no/such"):
        assert "unsafe" not in api.get(path, headers=HTML).headers["content-security-policy"]
    for path in ("/docs", "/redoc"):
        found = policy(api.get(path))
        assert "'unsafe-inline'" not in found["script-src"]
        assert found["style-src"] == ["'self'", "'unsafe-inline'"]
        assert found["worker-src"] == ["blob:"]


def test_the_docs_pages_may_call_the_public_url(databases: Databases) -> None:
    with serving(databases.seeded, "https://dossier.example/a/path") as url, client_of(url) as client:
        assert policy(client.get("/docs"))["connect-src"] == ["'self'", "https://dossier.example"]


def test_a_page_on_a_public_host_may_read_from_a_private_network(api: httpx.Client) -> None:
    headers = PREFLIGHT | {"Access-Control-Request-Private-Network": "true"}
    preflight = api.options("/v1/actors", headers=headers)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-private-network"] == "true"
    assert "access-control-allow-private-network" not in api.options("/v1/actors", headers=PREFLIGHT).headers


def test_only_pages_of_the_listed_origins_may_read(databases: Databases) -> None:
    origins = f"{SITE}, https://third.example:8443"
    with serving(databases.seeded, cache_mb=16, cors_origins=origins) as url, client_of(url) as client:
        for _ in range(2):  # the second comes from the response cache
            for origin, allowed in ((SITE, SITE), (OTHER, None), ("https://third.example:8443",) * 2, (None, None)):
                answer = client.get("/v1/actors", headers={"Origin": origin} if origin else {})
                assert answer.status_code == 200
                assert answer.headers.get("access-control-allow-origin") == allowed
                assert "Origin" in answer.headers["vary"]
                assert "access-control-allow-credentials" not in answer.headers
        assert client.options("/v1/actors", headers=PREFLIGHT).headers["access-control-allow-origin"] == SITE
        refused = client.options("/v1/actors", headers=PREFLIGHT | {"Origin": OTHER})
        assert "access-control-allow-origin" not in refused.headers
    with serving(databases.seeded, cors_origins="") as url, client_of(url) as client:
        assert "access-control-allow-origin" not in client.get("/v1", headers={"Origin": SITE}).headers


@pytest.mark.parametrize("origins", ["site.example", "https://site.example/", "*, https://site.example", "https://a b"])
def test_other_origins_are_no_setting(origins: str) -> None:
    with pytest.raises(ValueError, match="cors_origins"):
        Settings.model_validate({"cors_origins": origins})


def test_reporters_of_vulnerabilities_find_the_contact(databases: Databases, api: httpx.Client) -> None:
    problem(api.get("/.well-known/security.txt"), 404)
    with serving(databases.seeded, security_contact="mailto:security@dossier.example") as url, client_of(url) as client:
        answer = client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ") for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@dossier.example"
    assert timedelta(0) < datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC) < timedelta(days=365)
    for wrong in ("security@dossier.example", "https://dossier.example\nExpires: never", "mailto:"):
        with pytest.raises(ValueError, match="security_contact"):
            Settings.model_validate({"security_contact": wrong})


def test_crawlers_read_records_and_whole_lists(api: httpx.Client) -> None:
    answer = api.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == "User-agent: *\nAllow: /*?cursor=\nDisallow: /*?\nDisallow: /v1\n"
