"""The docs in a real browser: they render, and every operation of the main records can be tried out there."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
REQUIRED = bool(os.environ.get("CI") or os.environ.get("DOSSIER_REQUIRE_BROWSER"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Swagger UI behaves itself better on localhost, so the service is visited under another name.
    "--host-resolver-rules=MAP dossier.example 127.0.0.1",
]
expect.set_options(timeout=30_000)  # a busy machine renders slowly

MAIN = ["actors", "events", "sanctions", "statements"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a screen. Where there is none the tests are skipped, but not where it is required."""
    if not CHROMIUM.exists():
        missing = f"there is no Chromium at {CHROMIUM}: `apt-get install chromium`"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of the docs, and what went wrong on it."""

    page: Page
    elsewhere: list[str] = field(default_factory=list)
    """What it asked of other hosts, in vain."""
    errors: list[str] = field(default_factory=list)
    """What its scripts threw or complained of."""


@pytest.fixture
def visit(browser: Browser, seeded_url: str) -> Iterator[Visit]:
    """A visitor of the service, who reaches no other host; at the end nothing may have been asked of one."""
    url = seeded_url.replace("127.0.0.1", "dossier.example")
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 1600})
    visit = Visit(context.new_page())

    def pass_or_abort(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(url).netloc:
            route.continue_()
        else:
            visit.elsewhere.append(route.request.url)
            route.abort()

    context.route(re.compile("^(?!data:|blob:)"), pass_or_abort)
    visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
    visit.page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)
    yield visit
    context.close()
    assert visit.elsewhere == []
    assert visit.errors == []


def test_a_browser_lands_at_the_docs(visit: Visit) -> None:
    visit.page.goto("/")
    expect(visit.page).to_have_url(re.compile("/docs$"))
    expect(visit.page.locator(".info .title")).to_contain_text("Dossier")


def test_swagger_ui_shows_every_tag_in_order(visit: Visit, api: httpx.Client) -> None:
    visit.page.goto("/docs")
    tags = [tag["name"] for tag in api.get("/openapi.json").json()["tags"]]
    expect(visit.page.locator(".opblock-tag")).to_have_count(len(tags))
    shown = visit.page.locator(".opblock-tag").evaluate_all("tags => tags.map(tag => tag.dataset.tag)")
    assert shown == tags


@pytest.mark.parametrize("plural", MAIN)
def test_list_and_record_can_be_tried_out(visit: Visit, api: httpx.Client, plural: str) -> None:
    visit.page.goto("/docs")
    for path in (f"/v1/{plural}", f"/v1/{plural}/{{id}}"):
        operation = api.get("/openapi.json").json()["paths"][path]["get"]
        block = visit.page.locator(f"#operations-{plural}-{operation['operationId']}")
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
        with visit.page.expect_response(lambda response: f"/v1/{plural}" in response.url) as answered:
            block.get_by_role("button", name="Execute").click()
        assert answered.value.status == 200
        answer = answered.value.json()
        record = answer if path.endswith("{id}") else answer["items"][0]
        shown = block.locator(".live-responses-table tr.response").last
        expect(shown.locator(".response-col_status")).to_contain_text("200")
        expect(shown.locator(".highlight-code").first).to_contain_text(f'"{record["id"]}"')
        expect(shown.locator(".highlight-code").first).to_contain_text(record["name"])


def test_redoc_renders(visit: Visit) -> None:
    visit.page.goto("/redoc")
    expect(visit.page.get_by_role("heading", name=re.compile("^Dossier"))).to_be_visible()
    expect(visit.page.locator("[data-section-id='tag/sanctions']").first).to_be_attached()
    visit.page.wait_for_load_state("networkidle")
    # ReDoc wants a logo from elsewhere; the page's policy stops that before it is asked for, and the console says so.
    visit.errors = [error for error in visit.errors if "violates the following Content Security Policy" not in error]
