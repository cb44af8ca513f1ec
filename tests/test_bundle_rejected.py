"""A bundle with mistakes is rejected as a whole; each mistake is reported with its line and a suggestion."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, BundleProblem, BundleRejected
from app.database.engine import connect
from tests.factories.bundles import dump, edited, loaded
from tests.factories.mistakes import BESIDES, FILES, QUOTES, REFERENCES, VALUES, WORDS, Mistake
from tests.paths import COMMENTARY, SEED
from tests.services.databases import Databases


@pytest.fixture(scope="module")
def engine(databases: Databases) -> Iterator[Engine]:
    """A database with both commentaries, which no test changes."""
    engine = connect(databases.new("both"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def before(engine: Engine) -> dict[str, list[str]]:
    """Every row of the database before the tests."""
    return dump(engine)


@pytest.fixture
def unchanged(engine: Engine, before: dict[str, list[str]]) -> Iterator[None]:
    """Fails if the test changed any row."""
    yield
    assert dump(engine) == before


def problems_of(engine: Engine, *folders: Path) -> list[BundleProblem]:
    """The problems of a rejected load."""
    with pytest.raises(BundleRejected) as caught:
        loaded(engine, *folders)
    return caught.value.problems


pytestmark = pytest.mark.usefixtures("unchanged")


BY_FILES = [*QUOTES, *WORDS, *VALUES, *FILES]
"""Mistakes found without the database, so that one backend is enough."""
BY_DATABASE = [*REFERENCES, *BESIDES]


@pytest.mark.parametrize(
    "wrong",
    [
        *(pytest.param(wrong, id=wrong.name, marks=pytest.mark.sqlite) for wrong in BY_FILES),
        *(pytest.param(wrong, id=wrong.name) for wrong in BY_DATABASE),
    ],
)
def test_a_mistake_is_refused_and_told_with_its_file_its_line_and_what_would_be_right(
    engine: Engine, tmp_path: Path, wrong: Mistake
) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy", (wrong.old, wrong.new), file=wrong.file)
    written = (folder / wrong.file).read_text("utf-8")
    assert written.count(wrong.at) == 1
    line = written.count("\n", 0, written.index(wrong.at) + len(wrong.at) - len(wrong.at.lstrip())) + 1
    [problem] = problems_of(engine, folder)
    assert (problem.file, problem.line) == (str(folder / wrong.file), line), str(problem)
    assert "\n" not in str(problem)
    for words in wrong.says:
        assert words in str(problem)


def test_a_folder_without_its_files_is_refused_with_what_a_bundle_is(engine: Engine, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", COMMENTARY / TEXT_FILE):
        problems = problems_of(engine, folder)
        assert [(problem.file, problem.line) for problem in problems] == [
            (str(folder / ANALYSIS_FILE), 1),
            (str(folder / TEXT_FILE), 1),
        ]
        for problem in problems:
            assert "cannot be read: " in problem.detail
            assert problem.detail.endswith("; a bundle is a folder with document.txt and analysis.yaml")


@pytest.mark.parametrize("file", [ANALYSIS_FILE, TEXT_FILE])
def test_a_file_that_is_not_utf_8_is_refused_with_the_line_of_the_first_wrong_byte(
    engine: Engine, tmp_path: Path, file: str
) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy")
    written = (folder / file).read_bytes()
    at = written.index("𝔘".encode())
    (folder / file).write_bytes(written[:at] + "é".encode("latin-1") + written[at:])
    [problem] = problems_of(engine, folder)
    assert (problem.file, problem.line) == (str(folder / file), written.count(b"\n", 0, at) + 1)
    assert problem.detail == f"byte {at} is not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize(
    ("analysis", "says"),
    [
        ("", "document: is missing"),
        ("# nothing\n", "document: is missing"),
        ("- document\n", "must be a mapping"),
        ("document", "must be a mapping"),
        ("--- {}\n--- {}\n", "not plain YAML: but found another document"),
        ("document: &it [*it]\n", "not plain YAML: anchors and aliases are not supported; write the value itself"),
        ("document: {id: [}\n", "not plain YAML: "),
        ("document: 'unclosed\n", "not plain YAML: "),
    ],
)
def test_an_analysis_that_is_no_bundle_at_all_is_refused(
    engine: Engine, tmp_path: Path, analysis: str, says: str
) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy")
    (folder / ANALYSIS_FILE).write_text(analysis, "utf-8")
    [problem] = problems_of(engine, folder)
    assert 1 <= problem.line <= analysis.count("\n") + 1
    assert says in problem.detail


@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_a_document_without_words_is_refused(engine: Engine, tmp_path: Path, text: str) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy")
    (folder / TEXT_FILE).write_text(text, "utf-8")
    assert BundleProblem(str(folder / TEXT_FILE), 1, "has no text") in problems_of(engine, folder)


def test_every_mistake_of_every_bundle_is_listed_in_the_order_of_the_files(engine: Engine, tmp_path: Path) -> None:
    """Several mistakes in one bundle, and a second bundle with a mistake."""
    chosen = [
        wrong
        for wrong in (*QUOTES, *WORDS, *REFERENCES, *VALUES, *BESIDES)
        if wrong.name
        in {
            "a quote with other quotation marks",
            "the same quote twice",
            "a quotation that is put right",
            "a reference to no actor",
            "a reference without its kind where any may stand",
            "two records with one id",
            "a topic that is not defined",
            "a unit that is not defined",
            "a line of the text that is blank",
            "a record that it adds nothing to",
            "an exception for words that are not there",
        }
    ]
    assert len(chosen) == 11
    several = edited(COMMENTARY, tmp_path / "a", *((wrong.old, wrong.new) for wrong in chosen))
    single = edited(COMMENTARY, tmp_path / "b", ("id: harbour-notes-3-2023", "id: harbour-notes-4-2023"))
    problems = problems_of(engine, several)
    assert len(problems) == len(chosen)
    assert problems == sorted(problems, key=lambda problem: problem.line)
    for wrong in chosen:
        assert any(all(words in str(problem) for words in wrong.says) for problem in problems), wrong.name
    both = problems_of(engine, several, single)
    assert {problem.file for problem in both} == {str(several / ANALYSIS_FILE), str(single / ANALYSIS_FILE)}
    assert set(problems) <= set(both)
    others = [problem for problem in both if problem.file == str(single / ANALYSIS_FILE)]
    assert len(others) > 20, "each of its records belongs to the other document"
    told = ("is also the id of the ", "is already defined")
    assert all(any(words in problem.detail for words in told) for problem in others)


def test_every_fault_of_the_format_is_listed_at_once(engine: Engine, tmp_path: Path) -> None:
    edits = [
        ("sector: bus", "sektor: bus"),
        ("conduct: ignored", "conduct: ignores"),
        ("low: 900", "low: many"),
        ('edtf: "2021-24"', 'edtf: "2021-25"'),
        ("mode: restrict", "mode: visit"),
        ("evidence: [Beijing has quietly tightened the sealing rule]", "evidence: []"),
    ]
    folder = edited(COMMENTARY, tmp_path / "copy", *edits)
    problems = problems_of(engine, folder)
    lines = (folder / ANALYSIS_FILE).read_text("utf-8").splitlines()
    assert [lines[problem.line - 1].strip()[:24] for problem in problems] == [
        "sektor: bus",
        "date: {text: the winter ",
        "mode: visit",
        "evidence: []",
        "conduct: ignores",
        "value: {low: many, high:",
    ]


def test_a_good_bundle_beside_a_bad_one_is_not_loaded_either(database: Callable[[str], Engine], tmp_path: Path) -> None:
    engine = database("seeded")
    before = dump(engine)
    bad = edited(SEED, tmp_path / "copy", ("relation: between", "relation: amid"))
    problems_of(engine, COMMENTARY, bad)
    assert dump(engine) == before
