"""The pictures in Chromium: by keyboard, by pointer, and without JavaScript."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.services.browser import visiting

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]  # a page is the same on each database


ENDS_AND_KINDS = """ties => {
    const nodes = [...document.querySelectorAll("#view .node")];
    const actors = nodes.map(node => node.getAttribute("href").split("/").at(-1));
    const ends = tie => tie.dataset.ends.split(" ").map(number => actors[number]).sort().join();
    return ties.map(tie => [ends(tie), tie.parentElement.classList[1]]);
}"""


@pytest.fixture
def page(browser: Browser, seeded_url: str) -> Iterator[Page]:
    """A page; fails on script errors, messages of the Content-Security-Policy, and requests to other hosts."""
    with visiting(browser, seeded_url) as visit:
        yield visit.page


@pytest.fixture
def graph(page: Page) -> Page:
    """The page of the graph, when its script has run."""
    page.goto("/graph")
    expect(page.locator("#tools")).to_be_visible()
    return page


def view_box(page: Page) -> list[float]:
    """The part of the graph in view: x, y, width and height."""
    box = page.locator("#view svg").get_attribute("viewBox")
    return [float(number) for number in str(box).split()]


def drawn(page: Page, of: str) -> Locator:
    """The marks of a class that are not filtered out."""
    return page.locator(f"#view .{of}:not(.gone)")


@pytest.mark.parametrize("width", [390, 820, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_report_nothing(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/timeline", "/graph"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate("scrollTo(0, document.body.scrollHeight)")


def test_a_link_of_every_mark_leads_to_its_record(page: Page) -> None:
    for path, mark in (("/timeline", ".mark"), ("/graph", ".node")):
        page.goto(path)
        title = page.locator(f"{mark} title").first.text_content()
        page.get_by_role("link", name=str(title), exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(str(title).split(": ")[0])


def test_the_keyboard_skips_a_picture(page: Page) -> None:
    for path in ("/timeline", "/graph"):
        page.goto(path)
        page.get_by_role("link", name="Skip the picture and read the list").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="The same as a list")).to_be_in_viewport()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.rows') !== null")


def test_keys_and_buttons_move_and_zoom(graph: Page) -> None:
    start = view_box(graph)
    graph.locator("#view").focus()
    graph.keyboard.press("ArrowRight")
    moved = view_box(graph)
    assert moved == pytest.approx([start[0] + start[2] / 10, *start[1:]])
    graph.keyboard.press("ArrowUp")
    assert view_box(graph)[1] == pytest.approx(moved[1] - moved[3] / 10)
    graph.keyboard.press("+")
    assert view_box(graph)[2] == pytest.approx(start[2] * 0.75)
    graph.keyboard.press("-")
    assert view_box(graph)[2] == pytest.approx(start[2])
    graph.keyboard.press("0")
    assert view_box(graph) == pytest.approx(start)
    graph.get_by_role("button", name="Zoom in").press("Enter")
    assert view_box(graph)[2] == pytest.approx(start[2] * 0.75)
    graph.get_by_role("button", name="Show the whole").press("Enter")
    assert view_box(graph) == pytest.approx(start)


def test_the_pointer_drags_without_following_a_link(graph: Page) -> None:
    start = view_box(graph)
    box = graph.locator('.node[href="/actors/north-korea"] circle').bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    graph.mouse.move(x, y)
    graph.mouse.down()
    graph.mouse.move(x + 60, y + 40, steps=4)
    graph.mouse.up()
    expect(graph).to_have_url(re.compile("/graph$"))
    moved = view_box(graph)
    assert moved[0] < start[0]
    assert moved[1] < start[1]
    graph.mouse.click(x + 60, y + 40)
    expect(graph.get_by_role("heading", level=1)).to_have_text("North Korea")


def test_the_wheel_zooms_with_control_only(graph: Page) -> None:
    start = view_box(graph)
    graph.locator("#view").hover()
    graph.mouse.wheel(0, 100)
    assert view_box(graph) == start
    graph.keyboard.down("Control")
    graph.mouse.wheel(0, -100)
    graph.keyboard.up("Control")
    graph.wait_for_function("width => +document.querySelector('#view svg').viewBox.baseVal.width < width", arg=start[2])


def test_an_actor_is_found_and_reached_by_keyboard(graph: Page) -> None:
    graph.locator("#view").focus()
    for _ in range(8):
        graph.keyboard.press("+")
    graph.get_by_label("Find an actor").fill("duma")
    expect(graph.get_by_role("status")).to_contain_text("1 of ")
    expect(graph.locator(".node.on")).to_have_count(1)
    expect(graph.locator(".node.on title")).to_contain_text("State Duma")
    graph.keyboard.press("Enter")
    focused = graph.locator(".node:focus")
    expect(focused).to_have_attribute("href", "/actors/state-duma")
    expect(focused).to_be_in_viewport()
    lit = graph.locator(".node.on").evaluate_all("nodes => nodes.map(node => node.getAttribute('href')).sort()")
    assert lit == ["/actors/kazbek-taysaev", "/actors/state-duma"]
    graph.keyboard.press("Enter")
    expect(graph.get_by_role("heading", level=1)).to_have_text("State Duma")


def test_filters_agree_with_the_service(graph: Page, api: httpx.Client) -> None:
    everything = drawn(graph, "tie").count()

    def agrees(question: str) -> None:
        edges = api.get(f"/v1/graph?{question}").json()["edges"]
        ties = drawn(graph, "tie").evaluate_all(ENDS_AND_KINDS)
        wanted = {(",".join(sorted((edge["source"], edge["target"]))), edge["kind"]) for edge in edges}
        assert {(pair, kind) for pair, kind in ties} == wanted
        expect(graph.get_by_role("status")).to_contain_text(f"{len(edges)} of ")
        rows = graph.locator(".rows li:visible > :first-child").all_text_contents()
        titles = drawn(graph, "tie").locator("title").all_text_contents()
        assert rows == [title.split(": ")[0].replace(" → ", " to ").replace(" – ", " and ") for title in titles]

    kind, planned = graph.get_by_label("Event", exact=True), graph.get_by_label("Planned")
    kind.focus()
    graph.keyboard.press("Space")
    agrees("kind=event")
    planned.check()
    agrees("kind=event&modality=planned")
    kind.uncheck()
    agrees("modality=planned")
    planned.uncheck()
    for first, last in (("2017", ""), ("", "2016"), ("2014-03", "2014-03"), ("2022-04-25", "2022")):
        graph.get_by_role("textbox", name="From").fill(first)
        graph.get_by_role("textbox", name="To", exact=True).fill(last)
        agrees("&".join(f"{name}={day}" for name, day in (("date_from", first), ("date_to", last)) if day))
    graph.get_by_role("textbox", name="From").fill("")
    graph.get_by_role("textbox", name="To", exact=True).fill("")
    expect(drawn(graph, "tie")).to_have_count(everything)


def test_a_filter_of_the_service_is_widened_by_the_service(page: Page) -> None:
    page.goto("/graph?kind=sanction")
    expect(page.locator("#tools")).to_be_visible()
    status = page.get_by_role("status")
    page.get_by_label("Statement").check()
    expect(status).to_contain_text("Press Show")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    page.wait_for_url("**/graph?kind=sanction&kind=statement&**")
    kinds = drawn(page, "tie").evaluate_all(
        "ties => [...new Set(ties.map(tie => tie.parentElement.classList[1]))].sort()"
    )
    assert kinds == ["sanction", "statement"]


def test_pictures_work_without_javascript(browser: Browser, seeded_url: str, api: httpx.Client) -> None:
    context = browser.new_context(base_url=seeded_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/graph")
    expect(page.locator("#tools")).to_be_hidden()
    page.get_by_role("checkbox", name="Sanction").check()
    page.get_by_label("Around").select_option("north-korea")
    page.get_by_role("button", name="Show", exact=True).click()
    wanted = api.get("/v1/graph?kind=sanction&actor=north-korea").json()
    expect(page.get_by_role("status")).to_contain_text(f"{len(wanted['nodes'])} actors and {len(wanted['edges'])} ties")
    page.goto("/timeline")
    page.get_by_label("Words", exact=True).fill("Vladivostok")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".mark")).to_have_count(1)
    page.locator(".mark").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kim Jong-un's visit to Vladivostok")
    context.close()
