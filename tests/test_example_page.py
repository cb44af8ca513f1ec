"""The page of docs/examples in Chromium: from another origin, it filters, charts and highlights API data."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.factories.bundles import loaded
from tests.paths import COMMENTARY, ROOT
from tests.services.api import client_of
from tests.services.browser import visiting
from tests.services.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]  # a page is the same on each database

UNDATED = {"text": "undated"}
PIECES = "nodes => [...nodes].map(node => [node.nodeName, node.className ?? '', node.textContent])"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def examples_url() -> Iterator[str]:
    """The base URL of docs/examples on a web server of its own."""
    handler = partial(Quiet, directory=str(ROOT / "docs" / "examples"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["seed", "two commentaries"])
def api(request: pytest.FixtureRequest, seeded_url: str, database: Callable[[str], Engine]) -> Iterator[httpx.Client]:
    """A client over the seed, then also over a newer text with characters outside the BMP."""
    if request.param == "seed":
        with client_of(seeded_url) as client:
            yield client
        return
    engine = database("seeded")
    loaded(engine, COMMENTARY)
    with serving(str(engine.url)) as url, client_of(url) as client:
        yield client


@pytest.fixture
def page(browser: Browser, examples_url: str, api: httpx.Client) -> Iterator[Page]:
    """The loaded page; fails on script errors and on requests to other hosts."""
    service = str(api.base_url).rstrip("/")
    with visiting(browser, examples_url, service) as visit:
        visit.page.goto(f"/browser.html?api={service}")
        expect(visit.page.locator("h1")).to_contain_text("events in the words of")
        yield visit.page


@pytest.fixture
def source(api: httpx.Client) -> str:
    """The newest document, which the page shows."""
    return str(api.get("/v1/documents", params={"limit": 1}).json()["items"][0]["id"])


def events(api: httpx.Client, source: str, **filters: Any) -> dict[str, Any]:
    """The API's response about the events that the page shows."""
    asked = {"document": source, "limit": 200, "facets": "type,modality,actor", **filters}
    answer: dict[str, Any] = api.get("/v1/events", params=asked).json()
    return answer


def shows(page: Page, answer: dict[str, Any]) -> None:
    """Require that the page shows these events and facet counts."""
    expect(page.locator("h1")).to_have_text(re.compile(f"^{answer['total']['value']} events"))
    listed = [f"{event['name']}{(event['date'] or UNDATED)['text']} · {event['type']}" for event in answer["items"]]
    expect(page.locator("ol li")).to_have_text(listed)
    facets = answer["facets"].values()
    counts = [f"{count['label']}{count['count']}" for facet in facets for count in facet]
    expect(page.locator("aside label")).to_have_text(counts)


def covered(api: httpx.Client, source: str, found: list[dict[str, Any]]) -> set[int]:
    """The offsets in code points that the quotes of some events cover."""
    quotes = [quote for event in found if event["document"]["id"] == source for quote in event["evidence"]]
    text = api.get(f"/v1/documents/{source}/text").text
    assert all(text[quote["start"] : quote["end"]] == quote["exact"] for quote in quotes)
    return {at for quote in quotes for at in range(quote["start"], quote["end"])}


def marked(page: Page, selected: str = "") -> tuple[str, set[int]]:
    """The text on the page without blank lines, and the offsets of its highlighted characters."""
    text, found = "", set()
    for node, classes, words in page.locator("article").evaluate(f"article => ({PIECES})(article.childNodes)"):
        words = words if node == "MARK" else words.replace("\n\n", "\n")
        if node == "MARK" and selected in ["", *classes.split()]:
            found |= set(range(len(text), len(text) + len(words)))
        text += words
    return text, found


def test_the_page_shows_every_event_with_its_facets(page: Page, api: httpx.Client, source: str) -> None:
    shows(page, events(api, source))


def test_facets_filter(page: Page, api: httpx.Client, source: str) -> None:
    types = [count["value"] for count in events(api, source)["facets"]["type"]][:2]
    for at in range(2):
        page.locator(f"input[name=type][value={types[at]}]").check()
        shows(page, events(api, source, type=types[: at + 1]))
    actor = events(api, source, type=types)["facets"]["actor"][0]["value"]
    page.locator(f"input[name=actor][value={actor}]").check()
    shows(page, events(api, source, type=types, actor=actor))
    for name, value in (("actor", actor), ("type", types[0]), ("type", types[1])):
        page.locator(f"input[name={name}][value={value}]").uncheck()
    shows(page, events(api, source))


def test_the_timeline_has_a_bar_for_each_year_and_each_filters(page: Page, api: httpx.Client, source: str) -> None:
    years = api.get("/v1/timeline/buckets", params={"kind": "event", "document": source}).json()["items"]
    bars = page.locator("nav button")
    expect(bars).to_have_count(len(years))
    highest = max(year["count"] for year in years)
    for at, year in enumerate(years):
        number = int(year["start"][:4])
        expect(bars.nth(at)).to_have_attribute("name", str(number))
        expect(bars.nth(at)).to_have_attribute("title", f"{year['count']} in {number}, {year['vague']} of them vague")
        height = bars.nth(at).evaluate("bar => bar.offsetHeight / bar.parentElement.clientHeight")
        assert height == pytest.approx(year["count"] / highest, abs=0.02)
    expect(page.locator("nav .on")).to_have_count(0)
    left = bars.evaluate_all("bars => bars.map(bar => bar.offsetLeft)")
    assert left == sorted(set(left))
    for year in (years[-1], years[0]):
        page.locator(f"nav button[name='{int(year['start'][:4])}']").click()
        shows(page, events(api, source, date_from=year["start"], date_to=year["end"]))
        expect(page.locator("nav .on")).to_have_count(1)
    page.locator("nav .on").click()
    shows(page, events(api, source))
    expect(page.locator("nav .on")).to_have_count(0)


def test_highlights_are_exactly_the_quotes(page: Page, api: httpx.Client, source: str) -> None:
    answer = events(api, source)
    text = api.get(f"/v1/documents/{source}/text").text
    assert marked(page) == (text, covered(api, source, answer["items"]))
    for event in answer["items"]:
        assert marked(page, event["id"])[1] == covered(api, source, [event])
    kind = answer["facets"]["type"][0]["value"]
    page.locator(f"input[name=type][value={kind}]").check()
    some = events(api, source, type=kind)
    shows(page, some)
    assert marked(page) == (text, covered(api, source, some["items"]))


def test_an_event_that_is_clicked_shows_its_quotes(page: Page, api: httpx.Client, source: str) -> None:
    event = next(event for event in events(api, source)["items"] if event["document"]["id"] == source)
    page.locator(f"[id='{event['id']}']").click()
    expect(page.locator("mark.on").first).to_be_in_viewport()
    assert marked(page, "on")[1] == covered(api, source, [event])


def test_the_page_works_as_a_file_too(browser: Browser, seeded_url: str) -> None:
    file = (ROOT / "docs" / "examples" / "browser.html").as_uri()
    with visiting(browser, file, seeded_url) as visit:
        visit.page.goto(f"{file}?api={seeded_url}")
        expect(visit.page.locator("h1")).to_contain_text("events in the words of")


def test_a_service_that_is_not_there_is_said_to_be_missing(browser: Browser, examples_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{examples_url}/browser.html?api=http://127.0.0.1:9")
    expect(page.locator("h1")).to_have_text("Nothing answers at http://127.0.0.1:9: is the service running?")
    context.close()
