"""Coverage: the sentences that records cite, compared with a count in plain Python."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from tests.factories.bundles import loaded, unloaded
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, client_of, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

Json = dict[str, Any]


@pytest.fixture(params=["seeded_url", "generated_url"])
def api(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over the seed, then over generated records."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


def expected(client: httpx.Client, document: str) -> list[Json]:
    """The coverage of a document, computed from its passages and the quotes of all records."""
    text = client.get(f"/v1/documents/{document}/text").text
    quotes = [
        (quote["start"], quote["end"], {name: record[name] for name in ("kind", "id", "name", "url")})
        for plural in PLURALS
        for record in items(client, f"/v1/{plural}", limit=200, document=document)
        for quote in items(client, f"{record['url']}/evidence", limit=200, document=document)
        if record["url"] != f"/v1/documents/{document}"
    ]
    sentences = []
    for passage in items(client, f"/v1/documents/{document}/passages", limit=200):
        for sentence in passage["sentences"]:
            start, end = sentence["start"], sentence["end"]
            records = {ref["url"]: ref for a, b, ref in quotes if a < end and b > start}
            sentences.append(
                {
                    "passage": passage["number"],
                    "start": start,
                    "end": end,
                    "text": text[start:end],
                    "records": sorted(records.values(), key=lambda ref: (ref["kind"], ref["id"])),
                }
            )
    return sentences


def test_each_sentence_has_the_records_that_quote_some_of_it(api: httpx.Client) -> None:
    document = items(api, "/v1/documents")[0]["id"]
    path, sentences = f"/v1/documents/{document}/coverage", expected(api, document)
    assert items(api, path, limit=13) == sentences
    cited = [sentence for sentence in sentences if sentence["records"]]
    assert api.get(path, params={"limit": 1}).json()["cited"] == len(cited)
    assert items(api, path, cited="true") == cited
    passages = items(api, f"/v1/documents/{document}/passages")
    left_out = {passage["number"] for passage in passages if passage["type"] in ("heading", "boilerplate")}
    assert 1 in left_out
    assert items(api, path, cited="false") == [
        sentence for sentence in sentences if not sentence["records"] and sentence["passage"] not in left_out
    ]
    chosen = {sentences[0]["passage"], sentences[-1]["passage"]}
    assert items(api, path, passage=sentences[0]["passage"]) == [
        sentence for sentence in sentences if sentence["passage"] == sentences[0]["passage"]
    ]
    answer = api.get(path, params={"passage": sorted(chosen), "limit": 200}).json()
    assert answer["items"] == [sentence for sentence in sentences if sentence["passage"] in chosen]
    assert answer["cited"] == len(cited), "counts the whole document, whatever the page"


def test_both_commentaries_cite_every_sentence_that_counts(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    loaded(engine, COMMENTARY)
    with serving(str(engine.url)) as url, client_of(url) as client:
        for document in (SEED.name, COMMENTARY.name):
            assert items(client, f"/v1/documents/{document}/coverage", cited="false") == []


def test_a_sentence_that_nothing_cites_any_more_shows(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    loaded(engine, COMMENTARY)
    path = f"/v1/documents/{SEED.name}/coverage"
    with serving(str(engine.url)) as url, client_of(url) as client:
        before = client.get(path).json()["cited"]
        unloaded(engine, COMMENTARY.name)
        assert client.get(path).json()["cited"] == before
        assert client.get(f"/v1/documents/{COMMENTARY.name}/coverage").status_code == 410


def test_misuse_is_refused(seeded_url: str) -> None:
    with client_of(seeded_url) as client:
        path = f"/v1/documents/{SEED.name}/coverage"
        for name, value in (("cited", "yes"), ("passage", "-1"), ("sort", "passage"), ("fields", "sentence")):
            content = problem(client.get(path, params={name: value}), 422)
            assert [error["parameter"] for error in content["errors"]] == [name]
        assert items(client, path, passage="9999") == []
        problem(client.get(f"/v1/documents/{SEED.name}x/coverage"), 404)
