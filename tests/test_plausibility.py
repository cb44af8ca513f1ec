"""Warnings of a check: what is possible in a bundle, and probably a slip."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.bundle.anchoring import DocumentText
from app.bundle.mentions import find_mentions
from app.bundle.plausibility import doubtful_date, doubtful_lines, doubtful_value
from app.model.dates import DateDraft
from app.model.evidence import MentionException
from app.model.figure import Value
from tests.factories.bundles import edited, loaded
from tests.paths import COMMENTARY, SEED


@pytest.mark.parametrize(
    ("text", "edtf", "named"),
    [
        ("2021", "1914", "the year 2021"),
        ("between 2014 and 2021", "2014/2020", "the year 2021"),
        ("March 2022", "2022-05", "month 03"),
        ("5 Sept. 2022", "2022-10-05", "month 09"),
        ("22 March 2022", "2022-03-23", "day 22"),
    ],
)
def test_a_date_that_its_own_words_contradict_is_doubted(text: str, edtf: str, named: str) -> None:
    assert doubtful_date(DateDraft(text=text, edtf=edtf), "en", published=False) == (
        f"edtf '{edtf}' contradicts its text '{text}', which names {named}; correct one of them"
    )


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("the 1990s", "199X"),
        ("before 2017", "../2016"),
        ("since 2016", "2016/.."),
        ("mid-March this year", "2022-03~"),
        ("March 22nd", "2022-03-22"),
        ("from November to February", "2021-11/2022-02"),
        ("the winter of 2021", "2021-24"),
        ("last Monday", "2022-03-21"),
        ("since then", None),
    ],
)
def test_a_date_that_its_words_allow_is_not_doubted(text: str, edtf: str | None) -> None:
    assert doubtful_date(DateDraft(text=text, edtf=edtf), "en", published=False) is None


def test_months_are_read_in_the_language_of_the_document() -> None:
    date = DateDraft(text="5 марта 2022", edtf="2022-04-05")
    assert "which names month 03" in str(doubtful_date(date, "ru", published=False))
    assert doubtful_date(date, "tlh", published=False) is None


@pytest.mark.parametrize(
    ("text", "edtf", "better"), [("2023", "2023-06-01", "2023"), ("May 2023", "2023-05-02", "2023-05")]
)
def test_a_day_of_publication_that_the_text_does_not_give_is_doubted(text: str, edtf: str, better: str) -> None:
    assert doubtful_date(DateDraft(text=text, edtf=edtf), "en", published=True) == (
        f"edtf '{edtf}' is finer than its text '{text}'; write '{better}', or quote the words that give the rest"
    )


@pytest.mark.parametrize(("text", "edtf"), [("Sept. 2023", "2023-09"), ("12.5.2023", "2023-05-12"), ("2023", "2023")])
def test_a_day_of_publication_that_the_text_gives_is_not_doubted(text: str, edtf: str) -> None:
    assert doubtful_date(DateDraft(text=text, edtf=edtf), "en", published=True) is None


def value(text: str, low: float, high: float) -> str | None:
    return doubtful_value(
        Value(low=low, high=high, relation="exactly" if low == high else "between", unit="usd", text=text)
    )


@pytest.mark.parametrize(
    ("text", "number", "given"),
    [
        ("$220 billion", 22, "220000000000"),
        ("$220 billion", 220, "220000000000"),
        ("twelve berths", 13, "12"),
        ("220 000 troops", 22000, "220000"),
        ("a million dollars", 1, "1000000"),
        ("a 10-day visit", 11, "10"),
        ("a high of 30 ships", 1, "30"),
        ("two hundred thousand", 2000, "200000"),
    ],
)
def test_a_number_that_its_own_words_contradict_is_doubted(text: str, number: float, given: str) -> None:
    assert value(text, number, number) == f"{number} is not in its text '{text}'; it gives {given}, in whole units"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("$220 billion", 220e9, 220e9),
        ("between 2 and 3 million", 2e6, 3e6),
        ("between 600,000 and one million people", 6e5, 1e6),
        ("US$3.2bn", 3.2e9, 3.2e9),
        ("$5m", 5e6, 5e6),
        ("twenty-five ships", 25, 25),
        ("in his 50s", 50, 59),
        ("two thirds", 66.7, 66.7),
        ("hundreds", 200, 900),
        ("a few hundred", 200, 900),
        ("two or three million", 2e6, 3e6),
        ("5 m deep", 5, 5),
    ],
)
def test_a_number_that_its_words_allow_is_not_doubted(text: str, low: float, high: float) -> None:
    assert value(text, low, high) is None


@pytest.mark.parametrize(
    ("text", "share", "given"),
    [
        ("one in five", 20, None),
        ("nine out of ten families", 90, None),
        ("one in every three", 33.3, None),
        ("12 of the 20 countries, or 60 %", 60, None),
        ("one in five", 5, "20"),
        ("one in three", 30, "33 or 33.3 or 33.33"),
    ],
)
def test_a_share_is_compared_with_its_ratio(text: str, share: float, given: str | None) -> None:
    doubt = doubtful_value(Value(low=share, high=share, relation="exactly", unit="percent", text=text))
    assert doubt == (given and f"{share} is not in its text '{text}'; it gives {given}, in whole units")


def test_invisible_characters_and_hard_wraps_are_doubted() -> None:
    text = DocumentText("A port\u00ad town.\nIts harbour was\nclosed in 2021.\n• a list\n• of items\n", "en", {})
    assert list(doubtful_lines(text)) == [
        (1, "contains U+00AD SOFT HYPHEN (1×), which is invisible; remove it"),
        (2, "the sentence goes on in the next line (1×); write a paragraph in one line"),
    ]


def test_an_exception_that_decides_nothing_is_doubted() -> None:
    text = DocumentText("Sund and the Sund met the port.", "en", {})
    names = {"Sund": ["town"], "the Sund": ["paper"]}

    def idle(*exceptions: tuple[str, str | None]) -> list[int]:
        found = [MentionException(text=words, actor=actor) for words, actor in exceptions]
        return find_mentions(text, names, found).idle

    assert idle(("Sund", "town"), ("the Sund", "paper"), ("the port", None)) == [0, 1, 2]
    assert idle(("Sund", None), ("the Sund", "town"), ("the port", "town")) == []


def test_names_that_other_documents_use_and_twins_are_doubted(
    database: Callable[[str], Engine], tmp_path: Path
) -> None:
    said = "China did not comment."
    folder = edited(COMMENTARY, tmp_path / "copy", (said, f"{said} Igor Morgulov left."), file="document.txt")
    engine = database("seeded")
    assert [str(warning) for warning in loaded(engine, folder).warnings] == [
        f"{folder}/document.txt:4: 'Igor Morgulov' (1×) means actor/igor-morgulov in other documents; "
        "list it under `also`, or under `mentions`"
    ]


def test_a_record_is_doubted_once_for_all_its_quotes(database: Callable[[str], Engine]) -> None:
    unreferred = [str(each) for each in loaded(database("empty"), SEED).warnings if "to which no field" in str(each)]
    records = [re.search(r"field of (\S+) refers", each) for each in unreferred]
    assert len({found[1] for found in records if found}) == len(records) > 50
    [china] = [each.split(": ", 2)[2] for each in unreferred if "field of actor/china" in each]
    assert china == (
        "'It trades almost exclusively with China, who routinely turns a blind eye to …' and 1 more quote name "
        "'north-korea' and 'russia', to which no field of actor/china refers; add a reference, or shorten the quotes"
    )


def test_an_actor_with_the_name_of_another_is_doubted(database: Callable[[str], Engine], tmp_path: Path) -> None:
    folder = tmp_path / "twin"
    folder.mkdir()
    (folder / "document.txt").write_text("Rodong Sinmun is a paper.\n", "utf-8")
    (folder / "analysis.yaml").write_text(
        "document:\n  id: twin\n  name: Twin\n  published: {text: '2023', edtf: '2023'}\n  language: en\n"
        "  rights: None.\n  analysis: {by: A test, method: human, date: 2023-01-01}\n  summary: A test.\n"
        "actors:\n  - id: rodong\n    name: Rodong Sinmun\n    type: outlet\n    summary: A paper.\n"
        "    evidence: [Rodong Sinmun is a paper.]\n",
        "utf-8",
    )
    [warning] = [str(each) for each in loaded(database("seeded"), folder).warnings]
    assert warning == (
        f"{folder}/analysis.yaml:10: actors/0: actor/rodong-sinmun has the same name 'rodong sinmun'; if they are one, "
        "use one id (`dossier merge`), else tell them apart"
    )
