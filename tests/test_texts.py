"""Texts as they come, loaded: the quotes are typed plainly, and what is stored is as printed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select

from app.bundle.check import differences
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, BundleRejected
from app.database.transactions import reading
from app.model.tables import DOCUMENT, EVIDENCE, MENTION, PASSAGE, RECORD, RECORD_DATE
from tests.factories.bundles import loaded

Database = Callable[[str], Engine]

TEXT = (
    "\ufeffHarbour Letter\r\n\r\n"
    "• “Peru\u0301’s ports are shut,” Kim\u00a0Jong\u2011un said in mid\u00adMarch\u00a02023.¹ So did others.\rEnd.\r\n"
)
STORED = TEXT.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def analysis(**more: Any) -> dict[str, Any]:
    """An analysis with the fields that every bundle needs."""
    document = {
        "id": "letter",
        "name": "Harbour Letter",
        "published": {"text": "2023", "edtf": "2023"},
        "language": "en",
        "rights": "Nobody's.",
        "analysis": {"by": "Tests", "method": "human", "date": "2026-01-01"},
        "summary": "A text with characters of many kinds.",
    }
    return {"document": document, "passages": {1: "heading", 3: "list_item", 4: "dateline"}, **more}


def bundle(folder: Path, text: str, tree: dict[str, Any]) -> Path:
    """Write a bundle into a new folder, and return the folder."""
    folder.mkdir()
    (folder / TEXT_FILE).write_bytes(text.encode())
    (folder / ANALYSIS_FILE).write_bytes(orjson.dumps(tree, option=orjson.OPT_NON_STR_KEYS))
    return folder


ACTORS = [
    {"id": "kim", "name": "Kim Jong-un", "type": "person", "summary": "A man.", "evidence": ["Kim Jong-un"]},
    {
        "id": "peru",
        "name": "Per\u00fa",
        "aliases": ["Per\u00fa"],
        "type": "state",
        "summary": "Shut.",
        "evidence": ["Perú"],
    },
]
STATEMENTS = [
    {
        "id": "shut",
        "name": "Ports are shut",
        "type": "quote",
        "speakers": [{"actor": "kim"}],
        "text": "Per\u00fa's ports are shut,",
        "date": {"text": "midMarch 2023", "edtf": "2023-03"},
        "summary": "He says so.",
        "evidence": ["Per\u00fa's ports are shut,” Kim Jong-un said in midMarch 2023."],
    }
]


def test_plain_quotes_are_stored_as_printed(database: Database, tmp_path: Path) -> None:
    engine = database("empty")
    loaded(engine, bundle(tmp_path / "plain", TEXT, analysis(actors=ACTORS, statements=STATEMENTS)))
    with reading(engine) as connection:
        assert connection.execute(select(DOCUMENT.c.text)).scalar_one() == STORED
        passages = connection.execute(select(PASSAGE.c.number, PASSAGE.c.type).order_by(PASSAGE.c.number)).all()
        assert [tuple(passage) for passage in passages] == [(1, "heading"), (3, "list_item"), (4, "dateline")]
        quotes = connection.execute(
            select(EVIDENCE.c.start, EVIDENCE.c.end, EVIDENCE.c.exact).order_by(EVIDENCE.c.start)
        )
        found = [tuple(quote) for quote in quotes]
        assert [exact for _, _, exact in found] == [
            "Peru\u0301",
            "Peru\u0301’s ports are shut,” Kim\u00a0Jong\u2011un said in mid\u00adMarch\u00a02023.",
            "Kim\u00a0Jong\u2011un",
        ]
        mentions = connection.execute(select(MENTION.c.start, MENTION.c.end, MENTION.c.exact).order_by(MENTION.c.start))
        told = [tuple(mention) for mention in mentions]
        assert [exact for _, _, exact in told] == ["Peru\u0301", "Kim\u00a0Jong\u2011un"]
        assert all(STORED[start:end] == exact for start, end, exact in (*found, *told))
        statement = connection.execute(select(RECORD.c.body).where(RECORD.c.kind == "statement")).scalar_one()
        assert orjson.loads(statement)["text"] == "Peru\u0301’s ports are shut,"
        assert connection.execute(select(RECORD_DATE.c.text).where(RECORD_DATE.c.pointer == "/date")).scalar_one() == (
            "mid\u00adMarch\u00a02023"
        )
        assert list(differences(connection)) == []


def test_a_quote_keeps_its_id_in_whatever_characters_it_is_typed(database: Database, tmp_path: Path) -> None:
    engine = database("empty")
    loaded(engine, bundle(tmp_path / "plain", TEXT, analysis(actors=ACTORS)))
    with reading(engine) as connection:
        before = sorted(connection.execute(select(EVIDENCE.c.id)).scalars())
    exact = [{**ACTORS[0], "evidence": ["Kim\u00a0Jong\u2011un"]}, {**ACTORS[1], "evidence": ["Peru\u0301"]}]
    loaded(engine, bundle(tmp_path / "exact", STORED, analysis(actors=exact)))
    with reading(engine) as connection:
        assert sorted(connection.execute(select(EVIDENCE.c.id)).scalars()) == before


@pytest.mark.sqlite
def test_a_quote_is_measured_as_printed(database: Database, tmp_path: Path) -> None:
    text = "word\u00ad " * 60
    actor = {**ACTORS[0], "evidence": [("word " * 60).strip()]}
    with pytest.raises(BundleRejected, match="the quote has 358 characters as printed; at most 300 are allowed"):
        loaded(database("empty"), bundle(tmp_path / "long", text, analysis(actors=[actor], passages={})))


def test_the_longest_alias_covers_the_name_of_an_actor_of_another_document(database: Database, tmp_path: Path) -> None:
    putin = {"id": "putin", "name": "Vladimir Putin", "type": "person", "summary": "A man.", "evidence": ["Putin"]}
    engine = database("empty")
    loaded(engine, bundle(tmp_path / "first", "Putin spoke.", analysis(actors=[putin], passages={})))
    text = "President Vladimir Putin spoke in 2023.\nPresident Vladimir Putin slept."
    event = {
        "id": "speech",
        "name": "A speech",
        "type": "consult",
        "modality": "actual",
        "participants": [{"actor": "putin", "role": "actor"}],
        "summary": "He spoke.",
        "evidence": ["Putin spoke"],
    }
    second = analysis(
        events=[event], passages={}, also=[{"record": "actor/putin", "aliases": ["President Vladimir Putin"]}]
    )
    second["document"]["id"] = "second"
    loaded(engine, bundle(tmp_path / "second", text, second))
    with reading(engine) as connection:
        exact = connection.execute(
            select(MENTION.c.exact).where(MENTION.c.passage < 3).order_by(MENTION.c.exact)
        ).scalars()
        assert list(exact) == ["President Vladimir Putin"] * 2
    with pytest.raises(
        BundleRejected, match=r"the text mentions 'Vladimir Putin' \(1×\), an actor of another document"
    ):
        loaded(engine, bundle(tmp_path / "third", f"{text}\nVladimir Putin woke.", second))
