"""Bundles that somebody hostile sent: refused with one line that says what and where, or carried harmlessly."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import httpx
import orjson
import pytest
from rdflib import Graph
from sqlalchemy import Engine

from app.bundle import source
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, BundleRejected, Source
from app.formats.export import EXPORTS
from app.model.shape import TEXT_LENGTH
from tests.factories.bundles import dump, loaded
from tests.factories.dangerous import REPLACED, Dangerous
from tests.factories.generated import Commentary
from tests.paths import ROOT
from tests.services.api import client_of, items
from tests.services.commands import invoked
from tests.services.databases import Databases
from tests.services.serving import serving

SECRET = "root:x:0:0"
"""The content of a file outside the bundle."""
REGULAR = "; a bundle is a folder with document.txt and analysis.yaml"


def bundle(folder: Path, records: int = 7) -> Path:
    """A valid bundle."""
    return Commentary("small", Random(1), records).write(folder)


def refused(path: Path) -> list[str]:
    """The problems of a bundle, each as the line that is printed."""
    try:
        problems = Source(path).problems
    except BundleRejected as rejected:
        problems = rejected.problems
    return [str(problem) for problem in problems]


# Files


def fifo(file: Path) -> None:
    os.mkfifo(file)


def device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def link_outside(file: Path) -> None:
    outside = file.parents[1] / "passwd"
    outside.write_text(SECRET)
    file.symlink_to(f"../{outside.name}")


def linked_folder(file: Path) -> None:
    """A link in the folder to a folder outside, and a link to a file in that."""
    outside = file.parents[1] / "elsewhere"
    outside.mkdir(exist_ok=True)
    (outside / "passwd").write_text(SECRET)
    (file.parent / "inner").symlink_to(outside, target_is_directory=True)
    file.symlink_to("inner/passwd")


def loop(file: Path) -> None:
    file.symlink_to(file.name)


def directory(file: Path) -> None:
    file.mkdir()


def sparse(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(10**12)


FILES: dict[Callable[[Path], None], str] = {
    fifo: "cannot be read: not a regular file",
    device: "cannot be read: not a regular file",
    directory: "cannot be read: not a regular file",
    link_outside: "cannot be read: a link to a file outside the folder",
    linked_folder: "cannot be read: a link to a file outside the folder",
    loop: "cannot be read: Too many levels of symbolic links",
    sparse: "cannot be read: more than 8000000 bytes",
}
"""Makers of a file, with the problem that it is."""


@pytest.mark.parametrize("name", [TEXT_FILE, ANALYSIS_FILE])
@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_only_a_regular_file_inside_the_folder_is_read(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    file = bundle(tmp_path) / name
    file.unlink()
    make(file)
    assert refused(file.parent) == [f"{file}:1: {FILES[make]}{REGULAR}"]


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_a_json_file_is_read_with_the_same_care(tmp_path: Path, make: Callable[[Path], None]) -> None:
    file = tmp_path / "folder" / "bundle.json"
    file.parent.mkdir()
    make(file)
    assert refused(file) == [f"{file}:1: {FILES[make]}{REGULAR}"]


def test_a_link_inside_the_folder_and_a_link_to_the_folder_are_followed(tmp_path: Path) -> None:
    folder = bundle(tmp_path)
    (folder / ANALYSIS_FILE).rename(folder / "analysis-2.yaml")
    (folder / ANALYSIS_FILE).symlink_to("analysis-2.yaml")
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert Source(tmp_path / "link").bundle.document.id == "small"


# Analyses


@dataclass(frozen=True)
class Case:
    """An analysis, the line that is told, and the words of the message."""

    name: str
    analysis: str
    line: int
    says: str


LEVELS = 3_000
BOMB = "a: &a [lol]\n" + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi"))
LONG_KEY = "k" * 1_000_000
REFUSED = [
    Case("aliases that stand for a billion", BOMB, 1, "anchors and aliases are not supported; write the value itself"),
    Case("a merge", "a: 1\n<<: *b\n", 2, "anchors and aliases are not supported"),
    Case("an alias of itself", "document:\n  &it {id: *it}\n", 2, "anchors and aliases are not supported"),
    Case("a class of Python", "\na: !!python/object/apply:os.system [ls]\n", 2, "tags are not supported"),
    Case("a tag of its own", "a: !secret b\n", 1, "tags are not supported; write the value without its tag"),
    Case("a number that is no number", "a: !!int five\n", 1, "tags are not supported"),
    Case("bytes", "a: !!binary aGk=\n", 1, "tags are not supported"),
    Case("a set", "a: !!set {b}\n", 1, "tags are not supported"),
    Case("deep lists of YAML", f"a:\n  {'[' * LEVELS}{']' * LEVELS}\n", 2, "more than 20 levels of nesting"),
    Case("deep blocks of YAML", f"a:\n{'- ' * LEVELS}1\n", 2, "more than 20 levels of nesting"),
    Case("deep keys of YAML", f"{'? ' * LEVELS}1\n", 1, "more than 20 levels of nesting"),
    Case("deep lists of JSON", f'{{"a": {"[" * LEVELS}{"]" * LEVELS}}}', 1, "more than 20 levels of nesting"),
    Case("lists of JSON, not so deep", f'{{"actors": {"[" * 500}{"]" * 500}}}', 0, "more than 20 levels of nesting"),
    Case("a list as a term", '{"actors": [{"type": [[[1]]]}]}', 1, "actors/0/type: '…' is no valid term"),
    Case("many mistakes", f'{{"actors": [{",".join(["{}"] * 9_999)}]}}', 0, "39997 mistakes; docs/bundles.md has"),
    Case("many values", f'{{"actors": [{",".join(["1"] * 300_000)}]}}', 0, "more than 250000 values; divide"),
    Case("much YAML", f"a: {'b' * 2_000_001}", 0, "more than 2000000 characters of YAML; write it as JSON"),
    Case("a long key", f"{{\"{LONG_KEY}\": 1}}", 1, f"{LONG_KEY[:800]}"),
    Case("a long term", f'{{"actors": [{{"type": "{LONG_KEY}"}}]}}', 1, f"actors/0/type: '{'k' * 60}' is no valid"),
    Case("a number of 5,000 digits", f"figures: [{{value: {{low: {'1' * 5000}}}}}]", 1, "not plain YAML: Exceeds"),
    Case("a number of 5,000 digits in JSON", f'{{"a": {"1" * 5000}}}', 1, "not plain YAML: Exceeds the limit"),
    Case("a hexadecimal number", f"figures: [{{value: {{low: 0x{'f' * 5000}}}}}]", 1, "low: "),
    Case("half a character", '{"document": {"name": "\\ud800"}}', 1, "document/name: "),
    Case("half a character as a key", '{"document": {"\\ud800": 1}}', 1, "document: must be text"),
    Case("half a character in YAML", 'document:\n  name: "\\ud800"', 2, "document/name: "),
    Case("a key that is a list", "{[1, 2]: 3}", 1, "(1, 2): Keys should be strings"),
    Case("a key that is a mapping", "{{a: b}: 3}", 1, ""),
    Case("an old YAML", "%YAML 1.1\n---\ndocument: yes\n", 3, "document: must be a mapping"),
    Case("an escape sequence", "document:\n  id: \"\\e[2J\\u202e\\nx\"\n", 2, "(given: '\\x1b[2J\\u202e\\nx')"),
    Case("an escape sequence as a key", '"\\e[31m\\n": 1', 1, "there is no field '\\x1b[31m\\n'"),
    Case("an escape sequence as a term", 'actors: [{type: "\\e[31mstate"}]', 1, "'\\x1b[31mstate' is no valid term"),
    Case("a raw escape sequence", "a: 1\nb: \x1b[2J\n", 2, "contains the control character U+001B; remove it"),
    Case("a raw override", "a: 1 # \u202e\n", 1, "contains the control character U+202E; remove it"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_an_analysis_that_is_no_analysis_is_refused_in_lines_without_control_characters(
    tmp_path: Path, case: Case
) -> None:
    file = bundle(tmp_path) / ANALYSIS_FILE
    file.write_text(case.analysis, "utf-8")
    told = refused(file.parent)
    place = f"{file}:{case.line}: " if case.line else f"{file}: "
    assert any(line.startswith(place) and case.says in line for line in told), [line[:200] for line in told]
    for line in told:
        assert line.isprintable()
        assert len(line) <= 1_000


def test_the_command_prints_these_lines_and_no_more(tmp_path: Path) -> None:
    folder = bundle(tmp_path).rename(tmp_path / "\x1b[31m\nred")
    (folder / ANALYSIS_FILE).write_text(BOMB)
    told = invoked("check", folder, environment={"DOSSIER_DATABASE_URL": "sqlite://"})
    assert told.exit_code == 1
    assert told.stderr.splitlines()[1:] == [
        f"{tmp_path}/\\x1b[31m\\nred/analysis.yaml:1: not plain YAML: anchors and aliases are not supported; "
        "write the value itself",
        "1 problem; nothing was changed",
    ]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0c", "\x1b", "\u202e", "\u2066", "\uffff"])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_control_character_in_the_text_is_refused_with_its_line(
    tmp_path: Path, character: str, as_json: bool
) -> None:
    folder = bundle(tmp_path)
    text = f"One\r\ntwo\tthree\nfo{character}ur\n"
    told = f"contains the control character U+{ord(character):04X}; remove it"
    if as_json:
        file = folder / "bundle.json"
        file.write_text(json.dumps({"text": text, "analysis": {}}))
    else:
        file = folder / TEXT_FILE
        file.write_bytes(text.encode())
    assert refused(file if as_json else folder) == [f"{file}:3: {told}"]


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    folder = bundle(tmp_path)
    (folder / TEXT_FILE).write_text("a" * 2_000_001)
    assert refused(folder) == [f"{folder / TEXT_FILE}: has 2000001 characters; at most 2000000"]


def test_a_bundle_with_very_many_problems_is_refused_with_the_first(
    database: Callable[[str], Engine], tmp_path: Path
) -> None:
    commentary = Commentary("small", Random(1), 7)
    actor = commentary.analysis["actors"][0]
    commentary.analysis["actors"] = [actor | {"id": f"actor-{n}", "evidence": ["Nowhere."]} for n in range(1_500)]
    engine = database("empty")
    before = dump(engine)
    with pytest.raises(BundleRejected) as caught:
        loaded(engine, commentary.write(tmp_path))
    first, *others = map(str, caught.value.problems)
    assert first.endswith("analysis.yaml: has more than 1000 problems; the first are listed")
    assert len(others) == 1_000
    assert dump(engine) == before


def test_the_documented_limits_are_those_of_the_code() -> None:
    documented = (ROOT / "docs" / "bundles.md").read_text("utf-8").partition("\n## Limits\n")[2].partition("\n## ")[0]
    limits = (
        f"more than {source._MAX_BYTES:,} bytes",
        f"a text of more than {source._MAX_CHARACTERS:,} characters",
        f"more than {source._MAX_CHARACTERS:,} characters in YAML",
        f"more than {source._MAX_VALUES:,} values or {source._MAX_DEPTH} levels of nesting",
        f"more than {TEXT_LENGTH:,} characters",
        f"more than {source.MAX_PROBLEMS:,} problems",
        f"at most {source._MAX_MESSAGE:,} characters",
    )
    for limit in limits:
        assert limit in " ".join(documented.split())


# Every text of an analysis


def texts(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of each text in an analysis."""
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(inner, (*at, key))


FULL = Commentary("full", Random(3), 140)
PLACES = {
    tuple("*" if isinstance(step, int) else step for step in place): place
    for place in texts(FULL.analysis)
    if place[0] != "passages"
}
"""A place for each field that has a text."""


def replaced(place: tuple[str | int, ...], change: Callable[[str], str]) -> dict[str, Any]:
    """The analysis with a text changed."""
    analysis: dict[str, Any] = orjson.loads(orjson.dumps(FULL.analysis, option=orjson.OPT_NON_STR_KEYS))
    *path, last = place
    part: Any = analysis
    for step in path:
        part = part[step]
    part[last] = change(part[last])
    return analysis


@pytest.mark.sqlite
@pytest.mark.parametrize("field", PLACES, ids=lambda field: "-".join(field))
def test_no_text_of_an_analysis_may_have_control_characters_or_be_endless(
    database: Callable[[str], Engine], tmp_path: Path, field: tuple[str, ...]
) -> None:
    folder = FULL.write(tmp_path)
    engine = database("empty")
    for change in (
        lambda text: f"{text[:1]}\x1b[2J{text[1:]}",
        lambda text: f"{text[:1]}\u202e{text[1:]}",
        lambda text: f"{text[:1]}\ud800{text[1:]}",
        lambda text: text * (2_001 // len(text) + 1),
    ):
        (folder / ANALYSIS_FILE).write_text(json.dumps(replaced(PLACES[field], change)))
        with pytest.raises(BundleRejected) as caught:
            loaded(engine, folder)
        place = "/".join(map(str, PLACES[field]))
        assert any(f": {place}" in str(problem) for problem in caught.value.problems), str(caught.value)


# Content that is loaded, and does no harm

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"]
BIDI = "\u200fשלום (a\u200eb) ,كوريا\u061c"
"""Words with marks of direction, which reorder nothing outside them."""


@pytest.fixture(scope="module")
def api(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the service over names with markup, formulas and words from right to left."""
    commentary = Dangerous("hostile", Random(5), 140)
    for number, actor in enumerate(commentary.analysis["actors"]):
        actor["name"] = f"{(FORMULAS[number % len(FORMULAS)], BIDI, ']]>')[number % 3]} {actor['name']}"
    bundle = commentary.write(tmp_path_factory.mktemp("carried"))
    with serving(databases.loaded("empty", bundle), "https://dossier.example") as url, client_of(url) as client:
        yield client


@pytest.fixture(scope="module")
def names(api: httpx.Client) -> dict[str, str]:
    """The name of each actor by its id, as JSON has it."""
    found = {actor["id"]: actor["name"] for actor in items(api, "/v1/actors", limit=200)}
    assert {words for words in (*REPLACED.values(), BIDI) if any(words in name for name in found.values())} > {BIDI}
    return found


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


@pytest.mark.parametrize("path", ["/v1/graph.gexf", "/v1/graph.graphml"])
def test_xml_has_the_names_as_they_are(api: httpx.Client, names: dict[str, str], path: str) -> None:
    root = ElementTree.fromstring(api.get(path).content)
    nodes = [node for node in root.iter() if local(node.tag) == "node"]
    shown = {text for node in nodes for part in node.iter() for text in (part.text, *part.attrib.values()) if text}
    assert nodes
    assert {names[node.attrib["id"]] for node in nodes} <= shown
    elements = {local(node.tag) for node in root.iter()}
    assert not elements & {"script", "b", "img", "a", "style", "iframe", "svg", "input"}


@pytest.mark.parametrize("format", EXPORTS)
def test_an_export_has_the_names_as_they_are(api: httpx.Client, names: dict[str, str], format: str) -> None:
    content = api.get("/v1/export", params={"format": format}).text
    if format == "turtle":
        assert set(names.values()) <= set(map(str, Graph().parse(data=content, format="turtle").objects()))
        return
    parsed = orjson.loads(content) if format == "jsonld" else [*map(orjson.loads, content.split("\n")[:-1])]
    assert set(names.values()) <= set(leaves(parsed))


def leaves(value: Any) -> Iterator[str]:
    """Every text in JSON."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves(inner)


def test_edges_and_nodes_as_csv_have_no_formula(api: httpx.Client, names: dict[str, str]) -> None:
    for path in ("/v1/graph/nodes.csv", "/v1/graph/edges.csv", "/v1/actors.csv"):
        rows = [*csv.reader(io.StringIO(api.get(path).text, newline=""))]
        assert len(rows) > 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "＝", "-1 "))]
    assert any(name.startswith("=") for name in names.values())


def test_snippets_escape_what_they_mark(api: httpx.Client) -> None:
    hits = api.get("/v1/search", params={"q": "pwn", "limit": 50}).json()["items"]
    snippets = [snippet["html"] for hit in hits for snippet in hit["snippets"]]
    assert any("&lt;script&gt;" in snippet for snippet in snippets)
    for snippet in snippets:
        assert "<" not in snippet.replace("<mark>", "").replace("</mark>", "")
