"""Evidence: every quote matches the characters of its document at its offsets."""

import itertools
from typing import Any

import httpx
import pytest

from tests.services.api import PLURALS, client_of, items, pages

PLURALS_WITH_EVIDENCE = [plural for plural in PLURALS if plural != "documents"]


@pytest.fixture(scope="module")
def texts(seeded_url: str) -> dict[str, str]:
    """The text of every document, as served."""
    with client_of(seeded_url) as client:
        return {item["id"]: client.get(f"{item['url']}/text").text for item in items(client, "/v1/documents")}


@pytest.mark.parametrize("plural", PLURALS)
def test_every_quote_of_every_record_stands_in_the_text_where_it_says(
    api: httpx.Client, texts: dict[str, str], plural: str
) -> None:
    records = items(api, f"/v1/{plural}", limit=200)
    assert len(records) == api.get("/v1").json()["counts"][plural] > 0
    for record in records:
        quotes = items(api, f"{record['url']}/evidence", limit=3)
        assert len(quotes) == record["evidence_count"]
        assert record["evidence"] == [quote for quote in quotes if quote["document"] == record["document"]] or (
            record["kind"] == "document" and len(record["evidence"]) == len(quotes)
        )
        for quote in quotes:
            text, start, end = texts[quote["document"]["id"]], quote["start"], quote["end"]
            assert text[start:end] == quote["exact"]
            assert text[:start].endswith(quote["prefix"])
            assert text[end:].startswith(quote["suffix"])
            assert len(quote["exact"]) <= 300
            assert max(len(quote["prefix"]), len(quote["suffix"])) <= 32


@pytest.mark.parametrize("plural", PLURALS_WITH_EVIDENCE)
def test_no_record_is_without_evidence(api: httpx.Client, plural: str) -> None:
    assert all(record["evidence_count"] > 0 for record in items(api, f"/v1/{plural}"))


@pytest.mark.parametrize("plural", PLURALS)
def test_a_list_shows_of_a_record_what_its_own_path_shows(api: httpx.Client, plural: str) -> None:
    for record in items(api, f"/v1/{plural}"):
        assert api.get(record["url"]).json() == record


def test_every_pointer_points_at_something_in_its_record(api: httpx.Client) -> None:
    pointed = 0
    for plural in PLURALS:
        for record in items(api, f"/v1/{plural}"):
            for pointer in (pointer for quote in record["evidence"] for pointer in quote["supports"]):
                part: Any = record
                for step in pointer.split("/")[1:]:
                    part = part[int(step)] if isinstance(part, list) else part[step]
                assert part is not None
                assert part != []
                pointed += 1
    assert pointed > 0


def test_mentions_stand_where_they_say_and_are_equal_or_do_not_overlap(
    api: httpx.Client, texts: dict[str, str]
) -> None:
    places = []
    for actor in items(api, "/v1/actors"):
        mentions = items(api, f"{actor['url']}/mentions", limit=7)
        assert len(mentions) == actor["mention_count"]
        for mention in mentions:
            text = texts[mention["document"]["id"]]
            assert text[mention["start"] : mention["end"]] == mention["exact"]
            assert mention["exact"] in [actor["name"], *actor["aliases"]] or actor["mention_count"] > 0
            places.append((mention["document"]["id"], mention["start"], mention["end"]))
    places = sorted({*places})  # words such as “both countries” mention two actors
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(places))


def test_passages_and_their_sentences_make_up_the_text(api: httpx.Client, texts: dict[str, str]) -> None:
    for document, text in texts.items():
        passages = items(api, f"/v1/documents/{document}/passages", limit=2)
        assert "".join(passage["text"] for passage in passages) == "".join(text.splitlines())
        for passage in passages:
            assert text[passage["start"] : passage["end"]] == passage["text"]
            spans = [text[sentence["start"] : sentence["end"]] for sentence in passage["sentences"]]
            assert " ".join(spans) == passage["text"]


def test_no_page_is_longer_than_its_limit(api: httpx.Client) -> None:
    assert [len(page["items"]) for page in pages(api, "/v1/actors", limit=9)][:-1].count(9) > 1
