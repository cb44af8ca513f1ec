"""Swagger UI and ReDoc in Chromium: they render, and the example of every operation succeeds."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Response, expect

from tests.services.api import operations
from tests.services.browser import PUBLIC_NAME, Visit, visiting

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]  # a page is the same on each database

MAIN = ["actors", "events", "sanctions", "statements"]
MAX_HEIGHT = 4500
PARTS = 6
"""The number of tests that the operations are divided into, to run side by side."""
HEIGHT = "panel => panel.getBoundingClientRect().height"


@pytest.fixture
def visit(browser: Browser, seeded_url: str) -> Iterator[Visit]:
    """A visit of the service under a public host name."""
    with visiting(browser, seeded_url.replace("127.0.0.1", PUBLIC_NAME)) as visit:
        yield visit


def test_the_first_screen_says_what_this_is_and_leads_on(browser: Browser, seeded_url: str) -> None:
    with visiting(browser, seeded_url) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 900})
        visit.page.goto("/docs")
        expect(visit.page.locator(".info")).to_contain_text("Who did what to whom")
        for kind in MAIN:
            expect(visit.page.locator(f".opblock-tag[data-tag={kind}]")).to_be_in_viewport(ratio=1)
        links = visit.page.locator(".info .renderedMarkdown a").all()
        assert len(links) >= 6
        for link in links:
            expect(link).to_be_in_viewport(ratio=1)
            assert visit.page.request.get(str(link.get_attribute("href"))).ok, link.get_attribute("href")


def test_swagger_ui_shows_every_tag_in_order(visit: Visit, api: httpx.Client) -> None:
    visit.page.goto("/docs")
    tags = [tag["name"] for tag in api.get("/openapi.json").json()["tags"]]
    expect(visit.page.locator(".opblock-tag")).to_have_count(len(tags))
    shown = visit.page.locator(".opblock-tag").evaluate_all("tags => tags.map(tag => tag.dataset.tag)")
    assert shown == tags


@pytest.mark.parametrize("plural", MAIN)
def test_lists_and_records_can_be_tried_out(visit: Visit, api: httpx.Client, plural: str) -> None:
    visit.page.goto("/docs")
    for path in (f"/v1/{plural}", f"/v1/{plural}/{{id}}"):
        answer, shown = try_out(visit, path, operations(api)[path])
        content = answer.json()
        record = content if path.endswith("{id}") else content["items"][0]
        expect(shown).to_contain_text(f'"{record["id"]}"')
        expect(shown).to_contain_text(record["name"])


@pytest.mark.parametrize("part", range(PARTS))
def test_every_operation_can_be_tried_out_and_has_a_short_panel(visit: Visit, api: httpx.Client, part: int) -> None:
    """The panels are measured at 1280 pixels of width, with the parameters open. Each part takes its share of them."""
    visit.page.goto("/docs")
    tried = {path for plural in MAIN for path in (f"/v1/{plural}", f"/v1/{plural}/{{id}}")}  # tested above
    others = [(path, operation) for path, operation in operations(api).items() if path not in tried]
    for path, operation in others[part::PARTS]:
        try_out(visit, path, operation)


def try_out(visit: Visit, path: str, operation: dict[str, Any]) -> tuple[Response, Locator]:
    """Press "Try it out" and "Execute" of an operation; returns the response and the element that shows it."""
    for tried in visit.page.locator(".opblock.is-open .opblock-summary-control").all():
        tried.click()  # open operations are rendered again at each click, which slows the page down
    tag = visit.page.locator(f".opblock-tag[data-tag={operation['tags'][0]}]")
    if tag.get_attribute("data-is-open") != "true":
        tag.click()
    block = visit.page.locator(f"#operations-{operation['tags'][0]}-{operation['operationId']}")
    block.locator(".opblock-summary-control").click()
    expect(block.locator(".responses-wrapper")).to_be_visible()
    heights = [block.evaluate(HEIGHT)]
    block.get_by_role("button", name="Try it out").click()
    heights.append(block.evaluate(HEIGHT))
    assert max(heights) <= MAX_HEIGHT, (path, heights)
    start = path.partition("{")[0]
    with visit.page.expect_response(lambda response: urlsplit(response.url).path.startswith(start)) as answered:
        block.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200, answered.value.url
    shown = block.locator(".live-responses-table tr.response").last
    expect(shown.locator(".response-col_status")).to_contain_text("200")
    return answered.value, shown.locator(".response-col_description")


def test_redoc_renders(visit: Visit) -> None:
    visit.page.goto("/redoc")
    expect(visit.page.get_by_role("heading", name=re.compile("^Dossier"))).to_be_visible()
    expect(visit.page.locator("[data-section-id='tag/sanctions']").first).to_be_attached()
    for way in ("/docs", "/guide"):
        expect(visit.page.locator(f"a[href='{way}']").first).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    # ReDoc tries to load a logo from another host; the page's policy blocks it, which the console reports.
    visit.errors = [error for error in visit.errors if "violates the following Content Security Policy" not in error]
