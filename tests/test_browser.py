"""The docs in a real browser: they render, and every operation of the main records can be tried out there."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import PUBLIC_NAME, Visit, visiting

MAIN = ["actors", "events", "sanctions", "statements"]


@pytest.fixture
def visit(browser: Browser, seeded_url: str) -> Iterator[Visit]:
    """A visit of the service under a public name."""
    with visiting(browser, seeded_url.replace("127.0.0.1", PUBLIC_NAME)) as visit:
        yield visit


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
