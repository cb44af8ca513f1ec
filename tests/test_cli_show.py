"""`dossier` at a terminal: `show`, `search`, and progress bars."""

import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from typer.testing import Result

from app.cli import console
from app.model.kinds import KINDS
from tests.factories.bundles import loaded, record, rewritten, unloaded
from tests.factories.generated import Commentary
from tests.paths import SEED
from tests.services.api import items
from tests.services.commands import invoked, said
from tests.services.databases import Databases

WIDE = 2_000
Run = Callable[..., Result]


@pytest.fixture
def run(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command over the seed, on a terminal too wide to wrap lines."""
    monkeypatch.setenv("DOSSIER_DATABASE_URL", databases.seeded)
    for place in (console.out.console, console.err.console):
        monkeypatch.setattr(place, "width", WIDE)

    def command(*words: str) -> Result:
        return invoked(*words)

    return command


def refs(value: Any) -> Iterator[str]:
    """Every Ref within a value, as its name and `kind/id`."""
    if isinstance(value, dict) and value.keys() == {"kind", "id", "name", "url"}:
        yield f"{value['name']} {value['kind']}/{value['id']}"
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from refs(part)


# dossier show


def test_a_record_is_shown_with_all_that_it_says(run: Run, api: httpx.Client) -> None:
    for kind in KINDS.values():
        shown = max(items(api, f"/v1/{kind.plural}", limit=200), key=lambda record: len(str(record)))
        result = run("show", kind.name, shown["id"])
        assert result.exit_code == 0, result.output
        lines = result.stdout.splitlines()
        assert shown["name"] in lines[0]
        assert f"{shown['kind']}/{shown['id']}" in result.stdout
        assert shown["summary"] in result.stdout
        fields = {name: value for name, value in shown.items() if name not in ("evidence", "url")}
        for name in refs(fields):
            assert name in result.stdout
        for name, value in fields.items():
            shows = any(line.removeprefix("│").split()[:1] == [name] for line in lines)
            assert shows == (name not in ("kind", "id", "name", "summary") and value not in (None, [])), name
            if isinstance(value, dict) and value.get("edtf"):
                assert value["text"] in result.stdout


def test_every_quote_is_shown_in_its_sentence(run: Run, api: httpx.Client) -> None:
    text = api.get("/v1/documents/sceeus-guest-commentary-8-2022/text").text
    for quote in items(api, "/v1/actors/north-korea/evidence", limit=200):
        around = text[text.rfind(". ", 0, quote["start"]) + 1 : quote["end"]].strip().split("\n")[-1]
        shown = run("show", "actors", "north-korea").stdout
        assert around in shown
        assert f"{quote['start']}–{quote['end']}" in shown
        assert f"passage {quote['passage']}" in shown
        assert all(pointer in shown for pointer in quote["supports"])


def test_quotes_are_marked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    words = [sys.executable, "-c", "from app.cli import app; app()", "show", "figure", "workers-admitted-2018"]
    shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "In \x1b[1;33m2018\x1b[0m, for example, Russia let in" in shown


def test_words_that_look_like_markup_are_shown_as_they_are(
    run: Run, database: Callable[[str], Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name(analysis: dict[str, Any]) -> None:
        record(analysis, "actors", "north-korea")["name"] = "[bold]North[/bold] Korea :smile: [/]"

    engine = database("empty")
    loaded(engine, rewritten(SEED, tmp_path / "copy", name))
    monkeypatch.setenv("DOSSIER_DATABASE_URL", str(engine.url))
    for words in (
        ("show", "actor", "north-korea"),
        ("search", "smile", "--limit", "100"),
        ("show", "sanction", "sanctions-on-north-korea"),
    ):
        result = run(*words)
        assert result.exit_code == 0, result.output
        assert "[bold]North[/bold] Korea :smile: [/]" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "acter", "russia"), "there is no kind 'acter'; did you mean 'actor'?"),
        (("show", "actor", "rusia"), "there is no actor 'rusia'; did you mean 'russia'?"),
        (("show", "actor", "North Korea"), "there is no actor 'North Korea'; did you mean 'north-korea'?"),
        (("show", "events", "[b]"), "there is no event '[b]'"),
        (("search", "trade", "--kind", "evnt"), "there is no kind 'evnt'; did you mean 'event'?"),
        (("search", "xyzzy"), "no record matches xyzzy"),
    ],
)
def test_what_is_not_there_is_said_with_what_is_nearest(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout, said(result).strip()) == (1, "", told)


def test_an_empty_database_is_said_to_be_empty(
    run: Run, database: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOSSIER_DATABASE_URL", str(database("empty").url))
    for words in (("show", "actor", "russia"), ("search", "russia")):
        assert "the database is empty" in run(*words).stderr


def test_a_record_that_was_removed_is_not_there(
    run: Run, database: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database("seeded")
    unloaded(engine, "sceeus-guest-commentary-8-2022")
    monkeypatch.setenv("DOSSIER_DATABASE_URL", str(engine.url))
    assert said(run("show", "actor", "russia")).strip() == "there is no actor 'russia'"


# dossier search


@pytest.mark.parametrize(
    "words",
    [["sanctions"], ["north", "korea", "-china"], ["work*"], ["guest workers"], ["Łódź", "OR", '"'], ["-russia"]],
)
def test_a_search_finds_what_the_api_finds_in_its_order(run: Run, api: httpx.Client, words: list[str]) -> None:
    query = " ".join(f'"{word}"' if " " in word else word for word in words)
    answer = api.get("/v1/search", params={"q": query, "limit": 200}).json()
    result = run("search", *words, "--limit", "200")
    found = [f"{hit['record']['kind']}/{hit['record']['id']}" for hit in answer["items"]]
    assert [line.split()[-1] for line in result.stdout.splitlines() if line and not line.startswith(" ")] == found
    assert result.exit_code == (0 if found else 1)


def test_a_search_shows_where_the_words_stand_and_marks_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "told Russian state media  SCEEUS Guest Commentary No. 8, 2022, 4834–4915"
        in run("search", "official", "media").stdout
    )
    monkeypatch.setenv("FORCE_COLOR", "1")
    words = [sys.executable, "-c", "from app.cli import app; app()", "search", "sanctioning", "--limit", "3"]
    assert "\x1b[1;33m" in subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_a_search_is_narrowed_by_kind_and_cut_with_notice(run: Run) -> None:
    result = run("search", "korea", "--kind", "sanctions", "--kind", "figure", "--limit", "2")
    kinds = {line.split()[-1].split("/")[0] for line in result.stdout.splitlines() if line and line[0] != " "}
    assert kinds <= {"sanction", "figure"}
    assert said(result).startswith("the best 2 of ")
    assert "--limit" in result.stderr


def test_a_misspelt_name_finds_its_actor(run: Run) -> None:
    result = run("search", "Koria")
    assert result.exit_code == 1
    assert "North Korea actor/north-korea" in result.stderr


# Progress bars


@pytest.fixture
def bundles(tmp_path: Path) -> list[str]:
    """Folders of three bundles."""
    return [str(Commentary(f"number-{number}", Random(number), 14).write(tmp_path)) for number in range(3)]


@pytest.mark.parametrize(("command", "done"), [("load", "created"), ("check", "OK: 3 bundles, 45 records, 55 quotes")])
def test_long_work_shows_bars_on_a_terminal_and_keeps_them_out_of_the_result(
    bundles: list[str], command: str, done: str, databases: Databases
) -> None:
    words = [sys.executable, "-c", "from app.cli import app; app()", command, *bundles]
    environment = {**os.environ, "DOSSIER_DATABASE_URL": databases.new("empty"), "TERM": "xterm-256color"}
    terminal, end = pty.openpty()
    shown = bytearray()

    def watch() -> None:
        try:
            while piece := os.read(terminal, 4096):
                shown.extend(piece)
        except OSError:  # the terminal was closed
            pass

    watcher = threading.Thread(target=watch)
    watcher.start()
    result = subprocess.run(words, stdout=subprocess.PIPE, stderr=end, text=True, env=environment, check=False)
    os.close(end)
    watcher.join()
    os.close(terminal)
    assert result.returncode == 0
    assert done in result.stdout
    assert len(result.stdout.splitlines()) == 1
    for stage in (b"Reading", b"Checking", b"Rendering", b"3/3"):
        assert stage in shown
    quiet = invoked(command, *bundles, environment={"DOSSIER_DATABASE_URL": databases.new("empty")})
    assert quiet.exit_code == 0
    assert [line for line in said(quiet).splitlines() if not line.startswith("warning: ")] == []


def test_checking_the_database_tells_how_far_it_is(run: Run) -> None:
    assert run("check").stdout.strip() == "OK: 0 differences"


# Terminals and pipes


@pytest.mark.parametrize("words", [("show", "actor", "north-korea"), ("search", "regime"), ("--help",)])
def test_a_character_that_a_terminal_cannot_show_is_escaped(databases: Databases, words: tuple[str, ...]) -> None:
    environment = {"DOSSIER_DATABASE_URL": databases.seeded, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    command = [sys.executable, "-c", "from app.cli import app; app()", *words]
    result = subprocess.run(command, capture_output=True, env=os.environ | environment, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()
    assert (b"\\u2019" in result.stdout) == (words[0] == "show")
    assert b"Traceback" not in result.stderr


def test_a_reader_that_closes_the_pipe_is_no_error_to_report(databases: Databases) -> None:
    command = [sys.executable, "-c", "from app.cli import app; app()", "export", "jsonl"]
    environment = os.environ | {"DOSSIER_DATABASE_URL": databases.seeded}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert [line for line in process.stderr.read().splitlines() if not line.startswith(b"reading ")] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_behind_standard_output_is_one_line(databases: Databases) -> None:
    command = [sys.executable, "-c", "from app.cli import app; app()", "export", "jsonl"]
    environment = os.environ | {"DOSSIER_DATABASE_URL": databases.seeded}
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines()[1:] == ["No space left on device"]
