r"""CSV: the file of every list has the same content as its JSON.

Cells are read by the OpenAPI document and the rules in docs/formats.md alone:

    text        without one leading apostrophe
    empty       null if the field is nullable, otherwise an empty text or list
    a Ref       an id, `kind/id` in ANY_KIND; beside it, in `a.name`, its name
    `a.b`       the field `b` of the object `a`
    a list      split at each `|` without a backslash before it; JSON if its items are objects, and for a map
    objects     JSON; beside it, in `a.part.name`, the names of their Refs as a list
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pandas
import pytest

from tests.factories.generated import Commentary
from tests.paths import ROOT
from tests.services.api import PLURALS, client_of, items
from tests.services.databases import Databases
from tests.services.serving import serving

LISTS = [f"/v1/{name}" for name in (*PLURALS, "evidence", "mentions", "timeline")]
ANY_KIND = {"about", "rests_on", "depends_on", "contrasts_with", "restates", "attribution", "record", "records"}
"""Fields that can refer to records of any kind."""
LEFT_OUT = {"evidence"}
PERILS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''",
    "＝1+1",
    "a|b",
    "a\\|b\\",
    '"=1"',
    'a,"b"',
    "a\nb\r\nc\rd",
    "𝔘|",
    "'|'",
]

Schema = dict[str, Any]


@pytest.fixture(scope="session")
def perilous_url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a service whose names and texts contain formulas, separators and line breaks."""
    folder = tmp_path_factory.mktemp("perilous")
    commentary = Commentary("perilous", Random(5), 140)
    random = Random(6)
    for records in commentary.analysis.values():
        for number, record in enumerate(records if isinstance(records, list) else ()):
            record["name"] = PERILS[number % len(PERILS)] + record["name"]
            record["summary"] = random.choice(PERILS) + record["summary"]
    for number, peril in enumerate(PERILS):
        words = peril.splitlines()[0] + f" the {number}th"
        commentary.lines.append(f"{words} stands here.")
        commentary.analysis["actors"][number % 3].setdefault("aliases", []).append(words)
    with serving(databases.loaded("empty", commentary.write(folder))) as url:
        yield url


@pytest.fixture(params=["seeded_url", "generated_url", "perilous_url"])
def api(request: pytest.FixtureRequest, databases: Databases) -> Iterator[httpx.Client]:
    """A client over the seed, then over generated records, then over hostile names."""
    with client_of(request.getfixturevalue(request.param)) as client:
        yield client


def tables(client: httpx.Client) -> dict[str, Schema]:
    """Every list with a CSV file: its path, and the schema of its items."""
    contract = client.get("/openapi.json").json()
    found = {}
    for path in LISTS:
        page = contract["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        found[path] = inlined(contract, resolve(contract, page)["properties"]["items"]["items"])
    return found


def resolve(contract: Schema, schema: Schema) -> Schema:
    """The schema that a schema refers to, or itself; of a schema or null, the schema."""
    while "$ref" in schema or "anyOf" in schema:
        schema = schema["anyOf"][0] if "anyOf" in schema else found(contract, schema["$ref"])
    return schema


def found(contract: Schema, reference: str) -> Schema:
    schema: Schema = contract["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def inlined(contract: Schema, schema: Schema) -> Schema:
    """A resolved schema: its type, whether it is nullable, and the schemas of its fields or items."""
    options = schema.get("anyOf", [schema])
    whole = resolve(contract, schema)
    return {
        "title": whole.get("title"),
        "type": whole.get("type", "string"),
        "nullable": {"type": "null"} in options,
        "properties": {name: inlined(contract, part) for name, part in whole.get("properties", {}).items()},
        "items": inlined(contract, whole["items"]) if "items" in whole else None,
    }


def columns(name: str, schema: Schema) -> Iterator[str]:
    """The column names of a field."""
    if schema["properties"] and schema["title"] != "Ref":
        for part, inner in schema["properties"].items():
            yield from columns(f"{name}.{part}", inner)
    else:
        yield name
        if is_ref(schema):
            yield f"{name}.name"
        yield from (f"{name}.{part}.name" for part in refs_in(schema))


def refs_in(schema: Schema) -> list[str]:
    """The fields that are Refs in the objects of a list."""
    parts = {} if schema["items"] is None or is_ref(schema) else schema["items"]["properties"]
    return [part for part, inner in parts.items() if inner["title"] == "Ref"]


def is_ref(schema: Schema) -> bool:
    """True for a Ref and for a list of Refs."""
    return "Ref" in (schema["title"], schema["items"] and schema["items"]["title"])


def meaning(row: dict[str, str], name: str, schema: Schema) -> Any:
    """The value that the cells of a field stand for."""
    if name not in row:
        cells = [row[column] for column in columns(name, schema)]
        if schema["nullable"] and not any(cells):
            return None
        return {part: meaning(row, f"{name}.{part}", inner) for part, inner in schema["properties"].items()}
    cell = row[name]
    if is_ref(schema):
        pair = (cell.removeprefix("'"), row[f"{name}.name"].removeprefix("'"))
        return pair if schema["title"] == "Ref" else tuple(map(split, pair))
    if schema["type"] == "array":
        if schema["items"]["properties"] and schema["items"]["title"] != "Ref":
            return json.loads(cell or "[]")
        return split(cell.removeprefix("'"))
    if schema["type"] == "object" and not schema["properties"]:
        return json.loads(cell or "{}")
    if not cell and schema["nullable"]:
        return None
    match schema["type"]:
        case "integer":
            return int(cell)
        case "number":
            return float(cell)
        case "boolean":
            return {"true": True, "false": False}[cell]
        case _:
            return cell.removeprefix("'")


def split(cell: str) -> list[str]:
    """The items of a cell that joins a list."""
    joined = re.findall(r"((?:[^|\\]|\\[|\\])*)(?:\||$)", cell, re.DOTALL) if cell else []
    return [re.sub(r"\\([|\\])", r"\1", item) for item in joined[: len(joined) - (joined[-1:] == [""])]]


def flat(name: str, value: Any, schema: Schema) -> Any:
    """The JSON value of a field, with Refs as two cells write them."""
    if schema["title"] == "Ref":
        return ref(name, value) if value else ("", "")
    if is_ref(schema):
        return [ref(name, item)[0] for item in value], [ref(name, item)[1] for item in value]
    if schema["properties"] and value is not None:
        return {part: flat(part, value[part], inner) for part, inner in schema["properties"].items()}
    return value


def ref(name: str, value: dict[str, str]) -> tuple[str, str]:
    return f"{value['kind']}/{value['id']}" if name in ANY_KIND else value["id"], value["name"]


def read(url: httpx.URL) -> list[dict[str, str]]:
    """The rows of a CSV that pandas reads from its URL."""
    frame = pandas.read_csv(str(url), keep_default_na=False, dtype=str)
    rows: list[dict[str, str]] = frame.to_dict("records")
    return rows


@pytest.mark.interop
def test_the_csv_of_every_list_read_by_pandas_is_its_json(api: httpx.Client) -> None:
    for path, schema in tables(api).items():
        expected = items(api, path, limit=200)
        rows = read(api.base_url.join(f"{path}.csv"))
        fields = {name: part for name, part in schema["properties"].items() if name not in LEFT_OUT}
        headings = [heading for name, part in fields.items() for heading in columns(name, part)]
        assert all(list(row) == headings for row in rows), path
        assert len(rows) == len(expected), path
        for row, item in zip(rows, expected, strict=True):
            unflattened = {name: meaning(row, name, part) for name, part in fields.items()}
            assert unflattened == {name: flat(name, item[name], part) for name, part in fields.items()}, path
            for name, part in ((name, part) for name, schema in fields.items() for part in refs_in(schema)):
                named = [found[part]["name"] for found in item[name] if found[part]]
                assert split(row[f"{name}.{part}.name"].removeprefix("'")) == named, path


def test_no_cell_is_a_formula(api: httpx.Client) -> None:
    for path in tables(api):
        text = api.get(f"{path}.csv").content.decode()
        assert not text.startswith("\ufeff")
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?", cell)
                assert number or not re.match(r"[=+\-@＝＋－＠\t\r\n]", cell), (path, cell)


def test_perilous_names_come_back_as_they_are(perilous_url: str) -> None:
    rows = read(httpx.URL(f"{perilous_url}/v1/actors.csv"))
    with client_of(perilous_url) as client:
        names = {record["id"]: record["name"] for record in items(client, "/v1/actors")}
    assert {row["id"]: row["name"].removeprefix("'") for row in rows} == names
    escaped = {row["name"][:2] for row in rows if row["name"].startswith("'")}
    assert {"'=", "'+", "'-", "'@", "''", "'＝"} <= escaped


@pytest.mark.interop
def test_the_documented_way_back_is_one(perilous_url: str) -> None:
    """Runs the Python code of docs/formats.md."""
    [snippet] = re.findall(
        "^```python\n(.*?)^```$", (ROOT / "docs" / "formats.md").read_text(), re.MULTILINE | re.DOTALL
    )
    names: dict[str, Any] = {"base": perilous_url}
    exec(snippet, names)
    with client_of(perilous_url) as client:
        expected = items(client, "/v1/actors", limit=200)
    assert any(len(record["aliases"]) > 1 for record in expected)
    for row, record in zip(names["table"].to_dict("records"), expected, strict=True):
        assert [row["name"], row["aliases"], row["roles"]] == [record["name"], record["aliases"], record["roles"]]
