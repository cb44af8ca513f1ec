"""The documentation is true: its tables, paths, commands, requests and examples are tested.

Three conventions make a page testable. A fenced block with a file name after its language stands for that file. A
`console` block holds commands and their output; an `sh` block holds commands, and a `text` block after it their output.
In JSON, a bare `…` before a closing bracket stands for more items, and a string that ends in ` …` is truncated;
everything else is compared exactly.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from app.bundle.source import Source
from app.model.claims import claim_fields
from app.model.dates import approximate, bounds
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.settings import Settings
from tests.paths import ROOT
from tests.services.api import operations
from tests.services.commands import invoked
from tests.services.serving import serving

README = ROOT / "README.md"
API = ROOT / "docs" / "api.md"
BUNDLES = ROOT / "docs" / "bundles.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CUT = "…"
NOT_RUN = {
    r"\bmake ": "each target has a gate of its own",
    r"\bdocker ": "no gate has Docker; test_deployment checks the files",
    r"\buseradd |/opt/": "changes the machine",
    r"\bcreatedb |postgresql:": "needs a PostgreSQL server",
    r"^sudo ": "the machine has no such user",
    r"dossier serve": "does not end; the other gates start the service",
    r"tests\.bench": "takes minutes",
    r"^datasette ": "does not end; test_sqlite_file fetches its pages",
    r"dossier\[mcp\]": "the package is in no index yet",
    r"^dossier mcp": "does not end; test_agents talks to it",
    r"^ftm ": "test_export validates the file with the same library",
    r"alembic revision": "test_adding_a_kind runs it, in a copy of the code",
}
"""The commands in `sh` blocks that are not run, with the reason."""


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


def steps(page: Path) -> Iterator[tuple[str, str | None]]:
    """The commands of a page as they are pasted, each with the output that the page shows (None: any output).

    In a `console` block, a `$` stands before each command. In an `sh` block without output, each line is a command.
    """
    for block, following in pairwise([*blocks(page), Block("", "", "")]):
        if block.language == "console":
            found = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
            assert not found[0], "a console block begins with a command"
            for command, _, shown in (step.partition("\n") for step in found[1:]):
                yield command, shown.strip("\n")
        elif block.language == "sh" and following.language == "text" and not following.file:
            yield block.text, following.text.strip("\n")
        elif block.language == "sh":
            for line in block.text.splitlines():
                if line and not any(re.search(words, line) for words in NOT_RUN):
                    yield line, None


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


def check_output(command: str, shown: str, output: str) -> None:
    """Compare JSON that the page shows on several lines by its values, everything else line by line.

    Pages leave out the line that names the database, which a command writes on standard error.
    """
    output = "".join(line for line in output.splitlines(keepends=True) if not line.startswith("reading "))
    if shown.startswith("{\n"):
        assert list(untrue(read_shown(shown), json.loads(output))) == [], command
    else:
        lines = [line.rstrip() for line in output.splitlines() if not line.startswith("reading ")]  # a database's path
        assert lines == shown.splitlines(), command


def fresh_folder(page: Path, folder: Path, base: str, database: str) -> dict[str, str]:
    """Make the folder and the environment of a reader, and return the environment.

    The folder has the venv that `make install` makes. README explains how to put `dossier` on the PATH; the readers of
    other pages have done so. A proxy leads `localhost:8000` to the service of the test.
    """
    (folder / ".venv").symlink_to(sys.prefix)
    for block in blocks(page):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    ours = str(Path(sys.prefix) / "bin")
    elsewhere = [path for path in os.environ["PATH"].split(":") if path != ours]
    kept = {name: value for name, value in os.environ.items() if name.lower() not in ("no_proxy", "virtual_env")}
    return kept | {
        "PATH": ":".join(elsewhere if page == README else [ours, *elsewhere]),
        "DOSSIER_DATABASE_URL": database,
        "http_proxy": base,
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


@pytest.mark.sqlite
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_what_happens(page: Path, database: Callable[[str], Engine], tmp_path: Path) -> None:
    """Over the seed, from top to bottom: paste the commands into one shell, and compare their output."""
    found = list(steps(page))
    if not found:
        return
    folder, outputs = tmp_path / "folder", tmp_path / "outputs"
    folder.mkdir()
    outputs.mkdir()
    script = "".join(
        f"exec >{outputs}/{number} 2>&1\n{command}\necho $? >{outputs}/{number}.status\n"
        for number, (command, _) in enumerate(found)
    )
    url = str(database("seeded").url)
    with serving(url) as base:
        environment = fresh_folder(page, folder, base, url)
        subprocess.run(["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL, timeout=300)
    for number, (command, shown) in enumerate(found):
        output = (outputs / str(number)).read_text()
        status = (outputs / f"{number}.status").read_text().strip()
        if shown is not None:
            check_output(command, shown, output)
        assert status == ("1" if shown and "nothing was changed" in shown else "0"), (command, output)


def test_each_reason_not_to_run_a_command_applies() -> None:
    lines = [
        line for page in PAGES for block in blocks(page) if block.language == "sh" for line in block.text.split("\n")
    ]
    assert [reason for words, reason in NOT_RUN.items() if not any(re.search(words, line) for line in lines)] == []


def test_the_readme_is_short_and_shows_the_reader() -> None:
    assert len(README.read_text().splitlines()) <= 180
    assert "](docs/images/reader.png)" in README.read_text()


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


def test_the_table_of_parameters_has_those_of_every_list(api: httpx.Client) -> None:
    paths = operations(api)
    of_lists = [{each["name"] for each in paths[f"/v1/{kind.plural}"]["parameters"]} for kind in KINDS.values()]
    shown = {name for row in table(API, "parameter") for name in re.findall(r"`(\w+)`", row[0])}
    assert shown == set.intersection(*of_lists) | {"date_from", "date_to"}
    undated = [kind.name for kind, names in zip(KINDS.values(), of_lists, strict=True) if "date_from" not in names]
    assert undated == [KindName.ACTOR, KindName.ASSESSMENT]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_paths_on_a_page_are_those_of_the_service(page: Path, api: httpx.Client) -> None:
    served = [re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) for path in (*operations(api), "/v1/reconcile")]
    shown = [text.partition("?")[0] for text in code(page) if re.fullmatch(r"/v1(/[\w./{}?=&,-]+)?", text)]
    paths = {path.replace("{plural}", "events") for path in shown}
    assert [path for path in paths if not any(re.fullmatch(each, path) for each in served)] == []


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
        assert Source(tmp_path).problems == []


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
    result = invoked("schema")
    assert (ROOT / "docs" / "bundle.schema.json").read_bytes() == result.stdout_bytes
