"""Two commentaries in one dataset: shared actors, edits, removals, and the records that they leave unchanged."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from app.bundle.check import differences
from app.bundle.source import BundleRejected
from app.database.transactions import reading
from app.model.tables import CHANGE
from tests.factories.bundles import dump, edited, loaded, record, rewritten, source, unloaded
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, client_of, items
from tests.services.databases import Databases
from tests.services.serving import serving

FIRST, SECOND = "sceeus-guest-commentary-8-2022", "harbour-notes-3-2023"
SHARED = {
    "/v1/actors/russia",
    "/v1/actors/north-korea",
    "/v1/actors/china",
    "/v1/sanctions/sanctions-on-north-korea",
    "/v1/relationships/russia-north-korea-trade",
}

NEEDS_IT = f"of the document '{SECOND}' needs it"

Records = dict[str, dict[str, Any]]


@pytest.fixture
def engine(database: Callable[[str], Engine]) -> Engine:
    """A database with the seed and the second commentary."""
    return database("both")


@pytest.fixture(scope="module")
def both(databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over both commentaries."""
    with serving(databases.shared("both")) as url, client_of(url) as client:
        yield client


def served(engine: Engine) -> Records:
    """Every record by its path, as the lists show it."""
    with serving(str(engine.url)) as url, client_of(url) as client:
        return walked(client)


def walked(client: httpx.Client) -> Records:
    return {item["url"]: item for plural in PLURALS for item in items(client, f"/v1/{plural}", limit=200)}


def timeless(records: Records) -> Records:
    """Records without `revision` and `updated_at`."""
    return {
        url: {name: value for name, value in fields.items() if name not in ("revision", "updated_at")}
        for url, fields in records.items()
    }


def paths(folder: Path) -> set[str]:
    """The paths of the records that a bundle introduces."""
    return {f"/v1/{kind.plural}/{draft.id}" for kind, _, draft in source(folder).bundle.drafts()}


def refused(act: Callable[[], object]) -> list[str]:
    """The messages of a rejected load."""
    with pytest.raises(BundleRejected) as caught:
        act()
    return [problem.detail for problem in caught.value.problems]


# Loading


def test_it_is_loaded_as_the_first_was_and_changes_only_what_it_adds_to(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    result = loaded(engine, COMMENTARY)
    assert result.revision == 2
    assert result.changes == {"created": len(paths(COMMENTARY)), "changed": len(SHARED)}
    with reading(engine) as connection:
        assert list(differences(connection)) == []


def test_every_quote_and_mention_of_both_stands_where_it_says_in_code_points(both: httpx.Client) -> None:
    texts = {item["id"]: both.get(f"{item['url']}/text").text for item in items(both, "/v1/documents")}
    assert texts.keys() == {FIRST, SECOND}
    beyond = 0
    for url, fields in walked(both).items():
        found = items(both, f"{url}/evidence", limit=2)
        assert len(found) == fields["evidence_count"]
        if fields["kind"] == "actor":
            found += (mentions := items(both, f"{url}/mentions", limit=5))
            assert len(mentions) == fields["mention_count"]
        for place in found:
            text = texts[place["document"]["id"]]
            assert text[place["start"] : place["end"]] == place["exact"]
            utf_16 = text.encode("utf-16-le")[2 * place["start"] : 2 * place["end"]]
            beyond += utf_16.decode("utf-16-le", "replace") != place["exact"]
    assert beyond > 30, "the text begins outside the BMP, where UTF-16 offsets differ"


def test_records_of_the_first_are_untouched_but_for_what_was_added(api: httpx.Client, both: httpx.Client) -> None:
    before, after = walked(api), walked(both)
    assert after.keys() == before.keys() | paths(COMMENTARY)
    changed = {url for url in before if before[url] != after[url]}
    assert changed == SHARED
    added = {
        url: {name for name in before[url] if before[url][name] != after[url][name]} - {"updated_at"} for url in SHARED
    }
    assert added == {
        "/v1/actors/russia": {"evidence_count", "mention_count", "revision"},
        "/v1/actors/north-korea": {"evidence_count", "mention_count", "revision"},
        "/v1/actors/china": {"aliases", "evidence_count", "mention_count", "revision"},
        "/v1/sanctions/sanctions-on-north-korea": {"evidence_count", "revision"},
        "/v1/relationships/russia-north-korea-trade": {"evidence_count", "revision"},
    }
    for url in SHARED:
        assert after[url]["evidence_count"] == before[url]["evidence_count"] + 1
        assert after[url]["document"]["id"] == FIRST
        assert (before[url]["revision"], after[url]["revision"]) == (1, 2)
    assert after["/v1/actors/china"]["aliases"] == [*before["/v1/actors/china"]["aliases"], "Beijing"]


def test_a_shared_actor_has_the_quotes_of_both_and_shows_those_of_its_own_document(both: httpx.Client) -> None:
    actor = both.get("/v1/actors/north-korea").json()
    itself = {name: actor[name] for name in ("kind", "id", "name", "url")}
    quotes = items(both, "/v1/actors/north-korea/evidence")
    assert actor["document"]["id"] == FIRST
    assert [quote for quote in quotes if quote["document"]["id"] == FIRST] == [
        quote | {"record": itself, "document": actor["document"]} for quote in actor["evidence"]
    ]
    [added] = items(both, "/v1/actors/north-korea/evidence", document=SECOND)
    assert (added["exact"], added["supports"]) == ("Pyongyang said nothing at all", ["/country"])


def test_a_list_narrowed_to_a_document_has_what_it_introduced_and_what_it_adds_to(both: httpx.Client) -> None:
    found = {item["url"] for plural in PLURALS for item in items(both, f"/v1/{plural}", document=SECOND)}
    assert found == paths(COMMENTARY) | SHARED


def test_mentions_follow_the_exceptions_of_their_own_document(both: httpx.Client) -> None:
    def mentioned(actor: str) -> list[tuple[int, str]]:
        found = items(both, f"/v1/actors/{actor}/mentions", document=SECOND)
        return [(mention["passage"], mention["exact"]) for mention in found]

    assert mentioned("russia") == [(3, "Russia"), (5, "Moscow"), (6, "Russia")]  # the ferry Moscow is no actor
    assert mentioned("north-korea") == [(3, "Pyongyang"), (5, "North Korea"), (6, "North Korea")]
    assert mentioned("china") == [(4, "China"), (5, "Beijing")]
    assert mentioned("channel-u") == [(4, "The broadcaster"), (4, "Channel 𝔘")]
    assert mentioned("customs-officers") == [(4, "customs officers")]
    assert mentioned("selene-traders-league") == [(7, "Sceptics"), (7, "Selene Traders’ League"), (7, "the League")]
    assert mentioned("soviet-union") == []


def test_its_terms_stand_in_the_vocabularies_and_can_be_asked_for(api: httpx.Client, both: httpx.Client) -> None:
    for vocabulary, term in (("topic", "rail_freight"), ("metric", "wagons_returned"), ("unit", "wagons")):
        [added] = [t for t in both.get(f"/v1/vocabularies/{vocabulary}").json()["terms"] if t["term"] == term]
        assert added["source"] == "local"
        assert term not in [t["term"] for t in api.get(f"/v1/vocabularies/{vocabulary}").json()["terms"]]
    assert [item["id"] for item in items(both, "/v1/figures", topic="rail_freight")] == ["wagons-turned-back"]
    assert api.get("/v1/figures", params={"topic": "rail_freight"}).status_code == 422


def test_a_mention_by_exception_alone_counts_for_the_actor(engine: Engine, tmp_path: Path) -> None:
    before = served(engine)["/v1/actors/rodong-sinmun"]
    edits = ("{text: The broadcaster, actor: channel-u}", "{text: The broadcaster, actor: rodong-sinmun}")
    loaded(engine, edited(COMMENTARY, tmp_path / "copy", edits))
    after = served(engine)["/v1/actors/rodong-sinmun"]
    assert after["mention_count"] == before["mention_count"] + 1
    assert after["revision"] == 3
    unloaded(engine, SECOND)
    assert served(engine)["/v1/actors/rodong-sinmun"]["mention_count"] == before["mention_count"]


@pytest.mark.parametrize("folders", [(SEED, COMMENTARY), (COMMENTARY, SEED)], ids=["first, second", "second, first"])
def test_loading_both_at_once_in_any_order_gives_what_loading_them_in_turn_gives(
    database: Callable[[str], Engine], both: httpx.Client, folders: tuple[Path, Path]
) -> None:
    engine = database("empty")
    loaded(engine, *folders)
    assert timeless(served(engine)) == timeless(walked(both))


# Loading again


def test_loading_it_again_changes_nothing(engine: Engine) -> None:
    before = dump(engine)
    for folders in ([COMMENTARY], [SEED], [SEED, COMMENTARY], [COMMENTARY, SEED]):
        result = loaded(engine, *folders)
        assert str(result) == "nothing changed; revision 2"
        assert dump(engine) == before


@pytest.mark.parametrize("folder", [SEED, COMMENTARY], ids=["first", "second"])
def test_writing_an_analysis_in_another_layout_changes_what_is_given_out_and_no_record(
    engine: Engine, tmp_path: Path, folder: Path
) -> None:
    before = dump(engine)
    assert str(loaded(engine, rewritten(folder, tmp_path / "copy"))) == "no record changed; revision 3"
    after = dump(engine)
    changed = {table for table, rows in after.items() if rows != before[table]}
    assert changed - {"search"} == {"dataset", "load", "document"}, (
        "the index may hold the same quotes in another order"
    )


def test_an_edit_that_no_record_shows_raises_the_revision_all_the_same(engine: Engine, tmp_path: Path) -> None:
    before = served(engine)
    copy = edited(COMMENTARY, tmp_path / "copy", ("passages: {1: heading,", "passages: {1: caption,"))
    assert str(loaded(engine, copy)) == "no record changed; revision 3"
    with serving(str(engine.url)) as url, client_of(url) as client:
        assert client.get("/v1").json()["revision"] == 3
        assert items(client, f"/v1/documents/{SECOND}/passages")[0]["type"] == "caption"
        assert walked(client) == before


def test_a_record_that_an_edited_bundle_no_longer_has_is_gone(engine: Engine, tmp_path: Path) -> None:
    def drop(analysis: dict[str, Any]) -> None:
        analysis["figures"].remove(record(analysis, "figures", "crossings-a-year"))
        record(analysis, "assessments", "league-often-wrong")["about"] = []

    before = served(engine)
    result = loaded(engine, rewritten(COMMENTARY, tmp_path / "copy", drop))
    assert result.revision == 3
    assert result.changes == {"changed": 1, "deleted": 1}
    change = CHANGE
    with reading(engine) as connection:
        lines = connection.execute(select(change).where(change.c.revision == 3).order_by(change.c.id)).all()
    assert [(line.change, line.kind, line.slug, line.name) for line in lines] == [
        ("changed", "assessment", "league-often-wrong", "The traders' expectation is to be taken with care"),
        ("deleted", "figure", "crossings-a-year", "Expected crossings a year"),
    ]
    with serving(str(engine.url)) as url, client_of(url) as client:
        for path in ("/v1/figures/crossings-a-year", "/v1/figures/crossings-a-year/evidence"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (410, "/problems/gone")
        assert client.get("/v1/figures/crossings-a-month").status_code == 404
        after = walked(client)
    edited_away = {"/v1/figures/crossings-a-year", "/v1/assessments/league-often-wrong"}
    assert after.keys() == before.keys() - {"/v1/figures/crossings-a-year"}
    assert all(after[url] == before[url] for url in before.keys() - edited_away)


def test_a_record_that_comes_back_is_there_again(engine: Engine, tmp_path: Path) -> None:
    def drop(analysis: dict[str, Any]) -> None:
        analysis["assessments"].remove(record(analysis, "assessments", "no-alliance"))

    before = served(engine)
    loaded(engine, rewritten(COMMENTARY, tmp_path / "copy", drop))
    assert loaded(engine, COMMENTARY).changes == {"created": 1}
    after = served(engine)
    assert after["/v1/assessments/no-alliance"]["revision"] == 4
    assert timeless(after) == timeless(before)


def test_a_renamed_actor_has_its_new_name_in_every_reference_of_both_documents(engine: Engine, tmp_path: Path) -> None:
    def rename(analysis: dict[str, Any]) -> None:
        actor = record(analysis, "actors", "russia")
        actor["name"] = "Russian Federation"
        actor["aliases"] = [*actor["aliases"], "Russia"]

    def naming(records: Records, name: str) -> set[str]:
        """The records that refer to Russia by a name."""
        ref = {"kind": "actor", "id": "russia", "name": name, "url": "/v1/actors/russia"}

        def refers(part: Any) -> bool:
            if part == ref:
                return True
            inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
            return any(map(refers, inner))

        return {url for url, fields in records.items() if refers(list(fields.values()))}

    before = served(engine)
    loaded(engine, rewritten(SEED, tmp_path / "copy", rename))
    after = served(engine)
    referring = naming(before, "Russia")
    assert {"/v1/events/karsk-crossing", "/v1/sanctions/sealing-rule", "/v1/events/invasion-of-ukraine"} <= referring
    assert (naming(after, "Russian Federation"), naming(after, "Russia")) == (referring, set())
    assert {url for url in after if after[url]["revision"] == 3} == referring | {"/v1/actors/russia"}
    assert {url for url in after if after[url] != before[url]} == referring | {"/v1/actors/russia"}
    assert after["/v1/actors/russia"]["mention_count"] == before["/v1/actors/russia"]["mention_count"]


# Unloading


def test_unloading_it_leaves_the_first_as_it_was(api: httpx.Client, engine: Engine) -> None:
    result = unloaded(engine, SECOND)
    assert result.changes == {"changed": len(SHARED), "deleted": len(paths(COMMENTARY))}
    with serving(str(engine.url)) as url, client_of(url) as client:
        assert timeless(walked(client)) == timeless(walked(api))
        assert items(client, "/v1/actors/china/evidence") == items(api, "/v1/actors/china/evidence")
        assert items(client, "/v1/actors/china/mentions") == items(api, "/v1/actors/china/mentions")
        assert client.get("/v1/vocabularies").json() == api.get("/v1/vocabularies").json()
        for path in paths(COMMENTARY) | {f"/v1/documents/{SECOND}/text", f"/v1/documents/{SECOND}/passages"}:
            assert client.get(path).status_code == 410, path
    with reading(engine) as connection:
        assert list(differences(connection)) == []


def test_what_was_unloaded_can_be_loaded_again(engine: Engine) -> None:
    before = served(engine)
    unloaded(engine, SECOND)
    loaded(engine, COMMENTARY)
    assert timeless(served(engine)) == timeless(before)


def test_a_document_that_is_not_there_cannot_be_unloaded(engine: Engine) -> None:
    before = dump(engine)
    for nobody in ("no-such-document", "russia"):
        with pytest.raises(LookupError, match=nobody):
            unloaded(engine, nobody)
    assert dump(engine) == before


# Rejected loads


def test_unloading_a_document_is_refused_with_the_list_of_what_the_other_needs(engine: Engine) -> None:
    before = dump(engine)
    problems = refused(lambda: unloaded(engine, FIRST))
    assert set(problems) >= {
        f"the actor 'russia' cannot be removed: the event 'karsk-crossing' {NEEDS_IT}",
        "the actor 'russia' cannot be removed: the document 'harbour-notes-3-2023' needs it",
        f"the actor 'china' cannot be removed: the sanction 'sealing-rule' {NEEDS_IT}",
        f"the actor 'north-korea' cannot be removed: the statement 'russia-on-crossing' {NEEDS_IT}",
        f"the sanction 'sanctions-on-north-korea' cannot be removed: the sanction 'sealing-rule' {NEEDS_IT}",
        f"the assessment 'economy-deeply-troubled' cannot be removed: the assessment 'bread-and-headlines' {NEEDS_IT}",
        "the topic 'sanctions' cannot be removed: the document 'harbour-notes-3-2023' uses it",
    }
    needed = {problem.split("'")[1] for problem in problems}
    assert needed == {
        "russia", "north-korea", "china", "sanctions-on-north-korea", "russia-north-korea-trade",
        "economy-deeply-troubled", "sanctions",
    }  # fmt: skip
    assert dump(engine) == before


def test_editing_away_a_record_that_the_other_document_refers_to_is_refused(engine: Engine, tmp_path: Path) -> None:
    def drop(analysis: dict[str, Any]) -> None:
        analysis["assessments"].remove(record(analysis, "assessments", "economy-deeply-troubled"))

    before = dump(engine)
    assert refused(lambda: loaded(engine, rewritten(SEED, tmp_path / "copy", drop))) == [
        f"the assessment 'economy-deeply-troubled' cannot be removed: the assessment 'bread-and-headlines' {NEEDS_IT}"
    ]
    assert dump(engine) == before


def test_editing_away_a_record_that_the_other_document_adds_to_is_refused(engine: Engine, tmp_path: Path) -> None:
    def cite(analysis: dict[str, Any]) -> None:
        quote = {"exact": "North Korea may simply need bread"}
        analysis["also"].append({"record": "figure/famine-deaths", "evidence": [quote]})

    def drop(analysis: dict[str, Any]) -> None:
        analysis["figures"].remove(record(analysis, "figures", "famine-deaths"))

    loaded(engine, rewritten(COMMENTARY, tmp_path / "second", cite))
    before = dump(engine)
    without = rewritten(SEED, tmp_path / "first", drop)
    assert refused(lambda: loaded(engine, without)) == [
        "the figure 'famine-deaths' cannot be removed: the document 'harbour-notes-3-2023' needs it"
    ]
    assert dump(engine) == before
    loaded(engine, COMMENTARY)
    assert loaded(engine, without).changes == {"deleted": 1}


def test_editing_away_a_part_that_the_other_documents_quote_backs_is_refused(engine: Engine, tmp_path: Path) -> None:
    def drop(analysis: dict[str, Any]) -> None:
        record(analysis, "sanctions", "sanctions-on-north-korea").update(
            targets=[], enforcement=[], evidence=["the sanctions regime on North Korea"]
        )

    before = dump(engine)
    assert refused(lambda: loaded(engine, rewritten(SEED, tmp_path / "copy", drop))) == [
        "'/targets/0' cannot be removed from the sanction 'sanctions-on-north-korea': "
        "a quote of the document 'harbour-notes-3-2023' supports it"
    ]
    assert dump(engine) == before


def test_a_term_that_the_other_document_uses_is_not_removed(engine: Engine, tmp_path: Path) -> None:
    def use(analysis: dict[str, Any]) -> None:
        record(analysis, "actors", "sceeus")["topics"] = ["rail_freight"]

    loaded(engine, rewritten(SEED, tmp_path / "copy", use))
    before = dump(engine)
    assert refused(lambda: unloaded(engine, SECOND)) == [
        f"the topic 'rail_freight' cannot be removed: the actor 'sceeus' of the document '{FIRST}' uses it"
    ]
    assert dump(engine) == before
