"""`dossier draft`: a bundle that `check` accepts, made by rules and never overwritten."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE
from tests.draft_quality import TEXTS, measure
from tests.services.commands import invoked, said

HTML = (
    "<html><head><title>x</title></head><body><nav>Menu</nav><h1>Notes</h1>\r\n<p>In March 2023, Russia sold\n"
    "over 20 ships.</p><ul><li>It may end.</li></ul></body></html>"
)
WRAPPED = (
    "\ufeffHarbour Notes\r\n\r\nIn March 2023, two trains crossed the bridge at Karsk for the first\r\n"
    "time in years, and nobody can say for certain whether the next one\r\n"
    "will follow before the end of this long winter.\r\n"
)


@pytest.fixture
def draft(database: Callable[[str], Engine]) -> Callable[..., tuple[int, str, str]]:
    """The exit code, the output and the errors of a command over a database with the seed."""
    environment = {"DOSSIER_DATABASE_URL": database("seeded").url.render_as_string(hide_password=False)}

    def run(*words: str | Path) -> tuple[int, str, str]:
        result = invoked(*words, environment=environment)
        return result.exit_code, result.stdout, said(result)

    return run


@pytest.mark.parametrize("bundle", TEXTS[1:], ids=[folder.name for folder in TEXTS[1:]])
def test_check_accepts_a_draft(draft: Callable[..., tuple[int, str, str]], bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a-draft"
    assert draft("draft", folder, "--from", bundle / TEXT_FILE)[0] == 0
    assert (folder / TEXT_FILE).read_bytes() == (bundle / TEXT_FILE).read_bytes()
    assert "actor/russia" in (folder / ANALYSIS_FILE).read_text("utf-8")
    assert draft("check", folder)[:2] == (0, "OK: 1 bundle, 1 record, 0 quotes, 0 problems\n")


def test_a_second_draft_adds_what_is_new(draft: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    text, analysis = tmp_path / TEXT_FILE, tmp_path / ANALYSIS_FILE
    text.write_text("Harbour Notes, 2023\n\nIn March 2023, Russia sold over 20 ships.\n", "utf-8")
    draft("draft", tmp_path)
    first = analysis.read_text("utf-8")
    assert draft("draft", tmp_path)[:2] == (0, f"added to {analysis}: 0 candidates\n")
    assert analysis.read_text("utf-8") == first
    text.write_text(text.read_text("utf-8") + "In 2021, it sold fewer than 12 ships.\n", "utf-8")
    assert draft("draft", tmp_path)[:2] == (0, f"added to {analysis}: 1 candidate\n")
    before, added = analysis.read_text("utf-8").split("\n# New in the text; move what is right under its key.\n")
    assert before == first
    assert '#     as_of: {text: "2021", edtf: "2021"}' in added
    assert "20 ships" not in added


def test_neighbours_of_one_type_are_a_range(draft: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    text = tmp_path / TEXT_FILE
    text.write_text("Notes\n\n• One.\n\n• Two.\nA long paragraph ends here.\n• Three.\n", "utf-8")
    draft("draft", tmp_path)
    assert "passages: {1: heading, 3-5: list_item, 7: list_item}\n" in (tmp_path / ANALYSIS_FILE).read_text("utf-8")
    text.write_text("Notes\n\n" + "• One.\n• Two.\nA long paragraph ends here.\n" * 110, "utf-8")
    (tmp_path / ANALYSIS_FILE).unlink()
    draft("draft", tmp_path)
    assert draft("check", tmp_path)[0] == 0, "a bundle may have no more ranges than these"
    assert ", 300-301: list_item, 303: list_item, " in (tmp_path / ANALYSIS_FILE).read_text("utf-8")


def test_another_text_is_refused(draft: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / TEXT_FILE).write_text("One text.\n", "utf-8")
    (tmp_path / "other.txt").write_text("Another.\n", "utf-8")
    code, _, errors = draft("draft", tmp_path, "--from", tmp_path / "other.txt")
    assert (code, errors) == (1, f"{tmp_path / TEXT_FILE} has another text; delete it, or draft into another folder\n")


@pytest.mark.parametrize(
    ("name", "content", "text", "passages"),
    [
        ("a.html", HTML, "Menu\nNotes\nIn March 2023, Russia sold over 20 ships.\nIt may end.",
         "{1: boilerplate, 2: heading, 4: list_item}"),
        ("a.md", "# Notes\n\nIn March 2023,\nRussia sold ships.\n\n- It may end.\n",
         "Notes\nIn March 2023, Russia sold ships.\nIt may end.", "{1: heading, 3: list_item}"),
        ("a.txt", WRAPPED, "Harbour Notes\n\nIn March 2023, two trains crossed the bridge at Karsk for the first "
         "time in years, and nobody can say for certain whether the next one will follow before the end of this long "
         "winter.\n", "{1: heading}"),
    ],
)  # fmt: skip
def test_the_text_comes_from_other_formats(
    draft: Callable[..., tuple[int, str, str]], tmp_path: Path, name: str, content: str, text: str, passages: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8", newline="")
    assert draft("draft", tmp_path / "b", "--from", tmp_path / name)[0] == 0
    assert (tmp_path / "b" / TEXT_FILE).read_text("utf-8") == text
    assert f"passages: {passages}\n" in (tmp_path / "b" / ANALYSIS_FILE).read_text("utf-8")
    assert draft("check", tmp_path / "b")[0] == 0


@pytest.mark.parametrize("bundle", TEXTS, ids=[folder.name for folder in TEXTS])
def test_a_draft_finds_what_a_reader_records(bundle: Path) -> None:
    figures = measure(bundle)
    least = {"names": 85, "dates": 95, "numbers": 95, "speech": 100}
    assert {
        part: 100 * figures[part][0] // figures[part][1] >= share for part, share in least.items()
    } == dict.fromkeys(least, True)
    assert sum(false for _, _, false in figures.values()) * 4 <= sum(found for found, _, _ in figures.values())
