"""The analysis of the seed is complete: records cite every sentence of every paragraph, and no boilerplate."""

import httpx
import pytest

from tests.services.api import PLURALS, client_of, items

Stretch = tuple[int, int]


@pytest.fixture(scope="module")
def text(seeded_url: str) -> str:
    with client_of(seeded_url) as client:
        [document] = items(client, "/v1/documents")
        return client.get(f"{document['url']}/text").text


@pytest.fixture(scope="module")
def quoted(seeded_url: str) -> list[Stretch]:
    """The spans of the quotes of every record, except the document."""
    with client_of(seeded_url) as client:
        urls = [record["url"] for kind in PLURALS if kind != "documents" for record in items(client, f"/v1/{kind}")]
        return [(quote["start"], quote["end"]) for url in urls for quote in items(client, f"{url}/evidence")]


def sentences(api: httpx.Client, kind: str) -> list[Stretch]:
    """The sentences of all passages of one type."""
    [document] = items(api, "/v1/documents")
    passages = items(api, f"{document['url']}/passages", type=kind)
    assert passages
    return [(sentence["start"], sentence["end"]) for passage in passages for sentence in passage["sentences"]]


def test_every_sentence_of_every_paragraph_is_cited_by_a_record(
    api: httpx.Client, text: str, quoted: list[Stretch]
) -> None:
    found = sentences(api, "paragraph")
    assert len(found) > 40
    silent = [text[start:end] for start, end in found if not any(a < end and start < b for a, b in quoted)]
    assert silent == []


def test_no_word_of_a_paragraph_is_left_out_by_every_quote(api: httpx.Client, text: str, quoted: list[Stretch]) -> None:
    covered = {at for start, end in quoted for at in range(start, end)}
    left = {
        text[start:end]: "".join(text[at] if at not in covered else " " for at in range(start, end)).split()
        for start, end in sentences(api, "paragraph")
        if any(text[at].isalnum() and at not in covered for at in range(start, end))
    }
    assert left == {}


def test_the_heading_is_cited(api: httpx.Client, quoted: list[Stretch]) -> None:
    [(start, end)] = sentences(api, "heading")
    assert any(a < end and start < b for a, b in quoted)


def test_page_furniture_is_cited_by_nothing_not_even_the_document(api: httpx.Client, quoted: list[Stretch]) -> None:
    [document] = items(api, "/v1/documents")
    all_quotes = quoted + [(q["start"], q["end"]) for q in items(api, f"{document['url']}/evidence")]
    [furniture] = items(api, f"{document['url']}/passages", type="boilerplate")
    assert furniture["evidence_count"] == 0
    for start, end in sentences(api, "boilerplate"):
        assert not any(a < end and start < b for a, b in all_quotes)


def test_a_passage_counts_the_quotes_that_are_taken_from_it(api: httpx.Client, quoted: list[Stretch]) -> None:
    [document] = items(api, "/v1/documents")
    all_quotes = quoted + [(q["start"], q["end"]) for q in items(api, f"{document['url']}/evidence")]
    for passage in items(api, f"{document['url']}/passages"):
        inside = [(a, b) for a, b in all_quotes if passage["start"] <= a and b <= passage["end"]]
        assert passage["evidence_count"] == len(inside)
