"""The pictures of the timeline and the graph: positions, line styles, links, bounds, and the layout of graphs."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise
from math import isfinite, sqrt
from random import Random
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.pages.axis import BREAK, Axis
from app.pages.graph import DEFAULT_EDGES, MOST_EDGES, MOST_NODES
from app.pages.layout import layout
from app.pages.picture import shorten, text_width
from app.pages.timeline import LEFT, MOST, RIGHT
from tests.factories.generated import Commentary
from tests.services.api import client_of, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

Element = ElementTree.Element
SVG = "{http://www.w3.org/2000/svg}"
PERILS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]>&amp;<![CDATA[",
    "' onload='x",
    "{{ 7*7 }}",
    "עברית",
]
DASHED = {"planned", "hypothetical", "prospective", "proposed"}
FORMER = {"former", "lifted", "expired"}


@pytest.fixture(scope="module")
def perilous_url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a service whose names contain markup."""
    commentary = Commentary("perilous", Random(3), 140)
    for records in commentary.analysis.values():
        for number, record in enumerate(records if isinstance(records, list) else ()):
            record["name"] = f"{PERILS[number % len(PERILS)]} {record['name']}"
    with serving(databases.loaded("empty", commentary.write(tmp_path_factory.mktemp("perilous")))) as url:
        yield url


@pytest.fixture(scope="module")
def large_url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a service over 5,000 records."""
    folder = tmp_path_factory.mktemp("large")
    bundles = [Commentary(f"large-{number}", Random(number), 1000).write(folder) for number in range(5)]
    with serving(databases.loaded("empty", *bundles)) as url:
        yield url


@pytest.fixture(params=["seeded_url", "generated_url", "perilous_url"])
def client(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client over the seed, then over generated records, then over hostile names."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


def picture(client: httpx.Client, path: str) -> Element:
    """A picture alone, as parsed XML. The page contains the same marks."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.text)
    page = client.get(path.replace(".svg", ""))
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    drawn = re.findall("<svg xmlns=.*?</svg>", page.text, re.DOTALL) or ["<svg/>"]  # nothing is found: no picture
    within = ElementTree.fromstring(drawn[0])
    for each in ("mark", "tie", "node"):
        assert [name(mark) for mark in marks(root, each)] == [name(mark) for mark in marks(within, each)]
    return root


def marks(root: Element, of: str) -> list[Element]:
    """The links of a class."""
    return root.findall(f".//{SVG}a[@class='{of}']")


def name(mark: Element) -> str:
    """The accessible name of a mark: its title."""
    return str(mark.findtext(f"{SVG}title"))


def mark_of(root: Element, path: str) -> Element:
    """The mark that leads to a page."""
    [found] = [mark for mark in marks(root, "mark") if mark.get("href") == path]
    return found


def sides(mark: Element) -> tuple[float, float]:
    """The left and right end of a bar."""
    bar = mark.find(f"{SVG}polygon")
    assert bar is not None
    across = [float(point.split(",")[0]) for point in str(bar.get("points")).split()]
    return min(across), max(across)


def dashes(mark: Element) -> str | None:
    """The dashes of the line of a mark."""
    return next((part.get("stroke-dasharray") for part in mark if part.get("stroke-dasharray")), None)


# The timeline


def test_every_entry_of_the_timeline_is_a_mark_with_a_link_and_a_name(client: httpx.Client) -> None:
    for question in ("", "kind=figure&kind=event&modality=planned", "topic=economic", "date_from=2016&date_to=2019-06"):
        entries = items(client, f"/v1/timeline?{question}", limit=200)
        root = picture(client, f"/timeline.svg?{question}")
        drawn = Counter((mark.get("href"), name(mark).split(": ")[0]) for mark in marks(root, "mark"))
        records = [entry["record"] for entry in entries]
        assert drawn == Counter((each["url"].removeprefix("/v1"), each["name"].split(": ")[0]) for each in records)
        page = client.get(f"/timeline?{question}").text
        listed = re.findall(r'<li class="\w+">.*?<a href="([^"]+)"', page, re.DOTALL)
        assert listed == [each["url"].removeprefix("/v1") for each in records]


def test_bars_lie_between_the_ticks_of_their_dates(api: httpx.Client) -> None:
    root = picture(api, "/timeline.svg?date_from=2014&date_to=2022")
    ticks = {
        int(str(link.findtext(f"{SVG}text"))): float(str(link.find(f"{SVG}text").get("x"))) - 4  # type: ignore[union-attr]
        for link in root.findall(f".//{SVG}g[@class='axis']/{SVG}a")
    }
    assert list(ticks) == list(range(2014, 2023))

    def at(year: int, days: float) -> float:
        """The position some days after the beginning of a year, from the ticks of this year and its neighbour."""
        width = ticks[year + 1] - ticks[year] if year < 2022 else ticks[2022] - ticks[2021]
        return ticks[year] + width * days / (366 if year % 4 == 0 else 365)

    def near(value: Any) -> Any:
        return pytest.approx(value, abs=0.2)

    assert sides(mark_of(root, "/events/vote-on-resolution-2371")) == near((ticks[2017], ticks[2018]))
    assert sides(mark_of(root, "/events/kim-visits-vladivostok")) == near((at(2019, 59), at(2019, 151)))
    assert sides(mark_of(root, "/events/five-year-plan-goal")) == near((ticks[2016], ticks[2021]))
    day = mark_of(root, "/statements/rodong-sinmun-on-solidarity").find(f"{SVG}circle")
    assert day is not None
    assert float(str(day.get("cx"))) == near(at(2022, 114.5))
    # An open beginning reaches beyond the axis, an unknown end a little beyond the last known day.
    left, right = sides(mark_of(root, "/events/decision-to-expand-cooperation"))
    assert (left, right) == near((LEFT - 40, ticks[2017]))
    left, right = sides(mark_of(root, "/events/invasion-of-ukraine"))
    assert (left, right) == near((at(2022, 31), at(2022, 32) + 40))


def test_the_axis_fits_a_day_a_year_and_a_century(api: httpx.Client) -> None:
    def labels(question: str) -> list[str]:
        root = picture(api, f"/timeline.svg?{question}")
        return [str(link.findtext(f"{SVG}text")) for link in root.findall(f".//{SVG}g[@class='axis']/{SVG}a")]

    assert labels("q=Solidarity&date_from=2022-04-25") == ["25 Apr 2022"]
    assert labels("date_from=2022&date_to=2022&kind=statement")[:2] == ["Jan 2022", "Feb 2022"]
    assert labels("")[:3] == ["1990", "1999", "2014"]


def test_ticks_narrow_the_timeline_to_their_time(api: httpx.Client) -> None:
    root = picture(api, "/timeline.svg?kind=event")
    links = [str(link.get("href")) for link in root.findall(f".//{SVG}g[@class='axis']/{SVG}a")]
    assert "/timeline?kind=event&date_from=2017-01-01&date_to=2017-12-31" in links
    narrowed = picture(api, "/timeline.svg?kind=event&date_from=2017-01-01&date_to=2017-12-31")
    found = items(api, "/v1/timeline?kind=event&date_from=2017&date_to=2017")
    assert len(marks(narrowed, "mark")) == len(found) > 1
    for link in links:
        assert api.get(link).status_code == 200
    [every, *_] = picture(api, "/timeline.svg").findall(f".//{SVG}g[@class='axis']/{SVG}a")
    assert str(every.get("href")).startswith("/timeline?date_from=1990-01-01&date_to=")


def test_the_list_names_the_event_whose_date_a_statement_has(api: httpx.Client) -> None:
    listed = api.get("/timeline?kind=statement").text.partition("The same as a list")[2]
    for entry in items(api, "/v1/timeline?kind=statement"):
        row = listed.partition(f'href="{entry["record"]["url"].removeprefix("/v1")}"')[0].rpartition("<li")[2]
        event = entry["date_of"]
        assert ("date of" in row) is (event is not None)
        assert event is None or event["url"].removeprefix("/v1") in row


def test_lines_of_the_timeline_tell_the_modality(generated_url: str) -> None:
    with client_of(generated_url) as client:
        modality = {event["url"].removeprefix("/v1"): event["modality"] for event in items(client, "/v1/events")}
        root = picture(client, "/timeline.svg?kind=event")
        seen = set()
        for mark in marks(root, "mark"):
            term = modality[str(mark.get("href"))]
            seen.add(term)
            assert (dashes(mark) is not None) is (term in DASHED), name(mark)
            struck = mark.find(f"{SVG}path") is not None
            assert struck is (term == "negated"), name(mark)
            assert (f", {term}, " in name(mark)) is (struck or dashes(mark) is not None)
        assert seen == {"actual", "habitual", "planned", "hypothetical", "negated"}


def test_labels_of_a_row_do_not_overlap(generated_url: str) -> None:
    with client_of(generated_url) as client:
        root = picture(client, "/timeline.svg")
    rows: dict[str, list[tuple[float, float]]] = {}
    for mark in marks(root, "mark"):
        label = mark.find(f"{SVG}text")
        assert label is not None
        x, width = float(str(label.get("x"))), text_width(str(label.text), 13)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[str(label.get("text-anchor"))]
        rows.setdefault(str(label.get("y")), []).append((left, left + width))
        assert left >= 0
        assert left + width <= 1160
    for row in rows.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(row)))
    assert max(map(len, rows.values())) > 1


@pytest.mark.sqlite  # a picture is the same on each database, and loading takes long
def test_a_timeline_of_many_entries_is_cut_and_says_so(large_url: str) -> None:
    with client_of(large_url) as client:
        page = client.get("/timeline").text
        total = client.get("/v1/timeline", params={"limit": 1}).json()["total"]["value"]
        assert f"cut after {MOST} of {total:,} dated records" in page
        assert len(marks(picture(client, "/timeline.svg"), "mark")) == MOST < total
        following = re.findall(r'<a href="(/timeline\?cursor=[^"]+)">', page)[0]
        shown = {
            mark.get("href") for mark in marks(picture(client, following.replace("timeline?", "timeline.svg?")), "mark")
        }
        assert len(shown) == MOST
        assert not shown & {mark.get("href") for mark in marks(picture(client, "/timeline.svg"), "mark")}
        assert problem(client.get(f"/timeline?limit={MOST + 1}"), 422)


days = st.dates(date(1, 1, 1), date(9999, 12, 31))


@given(st.lists(days, min_size=1, max_size=30))
@example([date(1945, 8, 15), date(2022, 3, 1), date(2022, 3, 2)])
@example([date(9999, 12, 31)])
@example([date(1, 1, 1), date(9999, 12, 31)])
def test_an_axis_is_in_order_and_leaves_out_empty_time_only(found: list[date]) -> None:
    axis = Axis(found, LEFT, RIGHT)
    ordered = sorted(set(found))
    positions = [axis.x(day.toordinal()) for day in ordered]
    assert all(LEFT <= x <= RIGHT for x in positions)
    assert positions == sorted(positions)
    assert axis.x(ordered[-1].toordinal() + 1) <= RIGHT
    for stretch in axis.stretches:
        if stretch.left_out:
            assert stretch.right - stretch.left == pytest.approx(BREAK)
            assert not [day for day in ordered if stretch.start <= day.toordinal() < stretch.end]
    drawn = [each for each in axis.stretches if not each.left_out]
    scales = [(each.right - each.left) / (each.end - each.start) for each in drawn]
    assert scales == pytest.approx([scales[0]] * len(scales))
    ticks = axis.ticks()
    assert all(before.x < after.x for before, after in pairwise(ticks))
    assert all(tick.first <= tick.last and tick.x == axis.x(tick.first.toordinal()) for tick in ticks)


def test_a_break_is_between_long_stretches_of_years() -> None:
    axis = Axis([date(1945, 8, 15), date(2022, 3, 1), date(2022, 5, 2)], LEFT, RIGHT)
    assert [stretch.left_out for stretch in axis.stretches] == ["", "76 years", ""]
    assert [tick.label for tick in axis.ticks()] == ["1945", "2022"]
    [stretch] = Axis([date(2013, 1, 1) + timedelta(90 * each) for each in range(40)], LEFT, RIGHT).stretches
    assert stretch.left_out == ""


# The graph


def edges_of(client: httpx.Client, question: str) -> list[dict[str, Any]]:
    graph = client.get(f"/v1/graph?{question}").json()
    assert not graph["truncated"]
    found: list[dict[str, Any]] = graph["edges"]
    return found


def actor_of(node: Element) -> str:
    """The id of the actor that a node stands for."""
    return str(node.get("href")).rpartition("/")[2]


def ties_of(root: Element) -> Iterator[tuple[str, list[str], int, Element]]:
    """The ties of a graph, each with its kind, the ids of its ends, and the number of its edges."""
    actors = [actor_of(node) for node in marks(root, "node")]
    for group in root.iter(f"{SVG}g"):
        classes = str(group.get("class")).split()
        for tie in marks(group, "tie") if classes[0] == "ties" else ():
            ends = [actors[int(number)] for number in str(tie.get("data-ends")).split()]
            yield classes[1], ends, len(str(tie.get("data-edges")).split(" ")), tie


def is_directed(tie: Element) -> bool:
    """Whether a tie has an arrowhead."""
    return any(path.get("marker-end") for path in tie.iter(f"{SVG}path"))


def test_every_node_and_edge_of_the_graph_is_drawn(client: httpx.Client) -> None:
    for question in ("limit=500", "kind=event&limit=500", "kind=statement&kind=sanction&date_from=2010&limit=500"):
        graph = client.get(f"/v1/graph?{question}").json()
        root = picture(client, f"/graph.svg?{question}")
        nodes = {str(node.get("href")) for node in marks(root, "node")}
        assert nodes == {node["url"].removeprefix("/v1") for node in graph["nodes"]}
        page = client.get(f"/graph?{question}").text
        drawn: Counter[tuple[str, str, str]] = Counter()
        for kind, ends, number, tie in ties_of(root):
            one, other = sorted(ends)
            drawn[one, other, kind] += number
            assert tie.findtext(f"{SVG}text") == (str(number) if number > 1 else None)
        assert len(marks(root, "tie")) == page.count('<li id="tie-')
        assert drawn == Counter((*sorted((e["source"], e["target"])), e["kind"]) for e in graph["edges"])
        assert f"{len(nodes)} actors and {len(graph['edges'])} ties" in page


def test_lines_of_the_graph_tell_kind_direction_and_modality(generated_url: str) -> None:
    with client_of(generated_url) as client:
        edges = edges_of(client, "limit=500")
        root = picture(client, "/graph.svg?limit=500")
    wanted = Counter(
        (edge["kind"], edge["directed"], {edge["modality"], edge["status"]} & (DASHED | FORMER | {"negated"}) != set())
        for edge in edges
    )
    drawn: Counter[tuple[str, bool, bool]] = Counter()
    for kind, _, number, tie in ties_of(root):
        has_cross = any(path.get("class") == "strike" for path in tie.iter(f"{SVG}path"))
        drawn[kind, is_directed(tie), bool(dashes(tie)) or has_cross] += number
    assert drawn == wanted
    assert {flag for _, flag, _ in drawn} == {flag for _, _, flag in drawn} == {True, False}


def test_known_lines_of_the_seed(api: httpx.Client) -> None:
    root = picture(api, "/graph.svg")
    ties = {name(tie): tie for tie in marks(root, "tie")}
    goal = ties["North Korea – Russia: event, planned, 2 records"]
    assert dashes(goal) == "7 4"
    assert not is_directed(goal)
    former = ties["Soviet Union → North Korea: relationship, former, Soviet subsidies to North Korea"]
    assert dashes(former) == "1 4"
    assert is_directed(former)
    assert former.get("href") == "/relationships/soviet-subsidies-to-north-korea"
    bundled = next(tie for title, tie in ties.items() if title.endswith(" records"))
    page, _, row = str(bundled.get("href")).partition("#")
    assert page == "/graph"
    assert f'<li id="{row}">' in api.get(page).text
    sizes = {actor_of(node): int(str(node.get("data-ties"))) for node in marks(root, "node")}
    assert max(sizes, key=sizes.__getitem__) == "north-korea"
    circle = next(node for node in marks(root, "node") if actor_of(node) == "north-korea").find(f"{SVG}circle")
    assert circle is not None
    assert float(str(circle.get("r"))) == pytest.approx(6 + 3 * sqrt(sizes["north-korea"]), abs=0.1)


def test_a_graph_around_an_actor_has_its_neighbours_only(api: httpx.Client) -> None:
    root = picture(api, "/graph.svg?actor=kim-jong-il")
    assert [actor_of(node) for node in marks(root, "node")] == ["kim-jong-il", "north-korean-leaders"]
    alone = picture(api, "/graph.svg?actor=kim-jong-il&kind=sanction")
    assert len(marks(alone, "node")) == 1
    assert "No tie matches" in api.get("/graph?actor=no-such-actor").text


@pytest.mark.sqlite  # a picture is the same on each database, and loading takes long
def test_a_large_graph_is_cut_and_says_so(large_url: str) -> None:
    with client_of(large_url) as client:
        page = client.get("/graph").text
        assert len(page) <= 260_000
        assert f"there are more than {DEFAULT_EDGES} ties" in page
        root = picture(client, f"/graph.svg?limit={MOST_EDGES}")
        assert len(marks(root, "node")) == MOST_NODES
        missing = len(client.get(f"/v1/graph?limit={MOST_EDGES}").json()["nodes"]) - MOST_NODES
        assert missing > 0
        largest = client.get(f"/graph?limit={MOST_EDGES}").text
        assert f"{missing} actors have no place" in largest
        assert len(largest) <= 400_000
        assert problem(client.get(f"/graph?limit={MOST_EDGES + 1}"), 422)


# Layout


def check_layout(sizes: list[tuple[float, float]], edges: list[tuple[int, int, float]]) -> None:
    centres = layout(tuple(sizes), tuple(edges))
    assert len(centres) == len(sizes)
    for centre, (width, height) in zip(centres, sizes, strict=True):
        assert isfinite(centre.real)
        assert isfinite(centre.imag)
        assert centre.real >= width / 2 - 1e-6
        assert centre.imag >= height / 2 - 1e-6
    for (one, a), (other, b) in combinations(list(zip(centres, sizes, strict=True)), 2):
        apart = one - other
        assert abs(apart.real) >= (a[0] + b[0]) / 2 or abs(apart.imag) >= (a[1] + b[1]) / 2


@given(
    st.integers(0, 25).flatmap(
        lambda count: st.tuples(
            st.lists(st.tuples(st.floats(10, 200), st.floats(10, 90)), min_size=count, max_size=count),
            st.lists(
                st.tuples(
                    st.integers(0, max(0, count - 1)), st.integers(0, max(0, count - 1)), st.floats(16, 300)
                ).filter(lambda edge: edge[0] != edge[1]),
                max_size=60 if count > 1 else 0,
            ),
        )
    )
)
def test_boxes_of_any_graph_are_finite_and_do_not_overlap(
    graph: tuple[list[tuple[float, float]], list[tuple[int, int, float]]],
) -> None:
    check_layout(*graph)


@pytest.mark.parametrize(
    ("number", "edges"),
    [
        (0, []),
        (1, []),
        (2, [(0, 1, 16.0)]),
        (MOST_NODES, []),
        (MOST_NODES, [(0, leaf, 16.0) for leaf in range(1, MOST_NODES)]),
        (40, [(one, other, 16.0) for one, other in combinations(range(40), 2)]),
    ],
)
def test_boxes_of_extreme_graphs_do_not_overlap(number: int, edges: list[tuple[int, int, float]]) -> None:
    random = Random(number)
    check_layout([(random.uniform(40, 180), 50.0) for _ in range(number)], edges)


# Both


@pytest.mark.parametrize("path", ["/timeline", "/graph"])
def test_pictures_execute_nothing_and_name_everything(perilous_url: str, path: str) -> None:
    with client_of(perilous_url) as client:
        root = picture(client, f"{path}.svg")
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {
            "svg",
            "title",
            "path",
            "text",
            "g",
            "a",
            "circle",
            "polygon",
            "tspan",
            "marker",
            "linearGradient",
            "stop",
        }
        assert not [key for element in root.iter() for key in element.attrib if key.startswith("on") or key == "style"]
        assert all(str(link.get("href")).startswith("/") for link in root.iter(f"{SVG}a"))
        titles = " ".join(name(mark) for mark in root.iter(f"{SVG}a") if mark.get("class"))
        page = client.get(path).text
        for peril in PERILS:
            assert peril in titles
            assert peril == "{{ 7*7 }}" or peril == "עברית" or peril not in page
        assert "49 " not in titles


@pytest.mark.parametrize("path", ["/timeline", "/timeline.svg", "/graph", "/graph.svg"])
def test_pictures_are_the_same_each_time_and_revalidated(api: httpx.Client, path: str) -> None:
    first = api.get(path)
    layout.cache_clear()
    again = api.get(path, headers={"Accept": "*/*, text/x-another-key"})
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert api.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert "unsafe-inline" not in first.headers["content-security-policy"]
    assert "default-src 'none'" in first.headers["content-security-policy"]


def test_values_joined_by_commas_are_chosen_in_the_form(api: httpx.Client) -> None:
    for path, of in (("/timeline", "mark"), ("/graph", "tie")):
        joined, repeated = f"{path}.svg?kind=event,sanction", f"{path}.svg?kind=event&kind=sanction"
        hrefs = [str(mark.get("href")) for mark in marks(picture(api, joined), of)]
        again = [str(mark.get("href")) for mark in marks(picture(api, repeated), of)]
        assert [href for href in hrefs if "#" not in href] == [href for href in again if "#" not in href] != []
        page = api.get(f"{path}?kind=event,sanction").text
        assert re.findall('name="kind" value="([a-z]+)" checked', page) == ["event", "sanction"]


def test_a_picture_alone_is_what_an_image_asks_for(api: httpx.Client) -> None:
    for path in ("/timeline.svg", "/graph.svg"):
        assert api.get(path, headers={"Accept": "image/svg+xml"}).status_code == 200


def test_a_picture_links_to_the_public_url(databases: Databases) -> None:
    with serving(databases.seeded, "https://dossier.example") as url, client_of(url) as client:
        for path in ("/timeline.svg", "/graph.svg"):
            root = ElementTree.fromstring(client.get(path).text)
            assert all(str(link.get("href")).startswith("https://dossier.example/") for link in root.iter(f"{SVG}a"))


def test_wrong_parameters_are_told(api: httpx.Client) -> None:
    for path in ("/timeline?kind=actor", "/graph?kind=figure", "/timeline.svg?date_from=22", "/graph.svg?depth=4"):
        assert problem(api.get(path), 422)["errors"]


@given(st.text(max_size=80))
def test_shortened_texts_fit(text: str) -> None:
    short = shorten(text, 200, 13)
    assert text_width(short, 13) <= 200
    assert short == text or short.endswith("…")
