"""The reader: the text of a document with its quotes and names marked, compared with what the API says of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from lxml import html

from app.model.kinds import KINDS
from tests.factories import hostile
from tests.factories.generated import Commentary
from tests.paths import COMMENTARY
from tests.services.api import client_of, get, items
from tests.services.databases import Databases
from tests.services.serving import serving

SEED = "sceeus-guest-commentary-8-2022"
DOCUMENTS = [SEED, "harbour-notes-3-2023", hostile.ID, "generated"]
PLURALS = {kind.name: kind.plural for kind in KINDS.values()}


@pytest.fixture(scope="module")
def url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a service over all the documents."""
    folder = tmp_path_factory.mktemp("reader")
    bundles = [COMMENTARY, hostile.hostile(folder), Commentary("generated", Random(1), 140).write(folder)]
    with serving(databases.loaded("seeded", *bundles)) as url:
        yield url


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with client_of(url) as client:
        yield client


@dataclass(frozen=True)
class Run:
    """A piece of the text as the page shows it, and where it is."""

    text: str
    start: int
    end: int
    classes: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ()
    href: str | None = None


@dataclass(frozen=True)
class Passage:
    """A passage as the page shows it."""

    number: int
    runs: list[Run]
    beside: list[tuple[str, str, str]]
    """The list, the path and the quotes of each record beside the passage."""


def page(api: httpx.Client, document: str, **parameters: Any) -> Any:
    """The parsed page of a document."""
    response = api.get(f"/documents/{document}", params=parameters)
    assert response.status_code == 200, response.text
    return html.document_fromstring(response.text)


def passages(api: httpx.Client, document: str, **parameters: Any) -> list[Passage]:
    """The passages that the page shows. Their places are from the API."""
    starts = {item["number"]: item["start"] for item in items(api, f"/v1/documents/{document}/passages")}
    found = []
    for element in page(api, document, **parameters).find_class("passage"):
        number = int(element.get("id").removeprefix("p"))
        [words] = element.find_class("words")
        beside = [
            (line.getparent().get("aria-label"), line[0].get("href"), line.get("data-at"))
            for line in element.iterfind(".//li")
        ]
        found.append(Passage(number, list(runs(words, starts[number])), beside))
    return found


def runs(words: Any, at: int) -> Iterator[Run]:
    """The runs of a passage that begins at an offset."""
    text = words.text or ""
    yield Run(text, at, at + len(text))
    at += len(text)
    for mark in words:
        text = mark.text_content()
        ids = tuple(each.get("id") for each in (mark, *mark) if each.get("id"))
        assert mark.get("data-at") == str(at)
        yield Run(text, at, at + len(text), frozenset((mark.get("class") or "").split()), ids, mark.get("href"))
        at += len(text)
        tail = mark.tail or ""
        yield Run(tail, at, at + len(tail))
        at += len(tail)


def quotes(api: httpx.Client, document: str, **filters: Any) -> list[dict[str, Any]]:
    return items(api, "/v1/evidence", document=document, limit=200, **filters)


def names(api: httpx.Client, document: str) -> list[dict[str, Any]]:
    return items(api, "/v1/mentions", document=document, limit=200)


def covering(anchors: list[dict[str, Any]], run: Run) -> list[dict[str, Any]]:
    return [anchor for anchor in anchors if anchor["start"] < run.end and run.start < anchor["end"]]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_page_has_the_text_of_every_passage(api: httpx.Client, document: str) -> None:
    shown = {passage.number: "".join(run.text for run in passage.runs) for passage in passages(api, document)}
    assert shown == {item["number"]: item["text"] for item in items(api, f"/v1/documents/{document}/passages")}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_quote_has_its_anchor_on_its_first_words(api: httpx.Client, document: str) -> None:
    anchors = {anchor: run.start for passage in passages(api, document) for run in passage.runs for anchor in run.ids}
    assert anchors == {f"e-{quote['id']}": quote["start"] for quote in quotes(api, document)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_run_has_the_kinds_of_the_quotes_that_cover_it(api: httpx.Client, document: str) -> None:
    quoted, named = quotes(api, document), names(api, document)
    cuts = {at for anchor in (*quoted, *named) for at in (anchor["start"], anchor["end"])}
    marked = [run for passage in passages(api, document) for run in passage.runs if run.classes]
    assert {at for run in marked for at in (run.start, run.end)} == cuts
    for run in marked:
        assert not any(run.start < at < run.end for at in cuts)
        assert run.classes - {"name"} == {quote["record"]["kind"] for quote in covering(quoted, run)}
        assert ("name" in run.classes) == bool(covering(named, run))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_link_to_their_actor_and_marks_to_a_record_with_the_shortest_quote_there(
    api: httpx.Client, document: str
) -> None:
    quoted, named = quotes(api, document), names(api, document)
    for run in (run for passage in passages(api, document) for run in passage.runs):
        actors = [name["actor"] for name in covering(named, run)]
        beginning = [quote for quote in quoted if quote["start"] == run.start] if run.text else []
        shortest = min((quote["end"] for quote in beginning), default=None)
        records = [quote["record"] for quote in beginning if quote["end"] == shortest]
        paths = [record["url"].removeprefix("/v1") for record in actors or records]
        assert run.href in (paths or [None]), run


@pytest.mark.parametrize("document", DOCUMENTS)
def test_beside_each_passage_are_the_records_that_rest_on_it(api: httpx.Client, document: str) -> None:
    quoted = quotes(api, document)
    for passage in passages(api, document):
        expected: dict[tuple[str, str], list[str]] = {}
        for quote in quoted:
            if quote["passage"] == passage.number:
                record = quote["record"]
                parts = dict.fromkeys(pointer.split("/")[1].replace("_", " ") for pointer in quote["supports"])
                place = f"{quote['start']}-{quote['end']} {', '.join(parts)}"
                key = PLURALS[record["kind"]].capitalize(), record["url"].removeprefix("/v1")
                expected.setdefault(key, []).append(place)
        assert {(kind, path): at for kind, path, at in passage.beside} == {
            key: "|".join(places) for key, places in expected.items()
        }
        headings = [kind for (kind, *_), (before, *_) in pairwise([("",), *passage.beside][::-1]) if kind != before]
        assert headings[::-1] == [plural.capitalize() for plural in PLURALS.values() if plural.capitalize() in headings]


@pytest.mark.parametrize(
    "filters",
    [{"kind": ["event", "figure"]}, {"actor": ["china"]}, {"kind": ["statement"], "actor": ["russia", "china"]}],
)
def test_filters_mark_what_the_api_lists(api: httpx.Client, filters: dict[str, list[str]]) -> None:
    shown = passages(api, SEED, **filters)
    each = [dict(zip(filters, values, strict=True)) for values in product(*filters.values())]
    expected = {f"e-{quote['id']}" for one in each for quote in quotes(api, SEED, **one)}
    assert {anchor for passage in shown for run in passage.runs for anchor in run.ids} == expected
    assert len(shown) == 12
    actors = {f"/actors/{actor}" for actor in filters.get("actor", [])}
    linked = {run.href for passage in shown for run in passage.runs if "name" in run.classes}
    assert linked == actors or not actors
    checked = page(api, SEED, **filters).xpath("//form[@class='marking']//input[@checked]/@value")
    assert sorted(checked) == sorted(value for values in filters.values() for value in values)


def test_the_facets_count_the_records_of_the_document(api: httpx.Client) -> None:
    labels = page(api, SEED).xpath("//form[@class='marking']//label")
    counts = {label.find("input").get("value"): int(label.text_content().split()[-1]) for label in labels}
    kinds = {kind: len({q["record"]["id"] for q in quotes(api, SEED, kind=kind)}) for kind in PLURALS}
    assert {kind: counts.get(kind, 1) for kind in kinds} == kinds  # the document itself has no box
    for actor in ("north-korea", "china", "kazbek-taysaev"):
        assert counts[actor] == len({q["record"]["url"] for q in quotes(api, SEED, actor=actor)})


def test_the_head_says_what_the_document_is(api: httpx.Client) -> None:
    record = api.get(f"/v1/documents/{SEED}").json()
    coverage = api.get(f"/v1/documents/{SEED}/coverage", params={"cited": "false"}).json()
    facts = page(api, SEED).find_class("facts")[0]
    shown = {term.text: term.getnext().text_content() for term in facts.iterfind("dt")}
    assert shown["Publisher"] == record["publisher"]["name"]
    assert shown["Published"] == record["published"]["text"]
    assert shown["Rights"] == record["rights"]
    assert record["analysis"]["by"] in shown["Analysis"]
    assert shown["Text"] == (
        f"{record['words']:,} words, {record['passage_count']} passages; "
        f"records cite {coverage['cited']} of {coverage['cited'] + coverage['total']['value']} sentences"
    )
    for link in facts.xpath("dt[.='As data']/following-sibling::dd[1]/a/@href"):
        assert api.get(link).status_code == 200, link


def test_nothing_in_a_bundle_becomes_markup(api: httpx.Client) -> None:
    parsed = page(api, hostile.ID)
    assert {(script.get("src") or "")[:8] for script in parsed.iter("script")} == {"/static/"}
    assert [len(list(parsed.iter(name))) for name in ("img", "b", "i")] == [0, 0, 0]
    assert not [link for link in parsed.iter("a") if not link.get("href").startswith(("/", "#", "https://"))]
    assert "no-break\u00a0space, a soft\u00adhyphen" in parsed.text_content()


def test_the_page_of_the_seed_is_small(api: httpx.Client) -> None:
    assert len(api.get(f"/documents/{SEED}").content) <= 150_000


def test_a_long_text_is_shown_in_parts(databases: Databases, tmp_path: Path) -> None:
    long = Commentary("long", Random(2), 1_500)
    long.lines += [f"Line {number}: {'words and more words ' * 40}" for number in range(1_100)]
    with serving(databases.loaded("empty", long.write(tmp_path))) as base, client_of(base) as api:
        assert api.get("/v1/documents/long").json()["characters"] > 1_000_000
        parts = page(api, "long").xpath("//nav[@class='parts']/a/@href")
        assert 15 < len(parts) < 40
        numbers, anchors = [], []
        for path in parts:
            response = get(base + path.partition("#")[0])
            assert len(response.content) < 500_000
            parsed = html.document_fromstring(response.text)
            numbers += [element.get("id") for element in parsed.find_class("passage")]
            anchors += parsed.xpath("//*[starts-with(@id, 'e-')]/@id")
            assert parsed.xpath("//nav[@class='parts']/a[@aria-current]/@href") == [path]
        assert numbers == [f"p{item['number']}" for item in items(api, "/v1/documents/long/passages", limit=200)]
        assert sorted(anchors) == sorted(f"e-{quote['id']}" for quote in quotes(api, "long"))
        for number in (1, 700, len(numbers), len(numbers) + 5):
            shown = [passage.number for passage in passages(api, "long", passage=number)]
            assert min(number, len(numbers)) in shown
