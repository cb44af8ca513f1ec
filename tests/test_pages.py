"""The pages for people: every record, list, search, vocabulary and problem, in HTML that executes nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, text

from app.database.transactions import writing
from app.model.kinds import KINDS
from app.model.tables import EVIDENCE, RECORD
from app.pages.words import date_words
from app.problems import PROBLEMS
from tests.factories.dangerous import REPLACED, Dangerous
from tests.factories.generated import DATES, Commentary
from tests.services.api import PLURALS, client_of, items
from tests.services.databases import Databases
from tests.services.pages import HTML, Html, page, pages_of
from tests.services.problems import problem
from tests.services.serving import serving

MOST_BYTES = 60_000
MOST_SHOWN = 20


@pytest.fixture(scope="module")
def both_url(databases: Databases) -> Iterator[str]:
    """The base URL of the service over two documents."""
    with serving(databases.shared("both")) as url:
        yield url


@pytest.fixture
def site(both_url: str) -> Iterator[httpx.Client]:
    """A client of the service over two documents."""
    with client_of(both_url) as client:
        yield client


@pytest.fixture(scope="module")
def hostile(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the service over texts with markup."""
    bundle = Dangerous("hostile", Random(5), 60).write(tmp_path_factory.mktemp("hostile"))
    with serving(databases.loaded("empty", bundle)) as url, client_of(url) as client:
        yield client


def path_of(record: dict[str, Any]) -> str:
    """The path of a record's page."""
    return str(record["url"]).removeprefix("/v1")


def refs_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every Ref in a record's JSON, apart from the record itself."""
    if isinstance(value, dict) and value.keys() == {"kind", "id", "name", "url"}:
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from refs_in(item)


@pytest.mark.parametrize("plural", PLURALS)
def test_the_page_of_every_record_shows_its_fields_and_its_quotes(site: httpx.Client, plural: str) -> None:
    records = items(site, f"/v1/{plural}")
    assert records
    for record in records:
        path = path_of(record)
        shown = page(site, path)
        assert shown.texts["h1"] == [record["name"]]
        assert record["summary"] in shown.text
        assert {path_of(ref) for ref in refs_in(record)} <= set(shown.links)
        if plural == "documents":  # their pages have the whole text
            continue
        assert len(site.get(path, headers=HTML).content) <= MOST_BYTES, path
        for quote in items(site, f"{record['url']}/evidence")[:MOST_SHOWN]:
            assert any(quote["exact"] in mark for mark in shown.texts["mark"]), (path, quote["exact"])
            assert f"{path_of(quote['document'])}?passage={quote['passage']}#e-{quote['id']}" in shown.links


def test_a_record_is_shown_in_words(site: httpx.Client) -> None:
    event = page(site, "/events/kim-visits-vladivostok")
    fields = dict(zip(event.texts["dt"], event.texts["dd"], strict=True))
    assert fields["type"].startswith("The PLOVER event type")  # the explanations of the fields come last
    shown = [" ".join(value.split()) for value in event.texts["dd"]]
    assert "Consult Actors meet, visit, negotiate or talk to each other, in person or at a distance." in shown
    assert "spring 2019 in the text: the spring of 2019; EDTF 2019-21, 2019-03-01 to 2019-05-31" in shown
    assert "Kim Jong-un role Actor Vladimir Putin role Recipient capacity President Russia role Host" in shown
    assert "/vocabularies/event_type#consult" in event.links
    figure = page(site, "/figures/flour-per-train")
    shown = [" ".join(value.split()) for value in figure.texts["dd"]]
    assert "low 900 high 900 relation About unit Tonnes about 900 tonnes" in shown
    document = page(site, "/documents/harbour-notes-3-2023")
    assert "https://harbour-notes.example/3" in document.links


def test_what_refers_to_a_record_is_listed_up_to_a_number(site: httpx.Client) -> None:
    references = items(site, "/v1/sanctions/sanctions-on-north-korea/references")
    shown = page(site, "/sanctions/sanctions-on-north-korea")
    assert {path_of(reference["record"]) for reference in references[:MOST_SHOWN]} <= set(shown.links)
    assert "/v1/sanctions/sanctions-on-north-korea/references" in shown.links
    total = site.get("/v1/actors/north-korea/references").json()["total"]["value"]
    assert total > MOST_SHOWN
    assert f"All {total} references as JSON" in page(site, "/actors/north-korea").text


def test_quotes_are_shown_up_to_a_number(database: Any) -> None:
    engine = database("seeded")
    with writing(engine) as connection:
        quoted = select(EVIDENCE).join(RECORD, RECORD.c.id == EVIDENCE.c.record_id).where(RECORD.c.slug == "russia")
        row = dict(connection.execute(quoted.limit(1)).mappings().one())
        connection.execute(insert(EVIDENCE), [row | {"id": f"{number:016x}"} for number in range(30)])
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        shown = page(client, "/actors/russia")
        assert len([link for link in shown.links if "#e-" in link]) == MOST_SHOWN
        assert "/v1/actors/russia/evidence" in shown.links


def test_an_actor_is_shown_with_its_dossier(site: httpx.Client) -> None:
    dossier = site.get("/v1/actors/north-korea/dossier").json()
    shown = page(site, "/actors/north-korea")
    parts = {name: part for name, part in dossier.items() if isinstance(part, dict) and part.get("items")}
    assert {"ties", "events", "statements_about", "sanctions_suffered", "figures", "assessments"} <= parts.keys()
    for name, part in parts.items():
        assert name in shown.ids
        assert f"#{name}" in shown.links
        if name != "assessments":
            assert {path_of(item) for item in part["items"][:6]} <= set(shown.links)
    forecasts = [item for item in dossier["assessments"]["items"] if item["type"] == "forecast"]
    assert forecasts
    assert {path_of(forecast) for forecast in forecasts[:6]} <= set(shown.links)
    assert "Forecast · “might” · Possible" in " ".join(shown.text.split())
    assert "/events?actor=north-korea" in shown.links
    total = dossier["events"]["total"]["value"]
    assert f"All {total} events" in shown.text
    assert f"{total} events" in page(site, "/events?actor=north-korea").text


def test_the_page_of_an_actor_in_every_record_is_small(databases: Databases, tmp_path: Path) -> None:
    commentary = Commentary("central", Random(1), 140)
    actor, analysis = commentary.actors[0], commentary.analysis
    everywhere: dict[str, dict[str, Any]] = {
        "actors": {},
        "events": {"participants": [{"actor": actor, "role": "actor"}]},
        "sanctions": {"authority": actor, "targets": [actor]},
        "statements": {"speakers": [{"actor": actor}], "about": [f"actor/{actor}"]},
        "relationships": {"subject": actor},
        "figures": {"about": [f"actor/{actor}"]},
        "assessments": {"about": [f"actor/{actor}"]},
    }
    for plural, changed in everywhere.items():
        for record in analysis[plural]:
            record |= changed | {"summary": "Three sentences of a hundred letters tell what this record is about. " * 4}
    analysis["actors"][0]["evidence"] = commentary.lines[1:60]
    with serving(databases.loaded("empty", commentary.write(tmp_path))) as url, client_of(url) as client:
        assert {path_of(item) for item in items(client, f"/v1/events?actor={actor}")} >= {
            path_of(item) for item in items(client, "/v1/events")
        }
        shown = client.get(f"/actors/{actor}", headers=HTML)
        assert shown.status_code == 200
        assert len(shown.content) <= MOST_BYTES


def test_the_json_is_beside_the_record(site: httpx.Client) -> None:
    [shown] = page(site, "/events/karsk-crossing").texts["pre"]
    assert httpx.Response(200, text=shown).json() == site.get("/v1/events/karsk-crossing").json()


@pytest.mark.parametrize("edtf", DATES)
def test_every_form_of_date_has_words(edtf: str) -> None:
    assert re.fullmatch(r"[a-z0-9A-Z ,–]+", date_words(edtf))


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2022", "2022"),
        ("2022-03", "March 2022"),
        ("2022-03-02", "2 March 2022"),
        ("2022-03~", "about March 2022"),
        ("2022?", "perhaps 2022"),
        ("2022-03%", "perhaps about March 2022"),
        ("199X", "1990–1999"),
        ("2019-24", "winter 2019"),
        ("2016/2020", "2016 to 2020"),
        ("../2016", "until 2016"),
        ("2016/..", "since 2016"),
        ("2022-02~/", "from about February 2022, end unknown"),
        ("/2016-05", "until May 2016"),
    ],
)
def test_a_date_is_told_in_words(edtf: str, words: str) -> None:
    assert date_words(edtf) == words


@pytest.mark.parametrize("plural", PLURALS)
def test_a_list_pages_through_the_records_of_the_api(site: httpx.Client, plural: str) -> None:
    expected = [path_of(item) for item in items(site, f"/v1/{plural}")]
    seen: list[str] = []
    path: str | None = f"/{plural}?limit=7"
    while path:
        shown = page(site, path)
        listed = [link for link in shown.links if re.fullmatch(f"/{plural}/[^/?#]+", link)]
        assert 0 < len(listed) <= 7
        seen += listed
        path = next((a["href"] for tag, a in shown.elements if tag == "a" and a.get("rel") == "next"), None)
    assert seen == expected


def test_a_page_of_a_list_links_to_the_same_page_of_the_api(site: httpx.Client) -> None:
    first = page(site, "/events?type=cooperate&limit=3")
    [following] = [a["href"] for tag, a in first.elements if tag == "a" and a.get("rel") == "next"]
    second = page(site, following)
    [alternate] = [a["href"] for tag, a in second.elements if tag == "link" and a.get("type") == "application/json"]
    in_api = [path_of(item) for item in site.get(alternate).json()["items"]]
    assert in_api == [link for link in second.links if re.fullmatch("/events/[^/?#]+", link)]


@pytest.mark.parametrize("plural", PLURALS)
def test_the_values_of_a_filter_lead_to_as_many_records(site: httpx.Client, plural: str) -> None:
    shown = page(site, f"/{plural}")
    filters = [link for link in shown.links if link.startswith(f"/{plural}?")]
    facets = site.get(f"/v1/{plural}?limit=1&facets=topic").json()["facets"]["topic"]
    assert {f"/{plural}?topic={facet['value']}" for facet in facets[:6]} <= set(filters)
    for facet in facets[:2]:
        filtered = page(site, f"/{plural}?topic={facet['value']}")
        one_or_more = plural if facet["count"] > 1 else plural.removesuffix("s")
        assert f"{facet['count']} {one_or_more}" in filtered.text
        assert f"/{plural}" in [link for link in filtered.links if link == f"/{plural}"]  # takes the filter off


def test_a_second_value_is_added_and_each_can_be_taken_off(site: httpx.Client) -> None:
    one = page(site, "/events?type=consult&limit=5")
    assert "/events?limit=5&type=consult&type=agree" in one.links
    assert "/events?limit=5" in one.links
    two = page(site, "/events?limit=5&type=consult&type=agree")
    assert {"/events?limit=5&type=consult", "/events?limit=5&type=agree"} <= set(two.links)


def test_a_very_long_list_has_no_filters_to_count(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.query.listing.MAX_TOTAL", 20)
    with serving(databases.seeded) as url, client_of(url) as client:
        assert "20 or more events" in page(client, "/events").text
        assert not [link for link in page(client, "/events").links if "topic=" in link]
        assert [link for link in page(client, "/events?type=consult").links if "topic=" in link]


def test_a_list_without_records_says_so(site: httpx.Client) -> None:
    assert "Nothing matches these filters" in page(site, "/events?id=no-such-event").text


def test_a_search_marks_the_words(site: httpx.Client) -> None:
    shown = page(site, "/search?q=trading")
    assert set(map(str.lower, shown.texts["mark"])) <= {"trade", "trades", "trading", "traders"}
    hits = [path_of(hit["record"]) for hit in site.get("/v1/search?q=trading").json()["items"]]
    assert len(hits) > 10
    assert [link for link in shown.links if link in hits][: len(hits)] == hits
    assert "/search?q=trading&kind=actor" in shown.links


def test_a_misspelt_search_suggests_a_name(site: httpx.Client) -> None:
    shown = page(site, "/search?q=Kim+Yong-un")
    assert "Did you mean" in shown.text
    assert "/actors/kim-jong-un" in shown.links


def test_a_search_without_words_shows_the_form(site: httpx.Client) -> None:
    assert page(site, "/search").texts["h1"] == ["Search"]


def test_each_vocabulary_has_a_page_with_an_anchor_for_each_term(site: httpx.Client) -> None:
    vocabularies = items(site, "/v1/vocabularies")
    assert {f"/vocabularies/{each['name']}" for each in vocabularies} <= set(page(site, "/vocabularies").links)
    for each in vocabularies:
        shown = page(site, f"/vocabularies/{each['name']}")
        assert {term["term"] for term in each["terms"]} <= set(shown.ids)
        for term in each["terms"]:
            assert term["definition"] in shown.text
    assert "'event_type'" in problem(site.get("/v1/vocabularies/event_typ"), 404)["detail"]
    assert "'event_type'" in page(site, "/vocabularies/event_typ", 404).text


def test_the_first_page_has_the_kinds_the_documents_and_six_questions_that_run(site: httpx.Client) -> None:
    shown = page(site, "/")
    for plural, number in site.get("/v1").json()["counts"].items():
        assert f"{plural.capitalize()} {number}" in shown.text
        assert f"/{plural}" in shown.links
    assert {path_of(document) for document in items(site, "/v1/documents")} <= set(shown.links)
    questions = [link.removeprefix("/v1") for link in shown.links if re.match("/v1/(?!export|changes)", link)]
    assert len(questions) == 6
    for question in questions:
        page(site, question)
        answer = site.get(f"/v1{question}")
        assert answer.status_code == 200
        assert answer.json().get("items", True), question
    for download in (link for link in shown.links if link.startswith("/v1/export")):
        assert site.head(download).status_code == 200


def test_a_program_is_sent_from_the_first_page_to_the_api(site: httpx.Client) -> None:
    for accept in ("*/*", "application/json"):
        response = site.get("/", headers={"Accept": accept})
        assert (response.status_code, response.headers["location"]) == (307, "/v1")


def test_the_first_page_of_an_empty_database_says_what_to_do(databases: Databases) -> None:
    with serving(databases.shared("empty")) as url, client_of(url) as client:
        shown = page(client, "/")
        assert "dossier load" in shown.text
        for link in pages_of(shown.links) - {"/guide"}:
            page(client, link)


PAGES = [
    "/",
    "/timeline",
    "/graph",
    "/events",
    "/events/karsk-crossing",
    "/search?q=trade",
    "/vocabularies",
    "/vocabularies/topic",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_cached_and_answer_head(site: httpx.Client, path: str) -> None:
    first = site.get(path, headers=HTML)
    again = site.get(path, headers=HTML | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = site.head(path, headers=HTML)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "etag", "content-security-policy", "vary", "cache-control"):
        assert head.headers[name] == first.headers[name]


@pytest.mark.parametrize("path", [*PAGES, "/problems/gone", "/nowhere"])
def test_pages_allow_nothing_inline(site: httpx.Client, path: str) -> None:
    response = site.get(path, headers=HTML)
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/?fbclid=x", "/"),
        ("/events/karsk-crossing?utm_source=x&utm_medium=", "/events/karsk-crossing"),
        ("/events?utm_source=x&type=consult&limit=5&page=2", "/events?type=consult&limit=5"),
        ("/search?q=%C5%81%C3%B3d%C5%BA+%26+more&gclid=%00", "/search?q=%C5%81%C3%B3d%C5%BA+%26+more"),
        ("/timeline?kind=event,sanction&actor=&topic=", "/timeline?kind=event%2Csanction"),
        ("/graph.svg?kind=&depth=2", "/graph.svg?depth=2"),
        ("/documents/harbour-notes-3-2023?ref=x", "/documents/harbour-notes-3-2023"),
        ("/problems/gone?a=b", "/problems/gone"),
        ("/guide?a=%FF", "/guide"),
    ],
)
def test_a_page_redirects_to_its_address_without_unknown_and_empty_parameters(
    site: httpx.Client, asked: str, kept: str
) -> None:
    for method in ("GET", "HEAD"):
        response = site.request(method, asked, headers=HTML)
        assert (response.status_code, response.headers["location"], response.content) == (307, kept, b"")
        assert "etag" not in response.headers  # so the response cache does not store it
    page_or_picture = site.get(kept, headers=HTML)
    assert page_or_picture.status_code == 200


def test_pages_name_themselves_to_search_engines_and_messengers(databases: Databases) -> None:
    public = "https://dossier.example"
    with serving(databases.seeded, public) as url, client_of(url) as client:
        shown = page(client, "/actors/north-korea")
    summary = [a["content"] for tag, a in shown.elements if tag == "meta" and a.get("name") == "description"]
    links = {a["rel"] + a.get("type", ""): a["href"] for tag, a in shown.elements if tag == "link"}
    about = {a["property"]: a["content"] for tag, a in shown.elements if tag == "meta" and "property" in a}
    assert shown.texts["title"] == ["North Korea · Dossier"]
    assert links["canonical"] == about["og:url"] == f"{public}/actors/north-korea"
    assert links["alternateapplication/json"] == "/v1/actors/north-korea"
    assert links["alternateapplication/atom+xml"] == "/v1/changes.atom?actor=north-korea"
    assert summary == [about["og:description"]]
    assert about["og:title"] == "North Korea"


def test_a_browser_gets_errors_as_pages_and_a_program_as_problems(site: httpx.Client) -> None:
    for path, status, word in (
        ("/nowhere", 404, "/nowhere"),
        ("/actors/north-corea", 404, "'north-korea'"),
        ("/actors/North", 422, "id"),
        ("/events?type=consul", 422, "'consult'"),
        ("/events?cursor=forged", 422, "start again"),
        ("/static/nothing.js", 404, "/static/nothing.js"),
    ):
        shown = page(site, path, status)
        assert word in shown.text, path
        [explained] = [link for link in shown.links if link.startswith("/problems/")]
        for link in {explained, *(link for link in shown.links if link.startswith("/search?"))}:
            page(site, link)
        assert (
            word in problem(site.get(path, headers={"Accept": "application/json, text/html;q=0.5"}), status)["detail"]
        )
        assert site.get(path).headers["content-type"] == "application/problem+json"
    for path in ("/v1/nowhere", "/v1/actors/north-corea"):  # no negotiation under /v1
        problem(site.get(path, headers=HTML), 404)


def test_a_page_of_an_unknown_record_leads_to_a_search_that_finds_it(site: httpx.Client) -> None:
    [searched] = [link for link in page(site, "/actors/north-corea", 404).links if link.startswith("/search?")]
    assert searched == "/search?q=north%20corea"
    assert "/actors/north-korea" in page(site, searched).links


def test_failures_are_pages_too(database: Any, databases: Databases) -> None:
    engine = database("seeded")
    with writing(engine) as connection:
        connection.execute(text("UPDATE record SET body = '{}' WHERE slug = 'north-korea'"))
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        shown = page(client, "/actors/north-korea", 500)
        assert "X-Request-ID" in shown.text
        assert "KeyError" not in shown.text


@pytest.mark.faults
def test_a_database_that_is_not_there_is_a_page_that_says_so(databases: Databases) -> None:
    with serving(databases.new("nothing")) as url, client_of(url) as client:
        assert "The database cannot be read" in page(client, "/actors", 503).text
        page(client, "/problems/unavailable")


def test_every_type_of_problem_has_a_page_with_an_example(site: httpx.Client) -> None:
    for each in PROBLEMS:
        shown = page(site, f"/problems/{each.name}")
        assert shown.texts["h1"] == [f"{each.status} {each.title}"]
        [example] = shown.texts["pre"]
        assert httpx.Response(200, text=example).json()["status"] == each.status
    assert "'gone'" not in page(site, "/problems/gon", 404).texts["h1"]


def test_nothing_in_a_bundle_becomes_markup(hostile: httpx.Client) -> None:
    seen = set[str]()
    for kind in KINDS.values():
        for record in items(hostile, f"/v1/{kind.plural}"):
            shown = page(hostile, path_of(record))
            assert shown.texts["h1"] == [record["name"]]
            assert record["summary"] in shown.text
            assert_harmless(shown)
            seen.update(dangerous for dangerous in REPLACED.values() if dangerous in shown.text)
    assert seen == set(REPLACED.values())


@pytest.mark.parametrize(
    "path", [f"/{plural}" for plural in PLURALS] + ["/", "/search?q=pwn", "/search?q=<script>pwn()"]
)
def test_no_list_has_markup_of_a_bundle(hostile: httpx.Client, path: str) -> None:
    shown = page(hostile, path)
    assert_harmless(shown)
    assert "pwn()" in shown.text


def test_nothing_in_a_request_becomes_markup(hostile: httpx.Client) -> None:
    for path in (
        "/%3Cscript%3Epwn()%3C/script%3E",
        "/actors/%3Cscript%3E",
        "/events?type=%22%3E%3Cscript%3E",
        "/problems/%3Cscript%3E",
        "/vocabularies/%3Cscript%3E",
    ):
        response = hostile.get(path, headers=HTML)
        assert response.status_code in (404, 422)
        assert_harmless(Html(response.text))


def assert_harmless(shown: Html) -> None:
    """Only the elements of the templates are there, none with a script or style of its own."""
    for tag, attributes in shown.elements:
        assert tag not in {"style", "iframe", "img", "svg", "b", "object"}
        assert not any(name.startswith("on") or name in ("style", "autofocus", "srcdoc") for name in attributes)
        if tag == "script":
            assert attributes["src"].startswith("/static/")
        for name in ("href", "src", "action"):
            assert attributes.get(name, "/").startswith(("/", "#", "https://", "http://"))
