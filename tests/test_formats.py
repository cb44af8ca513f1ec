"""The table that compares the formats in docs/formats.md: each of its claims is computed from the files themselves.

A file is read as the strings in it. A cell says how many of some strings of the API's JSON they have: `all`, `some` or
`none`. Each row also names the test file that reads the format with another program.
"""

import csv
import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import orjson
import pandas
import pytest
from rdflib import Graph, Literal

from tests.paths import ROOT
from tests.services.api import PLURALS, client_of, items
from tests.services.commands import invoked
from tests.services.serving import serving

pytestmark = [
    pytest.mark.interop,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),  # rdflib's own parser uses it
]

FILES = ["evidence", "mentions"]
HEADINGS = ["names", "summaries", "fields", "quotes", "texts"]
Strings = set[str]


@pytest.fixture(scope="module")
def api(both: str) -> Iterator[httpx.Client]:
    """A client of the service over it."""
    with serving(both) as url, client_of(url) as client:
        yield client


def strings(value: Any) -> Strings:
    """All strings and numbers in JSON, as text."""
    if isinstance(value, dict):
        return set().union(*map(strings, value.values()))
    if isinstance(value, list):
        return set().union(*map(strings, value))
    return set() if value is None or isinstance(value, bool) else {str(value)}


def in_lines(text: str) -> Strings:
    return set().union(*(strings(orjson.loads(line)) for line in text.splitlines()))


def in_cells(cells: Iterator[str]) -> Strings:
    """The strings in cells, and in the JSON and the lists in them."""
    found: Strings = set()
    for cell in cells:
        found |= {cell, cell.removeprefix("'"), *cell.split("|")}
        if cell[:2] in ("[{", '["', '{"'):
            found |= strings(orjson.loads(cell))
    return found


def of_csv(client: httpx.Client) -> Strings:
    texts = (client.get(f"/v1/{name}.csv").text for name in (*PLURALS, *FILES))
    return in_cells(cell for text in texts for row in csv.reader(io.StringIO(text, newline="")) for cell in row)


def of_graph_tables(client: httpx.Client) -> Strings:
    found: Strings = set()
    for name in ("nodes", "edges"):
        frame = pandas.read_csv(io.StringIO(client.get(f"/v1/graph/{name}.csv").text), keep_default_na=False, dtype=str)
        found |= in_cells(iter(frame.to_numpy().flatten()))
    return found


def of_xml(path: str) -> Callable[[httpx.Client], Strings]:
    def read(client: httpx.Client) -> Strings:
        elements = ElementTree.fromstring(client.get(path).content).iter()
        texts = (text for each in elements for text in (each.text or "", *each.attrib.values()))
        return {
            piece
            for text in texts
            for piece in (text, text.rpartition(" (")[0], *re.split(" ?<[^>]*>", unescape(text)))
        }

    return read


def of_export(format: str) -> Callable[[httpx.Client], Strings]:
    return lambda client: in_lines(client.get("/v1/export", params={"format": format}).text)


def of_rdf(format: str) -> Callable[[httpx.Client], Strings]:
    def read(client: httpx.Client) -> Strings:
        content = client.get("/v1/export", params={"format": format}).text
        graph = Graph().parse(data=content, format={"jsonld": "json-ld"}.get(format, format))
        terms = {term for triple in graph for term in triple}
        literals = {str(term) for term in terms if isinstance(term, Literal)}
        iris = {str(term) for term in terms if not isinstance(term, Literal)}
        return literals | iris | {iri.rpartition("/")[2] for iri in iris}

    return read


def of_sqlite(client: httpx.Client, both: str, folder: Path) -> Strings:
    assert invoked("export", "sqlite", folder / "d.db", environment={"DOSSIER_DATABASE_URL": both}).exit_code == 0
    with closing(sqlite3.connect(folder / "d.db")) as connection:
        views = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        rows = [row for view in views for row in connection.execute(f"SELECT * FROM {view}")]
    return in_cells(str(cell) for row in rows for cell in row)


READERS: dict[str, Callable[[httpx.Client], Strings]] = {
    "CSV": of_csv,
    "JSON Lines": of_export("jsonl"),
    "GEXF": of_xml("/v1/graph.gexf"),
    "GraphML": of_xml("/v1/graph.graphml"),
    "Graph as CSV": of_graph_tables,
    "JSON-LD": of_rdf("jsonld"),
    "Turtle": of_rdf("turtle"),
    "FollowTheMoney": of_export("ftm"),
    "Atom": of_xml("/v1/changes.atom"),
}


def probes(client: httpx.Client) -> dict[str, Strings]:
    """By heading, the strings that a file may have."""
    records = [record for plural in PLURALS for record in items(client, f"/v1/{plural}", limit=200)]
    texts = [
        passage["text"]
        for document in items(client, "/v1/documents")
        for passage in items(client, f"{document['url']}/passages", limit=200)
    ]
    quotes = {quote["exact"] for quote in items(client, "/v1/evidence", limit=200)}
    quotes = {quote for quote in quotes if quote.count(" ") > 2}  # shorter ones are names too
    return {
        "names": {record["name"] for record in records},
        "summaries": {record["summary"] for record in records},
        "fields": set().union(*(strings(own(record)) for record in records)),
        "quotes": quotes,
        "texts": set(texts) - quotes,
    }


COMMON = {"kind", "id", "url", "name", "summary", "topics", "actors", "document", "evidence", "evidence_count"}


def own(value: Any) -> Any:
    """The fields that only this kind of record has, without Refs."""
    if isinstance(value, dict) and "evidence" in value:
        kept = value.keys() - COMMON - {"formerly", "revision", "updated_at"}
        return {name: own(value[name]) for name in kept}
    if isinstance(value, dict):
        return None if "url" in value else {name: own(inner) for name, inner in value.items()}
    return [own(inner) for inner in value] if isinstance(value, list) else value


def compared() -> dict[str, list[str]]:
    """The rows of the table, by format."""
    page = (ROOT / "docs" / "formats.md").read_text()
    lines = page.partition(f"| format | {' | '.join(HEADINGS)} |")[2].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {name: cells for name, *cells in rows}


def test_each_cell_is_what_the_file_has(api: httpx.Client, both: str, tmp_path: Path) -> None:
    expected = probes(api)
    assert all(len(found) > 3 for found in expected.values())
    readers = READERS | {"SQLite": lambda client: of_sqlite(client, both, tmp_path)}
    table = compared()
    assert table.keys() == readers.keys()
    computed: dict[str, list[str]] = {}
    for name, read in readers.items():
        found = read(api)
        whole = "\n".join(found)
        had = {heading: expected[heading] & found for heading in HEADINGS}
        had["texts"] |= {text for text in expected["texts"] if text in whole}  # FollowTheMoney has a text in one piece
        shares = [len(had[heading]) / len(expected[heading]) for heading in HEADINGS]
        computed[name] = ["all" if share == 1 else "some" if share > 0.05 else "none" for share in shares]
    assert {name: cells[: len(HEADINGS)] for name, cells in table.items()} == computed


def test_pandas_reads_json_lines(api: httpx.Client) -> None:
    text = api.get("/v1/export", params={"kind": "event"}).text
    frame = pandas.read_json(io.StringIO(text), lines=True)
    expected = {event["id"]: event["participants"] for event in items(api, "/v1/events", limit=200)}
    assert dict(zip(frame["id"], frame["participants"], strict=True)) == expected


def test_each_format_is_opened_by_the_program_that_the_page_names() -> None:
    """The last column of the second table names the tests, which open the file with this program."""
    page = (ROOT / "docs" / "formats.md").read_text()
    lines = page.partition("| format | loses | opens in | test |")[2].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert {row[0] for row in rows} >= compared().keys()
    for _, _, programs, tests in rows:
        named = [name.strip("`") for name in tests.split(", ")]
        sources = "".join((ROOT / "tests" / f"{name}.py").read_text().lower() for name in named)
        for program in re.findall(r"\*\*(\w+)\*\*", programs):
            assert program.lower() in sources, (program, named)
