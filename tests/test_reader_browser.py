"""The reader in Chromium: by keyboard, by mouse, without JavaScript, on a phone, and with hostile texts."""

import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.hostile import ID as HOSTILE
from tests.factories.hostile import hostile
from tests.paths import ROOT
from tests.services.api import client_of, items
from tests.services.browser import visiting
from tests.services.databases import Databases
from tests.services.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]  # a page is the same on each database

SEED = "sceeus-guest-commentary-8-2022"
DOCUMENTS = [SEED, HOSTILE]
_CODE_POINTS = "nodes => nodes.map(node => [...node.textContent].map(character => character.codePointAt()))"
_CARDS = """async marks => marks.map(mark => {
  mark.focus();
  const links = [...document.querySelectorAll("#card:not([hidden]) li a")];
  return [Number(mark.dataset.at), links.map(link => link.pathname)];
})"""


@pytest.fixture(scope="module")
def url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a service over the seed and a hostile text."""
    with serving(databases.loaded("seeded", hostile(tmp_path_factory.mktemp("hostile")))) as url:
        yield url


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    with visiting(browser, url) as visit:
        yield visit.page


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with client_of(url) as client:
        yield client


def quotes(api: httpx.Client, document: str) -> list[dict[str, Any]]:
    return items(api, "/v1/evidence", document=document, limit=200)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_browser_shows_the_text_to_the_code_point(page: Page, api: httpx.Client, document: str) -> None:
    page.goto(f"/documents/{document}")
    texts = [item["text"] for item in items(api, f"/v1/documents/{document}/passages")]
    shown = page.locator(".words").evaluate_all(_CODE_POINTS)
    assert shown == [[ord(character) for character in text] for text in texts]
    assert page.title() == f"{api.get(f'/v1/documents/{document}').json()['name']} · Dossier"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_focused_mark_shows_every_record_that_rests_on_it(page: Page, api: httpx.Client, document: str) -> None:
    page.goto(f"/documents/{document}")
    quoted = quotes(api, document)
    cards = page.locator(".words a").evaluate_all(_CARDS)
    assert len(cards) >= len({quote["start"] for quote in quoted})
    for at, paths in cards:
        records = {quote["record"]["url"] for quote in quoted if quote["start"] <= at < quote["end"]}
        assert sorted(paths) == sorted(url.removeprefix("/v1") for url in records), at


def test_the_keyboard_alone_reaches_every_mark_and_every_record(page: Page) -> None:
    page.goto(f"/documents/{SEED}")
    wanted = page.locator(".words a, .beside a").count()
    page.evaluate("window.reached = new Set()")
    page.evaluate("document.addEventListener('focusin', ({ target }) => window.reached.add(target))")
    for _ in range(wanted + 100):
        page.keyboard.press("Tab")
    assert wanted > 400
    assert page.evaluate("[...window.reached].filter(node => node.matches('.words a, .beside a')).length") == wanted


def test_enter_follows_a_mark_and_the_arrow_leads_into_its_card(page: Page) -> None:
    page.goto(f"/documents/{SEED}")
    mark = page.locator("#p5 .words a:not(.name)").first
    mark.focus()
    assert mark.evaluate("mark => getComputedStyle(mark).outlineStyle") == "solid"
    page.keyboard.press("ArrowDown")
    expect(page.locator("#card li a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()
    path = mark.get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{path}$"))


def test_a_click_on_words_shows_their_records_and_one_on_a_name_leads_to_the_actor(page: Page) -> None:
    page.goto(f"/documents/{SEED}")
    page.locator("#p5 .words mark").first.click()
    expect(page.locator("#card")).to_be_visible()
    assert page.locator("#p5 .words .on").count() > 0
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    expect(page.locator(".on")).to_have_count(0)
    name = page.locator("#p5 .words a.name").first
    path = name.get_attribute("href") or ""
    name.click()
    expect(page).to_have_url(re.compile(f"{path}$"))


def test_a_record_beside_the_text_points_at_its_quotes(page: Page, api: httpx.Client) -> None:
    page.goto(f"/documents/{SEED}")
    page.locator("#p5 .beside .event a").first.focus()
    path = page.evaluate("document.activeElement.pathname")
    own = [quote for quote in quotes(api, SEED) if quote["record"]["url"] == f"/v1{path}" and quote["passage"] == 5]
    marked = page.locator(".words .on").evaluate_all("runs => runs.map(run => Number(run.dataset.at))")
    runs = page.locator("#p5 .words [data-at]").evaluate_all("runs => runs.map(run => Number(run.dataset.at))")
    assert marked == [at for at in runs if any(quote["start"] <= at < quote["end"] for quote in own)]
    assert marked


def test_filters_change_the_marks_without_a_reload(page: Page, api: httpx.Client) -> None:
    page.goto(f"/documents/{SEED}")
    page.evaluate("window.same = true")
    for kind in ("figure", "statement"):
        page.get_by_role("checkbox", name=f"{kind.capitalize()}s").check()
    page.get_by_text("By actor").click()
    page.get_by_role("checkbox", name="China").check()
    filters = {"kind": ["figure", "statement"], "actor": "china"}
    total = api.get("/v1/evidence", params={"document": SEED, **filters}).json()["total"]["value"]
    status = f"Quotes marked: {total}. Chosen: Statement, Figure, China."
    expect(page.get_by_role("status")).to_have_text(status)
    expect(page).to_have_url(re.compile(r"\?kind=statement&kind=figure&actor=china$"))
    assert page.evaluate("window.same")
    page.reload()
    expect(page.get_by_role("status")).to_have_text(status)


def test_without_javascript_there_are_text_marks_records_and_filters(
    browser: Browser, url: str, api: httpx.Client
) -> None:
    context = browser.new_context(base_url=url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/documents/{SEED}")
    expect(page.locator(".words").nth(1)).to_be_visible()
    ids = [f"e-{quote['id']}" for quote in quotes(api, SEED)]
    assert sorted(node.get_attribute("id") or "" for node in page.locator("[id^=e-]").all()) == sorted(ids)
    expect(page.locator("#p5 .beside a").first).to_be_visible()
    page.get_by_role("checkbox", name="Figures").check()
    page.get_by_role("button", name="Show").click()
    total = api.get("/v1/evidence", params={"document": SEED, "kind": "figure"}).json()["total"]["value"]
    expect(page.get_by_role("status")).to_have_text(f"Quotes marked: {total}. Chosen: Figure.")
    context.close()


def test_a_link_to_a_quote_shows_and_marks_it(page: Page, api: httpx.Client) -> None:
    quote = quotes(api, SEED)[-1]
    page.goto(f"/documents/{SEED}#e-{quote['id']}")
    mark = page.locator(f"#e-{quote['id']}").locator("xpath=ancestor-or-self::a")
    expect(mark).to_be_in_viewport()
    plain = page.locator("#p2 .words a").first.evaluate("mark => getComputedStyle(mark).backgroundColor")
    assert mark.evaluate("mark => getComputedStyle(mark).backgroundColor") != plain


@pytest.mark.parametrize("path", [f"/documents/{SEED}", f"/documents/{HOSTILE}", "/guide", "/guide/bundles", "/"])
def test_no_page_scrolls_sideways(page: Page, path: str) -> None:
    """At 640 pixels, as at 1280 with 200 % zoom."""
    for width in (320, 390, 640, 820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        folded = page.locator(".beside").evaluate_all("lists => lists.some(list => !list.open)")
        assert folded == (width < 960 and path.startswith("/documents/")), width


def test_in_print_the_text_stands_above_its_records(page: Page) -> None:
    page.goto(f"/documents/{SEED}")
    page.emulate_media(media="print")
    expect(page.locator("body > header nav")).to_be_hidden()
    expect(page.locator("#p5 .words")).to_be_visible()
    expect(page.locator("#p5 .beside a").first).to_be_visible()


def test_the_picture_of_the_reader_is_drawn_from_the_seed(page: Page) -> None:
    """With DRAW_IMAGES, as `make images` sets it, the picture in docs is drawn again."""
    page.set_viewport_size({"width": 1120, "height": 680})
    page.goto(f"/documents/{SEED}")
    page.locator("#p5").evaluate("passage => passage.scrollIntoView()")
    page.locator("#p5 .words a").nth(9).focus()
    expect(page.locator("#card")).to_be_visible()
    drawn = page.screenshot()
    picture = ROOT / "docs" / "images" / "reader.png"
    if os.environ.get("DRAW_IMAGES"):
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(drawn)
    for image in (drawn, picture.read_bytes()):
        assert image.startswith(b"\x89PNG")
        assert 50_000 < len(image) < 200_000
