"""The service under a path, behind a real nginx that keeps this path in requests, or removes it."""

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from starlette.responses import HTMLResponse

from app.formats.base_path import with_base
from app.http.base_path import under
from app.main import create_app
from app.settings import Settings
from tests.paths import ROOT
from tests.services.api import client_of, get, items, operations
from tests.services.browser import visiting
from tests.services.databases import Databases
from tests.services.nginx import nginx
from tests.services.pages import HTML, Html
from tests.services.ports import free_port
from tests.services.problems import problem
from tests.services.serving import serving

BASE = "/dossier"
HOST = "https://dossier.example"
PUBLIC_URL = HOST + BASE
EXAMPLES = ROOT / "docs" / "examples"
DOCUMENT = "sceeus-guest-commentary-8-2022"
PAGES = [
    "/",
    "/actors/north-korea",
    "/sanctions/ban-on-north-korean-labour",
    "/events?type=consult&limit=5",
    f"/documents/{DOCUMENT}",
    "/timeline?limit=20",
    "/graph?actor=russia",
    "/search?q=trade",
    "/vocabularies/event_type",
    "/guide/operations",
    "/problems/not-found",
    "/docs",
    "/redoc",
]
ANSWERS = [
    "/v1",
    "/v1/actors?limit=2&facets=type",
    "/v1/actors/north-korea",
    "/v1/actors/north-korea/dossier",
    "/v1/actors/north-korea/references?limit=5",
    "/v1/evidence?limit=3",
    "/v1/search?q=trade&limit=3",
    "/v1/timeline?limit=3",
    "/v1/graph?actor=russia&limit=5",
    "/v1/changes?limit=2&body=true",
    "/v1/vocabularies/event_type",
    f"/v1/documents/{DOCUMENT}/annotations",
    f"/v1/documents/{DOCUMENT}/annotations/1",
    "/v1/export?format=jsonld",
    "/openapi.json",
]
FILES = [
    "/v1/actors.csv",
    "/v1/graph.gexf?limit=5",
    "/v1/graph.graphml?limit=5",
    "/v1/graph/nodes.csv",
    "/v1/export?format=jsonl",
    "/timeline.svg?limit=5",
    "/graph.svg?actor=russia",
]
NAMES = ("url", "next", "more", "instance", "type")
_FOUND = re.compile(r"""(?:^|[\s"'>,|(;])(/(?:dossier/)?(?:v1|problems)\b[^\s"'<,|)&;]*)""")
"""The paths in a file, with or without the base path."""


@pytest.fixture(scope="module", params=["kept", "removed"])
def proxied(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: Any) -> Iterator[httpx.Client]:
    """A client of the service under the base path, through nginx with the configuration of the documentation."""
    configuration = (EXAMPLES / "subpath.conf").read_text()
    contact = "mailto:security@dossier.example"
    with serving(databases.seeded, PUBLIC_URL, proxies=1, security_contact=contact) as url:
        configuration = configuration.replace("http://127.0.0.1:8000", url)
        if request.param == "removed":
            configuration = configuration.replace(f"proxy_pass {url};  #", f"proxy_pass {url}/;  #")
        with nginx(tmp_path_factory.mktemp("nginx"), configuration) as site, client_of(site) as client:
            yield client


def strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON document, with the name of its member."""
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from strings(inner, member)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, name)
    elif isinstance(value, str):
        yield name, value


def addresses(page: Html) -> list[str]:
    """The links, forms and files of a page."""
    names = ("href", "src", "action")
    return [value for _, attributes in page.elements for name, value in attributes.items() if name in names]


def check(client: httpx.Client, found: set[str]) -> None:
    """Check that every address leads to this service, under the base path, and that something is there."""
    for address in sorted(found):
        assert address.startswith((f"{BASE}/", f"{PUBLIC_URL}/")) or address == PUBLIC_URL, address
        assert not address.removeprefix(HOST).startswith(BASE * 2), address
        with client.stream("GET", address.removeprefix(HOST), headers=HTML) as answer:
            assert answer.status_code in (200, 307), (address, answer.read())


def test_every_link_of_a_page_leads_to_the_service(proxied: httpx.Client) -> None:
    found = set()
    for path in PAGES:
        answer = proxied.get(BASE + path, headers=HTML)
        assert answer.status_code == 200, path
        page = Html(answer.text) if path not in ("/docs", "/redoc") else None
        links = addresses(page) if page else re.findall(r"""(?:href|src|spec-url|url)[=:] ?["']([^"']+)""", answer.text)
        links += re.findall(r'<link rel="canonical" href="([^"]+)"', answer.text)
        whole = {urljoin(HOST + BASE + path, link).partition("#")[0] for link in links}
        found |= {each for each in whole if urlsplit(each).netloc == urlsplit(HOST).netloc}
    assert len(found) > 150
    check(proxied, found)


def test_every_path_in_an_answer_leads_to_the_service(proxied: httpx.Client) -> None:
    found = set()
    for path in ANSWERS:
        answer = proxied.get(BASE + path)
        assert answer.status_code == 200, (path, answer.text)
        for name, text in strings(answer.json()):
            if text.startswith((HOST, "/v1", "/problems", BASE)) or (name in NAMES and text.startswith("/")):
                assert text.startswith((f"{BASE}/", PUBLIC_URL)), (path, name, text)
                if path != "/openapi.json":  # where the examples of paths are made up
                    found.add(text.partition("#")[0])
        if "link" in answer.headers:
            found.add(answer.headers["link"].partition(">")[0].removeprefix("<"))
    assert len(found) > 100
    check(proxied, found - {f"{BASE}/v1/search", f"{BASE}/v1/suggest"})  # which need a parameter


def test_every_path_in_a_file_leads_to_the_service(proxied: httpx.Client) -> None:
    for path in FILES:
        answer = proxied.get(BASE + path)
        assert answer.status_code == 200, (path, answer.text)
        found = set(_FOUND.findall(answer.text)) if not path.startswith(("/timeline", "/graph")) else set()
        found |= set(re.findall(rf'"({HOST}[^"#?]+)', answer.text))
        assert found, path
        check(proxied, found)


def test_pages_of_a_list_follow_one_another(proxied: httpx.Client, api: httpx.Client) -> None:
    under_path = items(proxied, f"{BASE}/v1/actors", limit=7, sort="-name")
    assert [actor["id"] for actor in under_path] == [actor["id"] for actor in items(api, "/v1/actors", sort="-name")]
    assert {actor["url"] for actor in under_path} == {f"{BASE}/v1/actors/{actor['id']}" for actor in under_path}


def test_redirects_and_problems_have_the_base_path(proxied: httpx.Client) -> None:
    redirect = proxied.get(f"{BASE}/", headers={"Accept": "application/json"})
    assert (redirect.status_code, redirect.headers["location"]) == (307, f"{BASE}/v1")
    for path, status in (("/v1/actors/nobody", 404), ("/v1/actors?x=1", 422), ("/nothing", 404)):
        content = problem(proxied.get(BASE + path), status)
        check(proxied, {content["type"]})
    assert content["detail"] == (
        "There is nothing at /dossier/nothing. The API begins at /dossier/v1; /dossier/docs shows every path."
    )
    refused = proxied.post(f"{BASE}/v1/actors")
    assert problem(refused, 405)["instance"] == f"{BASE}/v1/actors"
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    page = Html(proxied.get(f"{BASE}/actors/nobody", headers=HTML).text)
    check(proxied, {link for link in page.links if not link.startswith("#")})
    assert f" {BASE}/v1/actors " in page.text


def test_the_openapi_document_names_the_public_url(proxied: httpx.Client, api: httpx.Client) -> None:
    document = proxied.get(f"{BASE}/openapi.json").json()
    assert document["servers"] == [{"url": PUBLIC_URL}]
    assert list(document["paths"]) == list(operations(api)), "paths are relative to the server"
    links = set(re.findall(r"\]\((/[^)]*)\)", json.dumps(document)))
    assert len(links) >= 6
    check(proxied, links)


def test_files_for_the_whole_host_are_at_its_root(proxied: httpx.Client) -> None:
    assert f"Disallow: {BASE}/v1\n" in proxied.get("/robots.txt").text
    assert proxied.get("/.well-known/security.txt").text.startswith("Contact: mailto:security@dossier.example\n")
    assert proxied.get(f"{BASE}/metrics").status_code == 404


def test_responses_that_show_the_base_path_have_other_entity_tags(proxied: httpx.Client, api: httpx.Client) -> None:
    for path in ("/v1/actors/russia", "/v1/actors", "/actors/russia", "/v1/actors.csv", "/openapi.json"):
        here, there = proxied.get(BASE + path, headers=HTML), api.get(path, headers=HTML)
        assert here.headers["etag"] != there.headers["etag"]
        known = {"If-None-Match": here.headers["etag"]} | HTML
        for _ in range(2):
            assert proxied.get(BASE + path, headers=known).status_code == 304
        assert api.get(path, headers=known).status_code == 200


def test_the_proxy_of_the_compose_file_passes_everything(databases: Databases, tmp_path: Path) -> None:
    configuration = (EXAMPLES / "proxy.conf").read_text()
    with serving(databases.seeded) as one, serving(databases.seeded) as two:
        for name, url in (("api-1", one), ("api-2", two)):
            configuration = configuration.replace(f"server {name}:8000 resolve ", f"server {urlsplit(url).netloc} ")
        configuration = re.sub(r"resolver .*", "", configuration)  # Docker's
        with nginx(tmp_path, configuration) as site, client_of(site) as client:
            page = Html(client.get("/actors/russia", headers=HTML).text)
            for link in {link.partition("#")[0] for link in page.links if link.startswith("/")}:
                assert client.get(link, headers=HTML).status_code in (200, 307), link
            assert client.get("/v1/actors", headers={"X-Request-ID": "mine"}).headers["x-request-id"] == "mine"
            assert client.get("/metrics").status_code == 404


@pytest.mark.sqlite  # a page is the same on each database
@pytest.mark.browser
def test_pages_work_under_the_base_path(browser: Browser, databases: Databases) -> None:
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with serving(databases.seeded, origin + BASE, port=port), visiting(browser, origin) as visit:
        visit.page.goto(f"{BASE}/redoc")
        expect(visit.page.get_by_role("heading", name=re.compile("^Dossier"))).to_be_visible()
        visit.page.wait_for_load_state("networkidle")
        visit.page.goto(f"{BASE}/")
        visit.page.get_by_role("combobox").first.press_sequentially("north kor")
        visit.page.get_by_role("option", name="North Korea").first.click()
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("North Korea")
        assert urlsplit(visit.page.url).path == f"{BASE}/actors/north-korea"
        visit.page.goto(f"{BASE}/docs")
        visit.page.locator(".opblock-tag[data-tag=actors]").click()
        block = visit.page.locator("#operations-actors-list_actors")
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
        with visit.page.expect_response(f"**{BASE}/v1/actors*") as answered:
            block.get_by_role("button", name="Execute").click()
        assert answered.value.status == 200
        visit.errors = [each for each in visit.errors if "Content Security Policy" not in each]  # ReDoc's logo


def test_only_a_path_that_the_service_does_not_have_can_be_the_base_path(databases: Databases) -> None:
    for path in ("/v1", "/actors", "/static", "/docs"):
        settings = {"database_url": databases.seeded, "public_url": HOST + path}
        with pytest.raises(ValueError, match=f"paths of its own under {path}"):
            create_app(Settings.model_validate(settings))


LIKE_A_PATH = st.sampled_from(["/v1/actors/x", '"url":"/v1/x"', '","next":"/v1/x', "/", ' href="/v1/x"', "\\"])
TEXTS = st.lists(st.one_of(st.text(), LIKE_A_PATH), max_size=3).map("".join)
MEMBERS = st.sampled_from([*NAMES, "name", "text", "exact"])


@given(st.recursive(st.one_of(TEXTS, st.none(), st.integers()), lambda inner: st.dictionaries(MEMBERS, inner)))
def test_only_members_that_are_paths_get_the_base_path(content: Any) -> None:
    def expected(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {member: expected(inner, member) for member, inner in value.items()}
        is_path = isinstance(value, str) and name in NAMES and value.startswith("/")
        return BASE + value if is_path else value

    compact = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    assert json.loads(with_base(compact, BASE)) == expected(content)


@given(TEXTS)
def test_no_text_of_a_page_gets_the_base_path(text: str) -> None:
    content = f'<p title="{escape(text)}">{escape(text)}</p>'
    assert under(BASE, HTMLResponse(content)).body == content.encode()


def test_a_request_with_and_without_the_base_path_has_the_same_answer(databases: Databases) -> None:
    with serving(databases.seeded, PUBLIC_URL, cache_mb=0) as url:
        for path in ("/v1/actors/russia", "/nothing", "/docs"):
            kept, removed = get(f"{url}{BASE}{path}"), get(url + path)
            assert (kept.status_code, kept.content) == (removed.status_code, removed.content)
        assert get(f"{url}{BASE}").headers["location"] == f"{BASE}/v1"
        assert get(f"{url}/dossiers/v1").status_code == 404
