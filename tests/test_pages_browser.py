"""The pages in Chromium: no errors, links that lead somewhere, and nothing for axe-core to find.

The pages are found by following links from the first page, so new pages are tested without a change here.
"""

import re
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.dangerous import Dangerous
from tests.paths import ROOT
from tests.services.api import client_of
from tests.services.browser import PUBLIC_NAME, REQUIRED, visiting
from tests.services.databases import Databases
from tests.services.pages import HTML, Html, pages_of
from tests.services.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]  # a page is the same on each database

AXE = ROOT / ".ci" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]
WIDTHS = (390, 820, 1440)


@pytest.fixture(scope="module")
def site_url(databases: Databases) -> Iterator[str]:
    """The base URL of the service over two documents."""
    with serving(databases.shared("both")) as url:
        yield url


@pytest.fixture(scope="module")
def hostile_url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the service over texts with markup, long words and letters that run from right to left."""
    bundle = Dangerous("hostile", Random(5), 60).write(tmp_path_factory.mktemp("hostile"))
    with serving(databases.loaded("empty", bundle)) as url:
        yield url


@pytest.fixture(scope="module")
def dangerous(hostile_url: str) -> dict[str, Html]:
    """Every page of the texts with markup."""
    return crawl(hostile_url)


@pytest.fixture(scope="module")
def found(site_url: str) -> dict[str, Html]:
    """Every page by its path: those without a query, and those with one to which they link."""
    return crawl(site_url)


def crawl(url: str) -> dict[str, Html]:
    """The pages that can be reached from the first page. Links with a query are not followed further."""
    pages: dict[str, Html] = {}
    waiting = ["/"]
    with client_of(url) as client:
        while waiting:
            path = waiting.pop()
            if path in pages:
                continue
            response = client.get(path, headers=HTML)
            assert response.status_code == 200, path
            if not response.headers["content-type"].startswith("text/html"):
                continue
            pages[path] = Html(response.text)
            links = pages_of(pages[path].links)
            waiting += [link for link in links if "?" not in path or "?" not in link]
    return pages


def kind_of(path: str) -> str:
    """The kind of a page: `/actors/*` for all actors."""
    first, *rest = urlsplit(path).path.strip("/").split("/")
    return "/".join(["", first, *("*" for _ in rest)]) + ("?" if "?" in path else "")


def one_of_each(pages: dict[str, Any]) -> list[str]:
    """The longest page of each kind."""
    chosen: dict[str, str] = {}
    for path in sorted(pages, key=lambda path: len(pages[path].text)):
        chosen[kind_of(path)] = path
    return sorted(chosen.values())


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page."""
    if not AXE.exists():
        missing = f"no axe-core at {AXE}: `npm ci --prefix .ci`"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async rules => (await axe.run({runOnly: rules})).violations", RULES)
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def test_every_link_leads_somewhere(site_url: str, found: dict[str, Html]) -> None:
    assert len(found) > 200
    checked = set[str]()
    with client_of(site_url) as client:
        for path, shown in found.items():
            assert len(shown.ids) == len(set(shown.ids)), path
            for link in set(shown.links):
                target, _, fragment = link.partition("#")
                if "://" in link:
                    continue
                if target and target not in found and target not in checked and "?" not in path:
                    assert client.head(target, headers=HTML).status_code == 200, (path, link)
                    checked.add(target)
                if fragment and ("?" not in path or "?" not in target):
                    assert unquote(fragment) in found[target or path].ids, (path, link)


def test_every_page_without_a_query_makes_no_error(browser: Browser, site_url: str, found: dict[str, Html]) -> None:
    with visiting(browser, site_url.replace("127.0.0.1", PUBLIC_NAME)) as visit:
        for path in sorted(found):
            if "?" not in path:
                response = visit.page.goto(path)
                assert response is not None
                assert response.status == 200
                assert (visit.errors, visit.elsewhere) == ([], []), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site_url: str, found: dict[str, Html], scheme: Any) -> None:
    with visiting(browser, site_url) as visit:
        visit.page.emulate_media(color_scheme=scheme)
        for path in one_of_each(found):
            visit.page.goto(path)
            visit.page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
            assert violations(visit.page) == [], path
        visit.page.goto("/nowhere")
        assert violations(visit.page) == []
        visit.errors.clear()  # the browser reports the 404


def test_no_page_scrolls_sideways(
    browser: Browser, site_url: str, hostile_url: str, found: dict[str, Html], dangerous: dict[str, Html]
) -> None:
    for url, pages in ((site_url, found), (hostile_url, dangerous)):
        with visiting(browser, url) as visit:
            for path in one_of_each(pages):
                visit.page.goto(path)
                visit.page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
                for width in WIDTHS:
                    visit.page.set_viewport_size({"width": width, "height": 900})
                    wide = visit.page.evaluate(
                        """() => [...document.querySelectorAll('body *')]
                            .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
                            .filter(element => !element.closest('.hidden, .skip, [data-scrolls]'))
                            .map(element => element.outerHTML.slice(0, 200))"""
                    )
                    assert wide == [], (path, width)


def test_nothing_in_a_bundle_is_executed(browser: Browser, hostile_url: str, dangerous: dict[str, Html]) -> None:
    with visiting(browser, hostile_url) as visit:
        visit.page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
        for path in sorted(dangerous):
            if "?" not in path:
                visit.page.goto(path)
                assert visit.errors == [], path
        visit.page.goto("/search?q=<script>pwn()</script>")
        assert visit.page.get_by_role("searchbox").or_(visit.page.get_by_role("combobox")).count() == 1


def test_a_browser_lands_at_the_first_page(browser: Browser, site_url: str) -> None:
    with visiting(browser, site_url) as visit:
        requests: list[str] = []
        visit.page.on("request", lambda request: requests.append(request.resource_type))
        visit.page.goto("/")
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        assert requests[:2] == ["document", "stylesheet"]
        assert requests.count("stylesheet") == 1


def test_the_search_box_completes_names_by_keyboard(browser: Browser, site_url: str) -> None:
    with visiting(browser, site_url) as visit:
        page = visit.page
        page.goto("/")
        box = page.get_by_role("combobox", name="Search names, words and quotes")
        expect(box).to_have_attribute("aria-expanded", "false")
        box.press_sequentially("kim jong")
        options = page.get_by_role("option")
        expect(options.first).to_contain_text("Kim Jong-un")
        expect(box).to_have_attribute("aria-expanded", "true")
        assert violations(page) == []
        box.press("Escape")
        expect(options).to_have_count(0)
        expect(box).to_have_value("kim jong")
        box.press_sequentially("-un")
        box_options = page.get_by_role("option")
        expect(box_options.first).to_contain_text("Kim Jong-un")
        box.press("ArrowUp")
        expect(box_options.last).to_have_attribute("aria-selected", "true")
        box.press("ArrowDown")
        expect(box_options.first).to_have_attribute("aria-selected", "true")
        active = box.get_attribute("aria-activedescendant")
        assert active == box_options.first.get_attribute("id")
        box.press("Enter")
        expect(page).to_have_url(re.compile("/actors/kim-jong-un$"))


def test_the_search_box_completes_names_by_mouse_and_submits_words(browser: Browser, site_url: str) -> None:
    with visiting(browser, site_url) as visit:
        page = visit.page
        page.goto("/events")
        page.get_by_role("combobox").press_sequentially("pyong")
        page.get_by_role("option", name=re.compile("North Korea Pyongyang actor")).click()
        expect(page).to_have_url(re.compile("/actors/north-korea$"))
        page.get_by_role("combobox").fill("trade")
        page.get_by_role("combobox").press("Enter")
        expect(page).to_have_url(re.compile(r"/search\?q=trade$"))
        expect(page.locator("mark").first).to_be_visible()


def test_the_keyboard_reaches_the_content_and_every_link(browser: Browser, site_url: str) -> None:
    with visiting(browser, site_url) as visit:
        page = visit.page
        page.goto("/events/karsk-crossing")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the content")
        page.keyboard.press("Enter")
        links = page.locator("main a[href], main summary").count()
        reached = 0
        for _ in range(links):
            page.keyboard.press("Tab")
            reached += page.evaluate("document.activeElement.closest('main a[href], main summary') !== null")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        assert reached == links


def test_pages_work_without_javascript(browser: Browser, site_url: str) -> None:
    context = browser.new_context(base_url=site_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("trade")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("link", name="Sanctions", exact=True).first.click()
    page.locator(".entries a").first.click()
    expect(page.locator("blockquote mark").first).to_be_visible()
    expect(page.locator("pre")).to_be_hidden()
    page.get_by_text("Show it here").click()
    expect(page.locator("pre")).to_be_visible()
    context.close()


def test_a_page_prints_without_its_menus(browser: Browser, site_url: str) -> None:
    with visiting(browser, site_url) as visit:
        visit.page.goto("/actors/north-korea")
        visit.page.emulate_media(media="print")
        expect(visit.page.get_by_role("navigation", name="Main")).to_be_hidden()
        expect(visit.page.get_by_role("search")).to_be_hidden()
        expect(visit.page.locator("blockquote").first).to_be_visible()
