"""The documentation is true: its tables, paths, commands, requests and examples are tested.

Three conventions make a page testable. A fenced block with a file name after its language stands for that file. A
`console` block holds commands and their output. In JSON, a bare `…` before a closing bracket stands for more items,
and a string that ends in ` …` is truncated; everything else is compared exactly.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from app.bundle.source import Source
from app.cli import app
from app.model.claims import claim_fields
from app.model.dates import approximate, bounds
from app.model.kinds import KINDS
from app.settings import Settings
from tests.paths import ROOT
from tests.services.api import get
from tests.services.serving import serving

README = ROOT / "README.md"
API = ROOT / "docs" / "api.md"
BUNDLES = ROOT / "docs" / "bundles.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CUT = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it stands for (or none), and its content."""

    language: str
    file: str
    text: str


def blocks(page: Path) -> list[Block]:
    fences = re.finditer(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    return [Block(*fence.groups()) for fence in fences]


def code(page: Path) -> list[str]:
    """The code of a page: its blocks, and the text between backticks."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [*(block.text for block in blocks(page)), *re.findall(r"`([^`\n]+)`", prose)]


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    _, found, rest = page.read_text().partition(f"\n| {heading} |")
    assert found, f"{page.name} has no table of {heading}"
    lines = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def steps(block: Block) -> list[tuple[list[str], str]]:
    """The commands of a console block, split into words, each with the output that the page shows."""
    found = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not found[0], "a console block begins with a command"
    return [(shlex.split(command), shown.strip()) for command, _, shown in (step.partition("\n") for step in found[1:])]


def read_shown(text: str) -> Any:
    """The JSON that a page shows, with each bare `…` kept as a marker."""

    def mark(match: re.Match[str]) -> str:
        if match.group() != CUT:
            return match.group()
        closing = text[match.end() :].lstrip()[:1]
        assert closing in ("}", "]"), "a bare … stands before a closing bracket"
        return f'"{CUT}": true' if closing == "}" else f'"{CUT}"'

    return json.loads(re.sub(rf'"(?:[^"\\]|\\.)*"|{CUT}', mark, text))


def untrue(shown: Any, answer: Any, at: str = "") -> Iterator[str]:
    """The differences between a response and the page."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        names = [name for name in shown if name != CUT]
        left = [name for name in answer if name not in names]
        if names != [name for name in answer if name in names]:
            yield f"{at}: shows {names}, and the answer has {list(answer)}"
        elif (CUT in shown) != bool(left):
            yield f"{at}: the answer has {left or 'nothing'} more"
        else:
            for name in names:
                yield from untrue(shown[name], answer[name], f"{at}/{name}")
    elif isinstance(shown, list) and isinstance(answer, list):
        items = [item for item in shown if item != CUT]
        if len(answer) < len(items) or (CUT in shown) != (len(answer) > len(items)):
            yield f"{at}: shows {len(items)} items, and the answer has {len(answer)}"
        else:
            for index, item in enumerate(items):
                yield from untrue(item, answer[index], f"{at}/{index}")
    elif isinstance(shown, str) and shown.endswith(f" {CUT}") and isinstance(answer, str):
        if not answer.startswith(shown.removesuffix(CUT)):
            yield f"{at}: shows {shown!r}, and the answer has {answer!r}"
    elif shown != answer:
        yield f"{at}: shows {shown!r}, and the answer has {answer!r}"


def check_request(words: list[str], shown: str, base: str) -> None:
    assert words[:2] == ["curl", "-s"], words
    assert words[2].startswith("localhost:8000/"), words
    response = get(base + words[2].removeprefix("localhost:8000"))
    if response.headers["content-type"] != "application/json" and response.status_code == 200:
        assert response.text.removeprefix("\ufeff").splitlines() == shown.splitlines(), words[2]
        return
    expected = read_shown(shown)
    assert response.status_code == expected.get("status", 200), words[2]
    assert list(untrue(expected, response.json())) == [], words[2]


def check_command(words: list[str], shown: str) -> None:
    assert words[0] == "dossier", words
    result = CliRunner().invoke(app, words[1:])
    assert result.output.strip() == shown, words
    assert (result.exit_code != 0) == ("nothing was changed" in shown), words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(
    page: Path, database: Callable[[str], Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the seed, from top to bottom: write files, run commands, send requests, compare the output."""
    found = [block for block in blocks(page) if block.file or block.language == "console"]
    if not found:
        return
    url = str(database("seeded").url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOSSIER_DATABASE_URL", url)
    with serving(url) as base:
        for block in found:
            if block.file:
                path = tmp_path / block.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text)
                continue
            for words, shown in steps(block):
                if words[0] == "curl":
                    check_request(words, shown, base)
                else:
                    check_command(words, shown)


def test_the_table_of_settings_is_what_the_settings_are() -> None:
    prefix = Settings.model_config["env_prefix"]
    assert table(OPERATIONS, "setting") == [
        [f"`{prefix}{name.upper()}`", f"`{field.default}`" if str(field.default) else "empty", field.description]
        for name, field in Settings.model_fields.items()
    ]


def test_the_table_of_kinds_has_every_kind() -> None:
    assert [(row[0], row[1]) for row in table(API, "kind")] == [
        (kind.name.value, f"`/v1/{kind.plural}`") for kind in KINDS.values()
    ]


def test_the_table_of_dates_gives_their_bounds() -> None:
    for written, earliest, latest, _ in table(BUNDLES, "EDTF"):
        edtf = written.strip("`")
        found = [day.isoformat() if day else "open" for day in bounds(edtf)]
        assert found == [earliest, latest], edtf


def test_the_table_of_dates_says_which_are_approximate() -> None:
    for written, _, _, meaning in table(BUNDLES, "EDTF"):
        assert approximate(written.strip("`")) == ("approximate" in meaning), written


def test_the_table_of_claims_has_those_of_every_kind() -> None:
    assert [(row[0], row[1].replace("`", "").split()) for row in table(BUNDLES, "record")] == [
        (kind.name.value, claim_fields(kind)) for kind in KINDS.values()
    ]


def test_fragments_of_bundles_have_the_format(tmp_path: Path) -> None:
    """A YAML block that stands for no file is a valid part of an `analysis.yaml`."""
    document = next(block.text for block in blocks(BUNDLES) if block.file.endswith("analysis.yaml"))
    head = document[: document.index("\n\n") + 1]
    fragments = [block.text for block in blocks(BUNDLES) if block.language == "yaml" and not block.file]
    assert fragments
    for fragment in fragments:
        (tmp_path / "document.txt").write_text("Only the format is looked at.")
        (tmp_path / "analysis.yaml").write_text(head + fragment)
        Source(tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_exists(page: Path) -> None:
    """Checks make targets, paths of the repository, and links."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [target for text in code(page) for target in re.findall(r"^(?:\$ )?make ([a-z-]+)", text, re.MULTILINE)]
    assert set(named) <= targets
    ours = r"(?:\.ci|app|docs|migrations|tests)/[\w./-]*"
    paths = [Path(text) for text in code(page) if re.fullmatch(ours, text)]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_schema_in_docs_is_that_of_the_code() -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert (ROOT / "docs" / "bundle.schema.json").read_bytes() == result.stdout_bytes
