"""The Atom feed of changes, read by feedparser, and the pages that lead to it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import feedparser
import httpx
import pytest
from sqlalchemy import Engine

from tests.factories.bundles import loaded
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, client_of, get, items
from tests.services.problems import problem
from tests.services.serving import serving

Json = dict[str, Any]
PUBLIC = "https://dossier.example/base"
QUESTIONS: list[dict[str, str]] = [
    {},
    {"kind": "event,statement"},
    {"actor": "north-korea"},
    {"topic": "economic", "kind": "figure"},
    {"document": COMMENTARY.name},
]


@pytest.fixture(scope="module")
def api(both: str) -> Iterator[httpx.Client]:
    """A client of a service over it that has a public URL."""
    with serving(both, PUBLIC) as url, client_of(url) as client:
        yield client


def read(client: httpx.Client, **params: str) -> Any:
    answer = client.get("/v1/changes.atom", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml"
    assert answer.headers["content-encoding"] == "gzip"
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.bozo_exception
    assert found.version == "atom10"
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_feed_reader_shows_the_records_of_the_lists(api: httpx.Client, question: dict[str, str]) -> None:
    listed: list[Json] = []
    for plural in PLURALS:
        filters = {name: value for name, value in question.items() if name != "kind"}
        if question.get("kind", plural[:-1]).count(plural[:-1]):
            listed += items(api, f"/v1/{plural}", limit=200, **filters) if plural != "documents" or not filters else []
    if "actor" in question:  # a list of actors leaves out the actor itself
        listed.append(api.get(f"/v1/actors/{question['actor']}").json())
    found = read(api, **question, limit="200")
    expected = {f"{PUBLIC}{record['url'].removeprefix('/base/v1')}": record for record in listed}
    entries = {entry.id: entry for entry in found.entries if "/documents/" not in entry.id or not question}
    assert entries.keys() == expected.keys()
    for iri, entry in entries.items():
        record = expected[iri]
        assert entry.title == f"{record['name']} ({record['kind']})"
        assert (entry.link, entry.summary, entry.updated) == (iri, record["summary"], record["updated_at"])
        assert [tag.term for tag in entry.tags] == [record["kind"], *record["topics"]]
        [content] = entry.content
        assert content.type == "text/html"
        for quote in record["evidence"][:5]:
            document = (record["document"] or record)["id"]
            assert f"{PUBLIC}/documents/{document}?passage={quote['passage']}#e-{quote['id']}" in content.value
        assert content.value.count("<blockquote>") == min(5, len(record["evidence"]))


def test_the_newest_come_first_and_the_rest_is_left_out(api: httpx.Client) -> None:
    whole = [entry.id for entry in read(api, limit="200").entries]
    revisions = {
        f"{PUBLIC}/{plural}/{each['id']}": each["revision"]
        for plural in PLURALS
        for each in items(api, f"/v1/{plural}", limit=200)
    }
    assert [revisions[iri] for iri in whole] == sorted(revisions.values(), reverse=True)[:200]
    assert set(revisions.values()) == {1, 2}
    assert [entry.id for entry in read(api, limit="3").entries] == whole[:3]
    assert len(read(api).entries) == 50


def test_a_feed_says_what_it_follows_and_where(api: httpx.Client) -> None:
    found = read(api, actor="north-korea", kind="event").feed
    assert found.title == "Dossier: North Korea, events"
    [own] = [link.href for link in found.links if link.rel == "self"]
    assert own == found.id == f"{PUBLIC}/v1/changes.atom?actor=north-korea&kind=event"
    assert read(api).feed.title == "Dossier: all changes"


def test_a_feed_is_stored_until_something_changes(database: Callable[[Any], Engine]) -> None:
    engine = database("seeded")
    with serving(str(engine.url)) as url, client_of(url) as client:
        first = client.get("/v1/changes.atom")
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get("/v1/changes.atom", headers=known).status_code == 304
        before = feedparser.parse(first.content)
        assert before.feed.id.startswith("urn:uuid:")
        assert all(entry.id.startswith("urn:uuid:") for entry in before.entries)
        loaded(engine, COMMENTARY)
        after = client.get("/v1/changes.atom", headers=known)
        assert after.status_code == 200
        feed = feedparser.parse(after.content)
        assert feed.feed.updated > before.feed.updated
        new = [entry for entry in feed.entries if entry.updated == feed.feed.updated]
        assert len(new) == 29


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/", ""),
        ("/events", "?kind=event"),
        ("/actors/north-korea", "?actor=north-korea"),
        (f"/documents/{SEED.name}", f"?document={SEED.name}"),
        ("/timeline", ""),
    ],
)
def test_a_page_leads_to_its_feed(api: httpx.Client, path: str, feed: str) -> None:
    text = api.get(path, headers={"Accept": "text/html"}).text
    [link] = re.findall('<link rel="alternate" type="application/atom.xml" title="Changes" href="([^"]*)">', text)
    assert link == f"/base/v1/changes.atom{feed}"
    assert api.get(link.removeprefix("/base")).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("limit", "201"), ("topic", "no_topic"), ("since", "1"), ("kind", "x")])
def test_misuse_is_refused(seeded_url: str, name: str, value: str) -> None:
    content = problem(get(f"{seeded_url}/v1/changes.atom", params={name: value}), 422)
    assert [error["parameter"] for error in content["errors"]] == [name]
