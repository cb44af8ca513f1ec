"""Evidence: every quote matches the characters of its document at its offsets."""

import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Engine, select

from app.bundle.source import BundleRejected
from app.model.tables import EVIDENCE, RECORD
from tests.factories.bundles import edited, loaded
from tests.factories.generated import Commentary
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, annotations, client_of, items, pages
from tests.services.serving import serving

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
        itself = {name: record[name] for name in ("kind", "id", "name", "url")}
        own = record["document"] or itself
        assert [quote | {"record": itself, "document": own} for quote in record["evidence"]] == [
            quote for quote in quotes if quote["document"] == own
        ]
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


def quotes_of(engine: Engine) -> dict[tuple[str, str, int], tuple[str, int]]:
    """The id and the start of each quote: by record, words, and place among the record's quotes with these words."""
    query = select(EVIDENCE.c.id, EVIDENCE.c.start, EVIDENCE.c.exact, RECORD.c.kind, RECORD.c.slug)
    query = query.join_from(EVIDENCE, RECORD, RECORD.c.id == EVIDENCE.c.record_id).order_by(EVIDENCE.c.start)
    found: dict[tuple[str, str, int], tuple[str, int]] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            record = f"{row.kind}/{row.slug}"
            number = sum((record, row.exact) == key[:2] for key in found)
            found[record, row.exact, number] = (row.id, row.start)
    return found


def bodies(engine: Engine) -> dict[str, dict[str, Any]]:
    """The JSON of each record, by its path."""
    with engine.connect() as connection:
        return {body["url"]: body for body in map(orjson.loads, connection.execute(select(RECORD.c.body)).scalars())}


LINE = "Nothing in this line is quoted by any record at all.\n"


@pytest.mark.parametrize("before", ["Beijing has quietly", "The broadcaster Channel", "In early June", None])
def test_text_inserted_elsewhere_changes_no_id_and_only_the_records_whose_quotes_moved(
    database: Callable[[str], Engine], tmp_path: Path, before: str | None
) -> None:
    engine = database("both")
    quotes, records = quotes_of(engine), bodies(engine)
    text = (COMMENTARY / "document.txt").read_text("utf-8")
    at = text.index(before) if before else len(text)
    inserted = LINE if before else f"\n{LINE}"
    copy = shutil.copytree(COMMENTARY, tmp_path / "copy")
    (copy / "document.txt").write_text(text[:at] + inserted + text[at:], "utf-8")
    analysis = (copy / "analysis.yaml").read_text("utf-8")
    line = text[:at].count("\n") + 1  # the numbers of passages from here on are one higher
    if before:
        analysis = re.sub(
            r"(passage: |, )(\d+)(?=[,:}])",
            lambda found: found[1] + str(int(found[2]) + (int(found[2]) >= line)),
            analysis,
        )
    (copy / "analysis.yaml").write_text(analysis, "utf-8")
    revision = loaded(engine, copy).revision
    after = quotes_of(engine)
    assert {key: name for key, (name, _) in after.items()} == {key: name for key, (name, _) in quotes.items()}
    moved = {key for key, (_, start) in after.items() if start != quotes[key][1]}
    assert bool(moved) is (before is not None)
    changed = {url for url, record in bodies(engine).items() if record["revision"] == revision}
    shown = ("passage", "start", "end", "prefix", "suffix")
    wanted = {
        url
        for url, record in bodies(engine).items()
        if [[q[name] for name in shown] for q in record["evidence"]]
        != [[q[name] for name in shown] for q in records[url]["evidence"]]
    }
    assert changed == wanted | {f"/v1/documents/{COMMENTARY.name}"}


def test_a_record_that_cites_the_same_words_twice_numbers_them_and_ignores_where_else_they_stand(
    database: Callable[[str], Engine], tmp_path: Path
) -> None:
    commentary = Commentary("twice", Random(0), 7)
    again = "They said it again."
    commentary.lines += [again, "Then they were silent.", again]
    event = commentary.analysis["events"][0]
    event["evidence"] += [{"exact": again, "occurrence": 2}, {"exact": again, "occurrence": 1}]
    engine = database("empty")
    loaded(engine, commentary.write(tmp_path / "before"))
    before = quotes_of(engine)
    ids = [before[f"event/{event['id']}", again, number][0] for number in (0, 1)]
    assert len({*ids}) == 2

    commentary.lines.insert(1, again)  # earlier than both, and not cited
    for quote, occurrence in zip(event["evidence"][-2:], (3, 2), strict=True):
        quote["occurrence"] = occurrence
    loaded(engine, commentary.write(tmp_path / "after"))
    after = quotes_of(engine)
    assert [after[f"event/{event['id']}", again, number][0] for number in (0, 1)] == ids
    assert {key: name for key, (name, _) in after.items()} == {key: name for key, (name, _) in before.items()}
    assert all(after[key][1] == start + len(again) + 1 for key, (_, start) in before.items() if key[1] == again)


def test_a_publisher_and_authors_need_no_quote_and_are_found_by_their_document(
    database: Callable[[str], Engine], tmp_path: Path
) -> None:
    author = "{id: ada-quist, name: Ada Quist, type: person, summary: She wrote the briefing.}"
    copy = edited(
        COMMENTARY,
        tmp_path / "copy",
        ("authors: []", "authors: [ada-quist]"),
        ('    evidence: ["Harbour Notes, Briefing 3"]\n', f"  - {author}\n"),
    )
    engine = database("empty")
    loaded(engine, SEED, copy)
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        for actor, role in (("ada-quist", "author"), ("harbour-notes", "publisher")):
            record = client.get(f"/v1/actors/{actor}").json()
            assert (record["evidence"], record["evidence_count"], record["actors"]) == ([], 0, [])
            assert items(client, f"/v1/actors/{actor}/evidence") == []
            [document] = items(client, "/v1/documents", **{role: actor})
            assert document["id"] == COMMENTARY.name
            dossier = client.get(f"/v1/actors/{actor}/dossier").json()
            assert (dossier["documents"]["items"], dossier["counts"][role]) == ([document], 1)
        unquoted = [actor["id"] for actor in items(client, "/v1/actors", sort="position")[-2:]]
        assert unquoted == ["ada-quist", "harbour-notes"]
    wrong = edited(copy, tmp_path / "wrong", ("authors: [ada-quist]", "authors: []"))
    with pytest.raises(BundleRejected, match="is empty; only the document's publisher and authors may be"):
        loaded(engine, wrong)


def test_annotations_and_entities_keep_their_ids_when_a_line_is_inserted(
    database: Callable[[str], Engine], tmp_path: Path
) -> None:
    commentary = Commentary("kept", Random(1), 14)
    engine = database("empty")

    def named() -> tuple[list[str], list[str]]:
        with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
            entities = client.get("/v1/export", params={"format": "ftm"}).text.splitlines()
            return [a["id"] for a in annotations(client, "kept")], [orjson.loads(line)["id"] for line in entities]

    loaded(engine, commentary.write(tmp_path / "before"))
    before = named()
    commentary.lines.insert(1, "A line that nothing quotes.")
    loaded(engine, commentary.write(tmp_path / "after"))
    after = named()
    assert sorted(after[0]) == sorted(before[0])
    assert sorted(after[1]) == sorted(before[1])
