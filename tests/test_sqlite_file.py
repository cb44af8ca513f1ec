"""The SQLite file of `dossier export sqlite`, read with SQL and by Datasette, and served again."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from app.database.engine import connect
from app.database.migration import SCHEMAS, migrate
from tests.factories.generated import Commentary
from tests.paths import COMMENTARY, SEED
from tests.services.api import PLURALS, client_of, items
from tests.services.commands import invoked
from tests.services.databases import Databases
from tests.services.serving import serving

Json = dict[str, Any]
Rows = list[dict[str, Any]]
PUBLIC = "https://dossier.example/base"
LISTS_OF_OBJECTS = {
    "actors": ("identifiers", "roles"),
    "events": ("locations", "participants", "related"),
    "sanctions": ("measures", "enforcement"),
    "statements": ("speakers", "stances"),
}
ANY_KIND = {"about", "rests_on", "depends_on", "contrasts_with", "restates", "attribution", "record", "toward"}


@pytest.fixture(scope="module")
def source(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with both commentaries and a generated one."""
    made = Commentary("made", Random(5), 140).write(tmp_path_factory.mktemp("export"))
    return databases.loaded("empty", SEED, COMMENTARY, made)


@pytest.fixture(scope="module")
def file(source: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the command writes."""
    file = tmp_path_factory.mktemp("sqlite") / "dossier.db"
    environment = {"DOSSIER_DATABASE_URL": source, "DOSSIER_PUBLIC_URL": PUBLIC}
    result = invoked("export", "sqlite", file, environment=environment)
    assert result.exit_code == 0, result.stderr
    assert f"datasette -i {file} -m {file.with_suffix('.metadata.json')}" in result.stderr
    return file


@pytest.fixture(scope="module")
def api(source: str) -> Iterator[httpx.Client]:
    """A client of a service over the same database."""
    with serving(source) as url, client_of(url) as client:
        yield client


@pytest.fixture(scope="module")
def query(file: Path) -> Iterator[Callable[..., Rows]]:
    """Reads rows of the file, which is opened read-only."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield lambda sql, *values: [dict(row) for row in connection.execute(sql, values)]


def page_of(url: str) -> str:
    return PUBLIC + url.removeprefix("/v1")


def shown(name: str, value: Any) -> Any:
    """The columns of a field of JSON, by the rules of the view."""
    if isinstance(value, dict) and value.keys() == {"kind", "id", "name", "url"}:
        ident = f"{value['kind']}/{value['id']}" if name in ANY_KIND else value["id"]
        return {name: ident, f"{name}_name": value["name"], f"{name}_url": page_of(value["url"])}
    if isinstance(value, dict):
        return {key: cell for part, inner in value.items() for key, cell in shown(f"{name}_{part}", inner).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and "url" in value[0]:
        ids = [shown(name, each)[name] for each in value]
        return {name: ids, f"{name}_name": [each["name"] for each in value]}
    return {name: page_of(value) if name == "url" else value}


def same(row: dict[str, Any], name: str, expected: Any) -> bool:
    """True if a column has a value; JSON may differ in its spelling. All columns of a null are null."""
    if expected is None:
        return {row[column] for column in row if column == name or column.startswith(f"{name}_")} == {None}
    cell = row[name]
    return bool((json.loads(cell) if cell else []) == expected if isinstance(expected, list) else cell == expected)


@pytest.mark.interop
def test_the_view_of_every_kind_has_its_records_with_names_and_urls(
    api: httpx.Client, query: Callable[..., Rows]
) -> None:
    for plural in PLURALS:
        rows = {row["id"]: row for row in query(f"SELECT * FROM {plural}")}
        records = {record["id"]: record for record in items(api, f"/v1/{plural}", limit=200)}
        assert rows.keys() == records.keys()
        for name, record in records.items():
            for field, value in record.items():
                if field not in ("kind", "evidence"):
                    for column, cell in shown(field, value).items():
                        assert same(rows[name], column, cell), (plural, name, column)


@pytest.mark.interop
def test_every_list_of_objects_is_a_view(api: httpx.Client, query: Callable[..., Rows]) -> None:
    for plural, views in LISTS_OF_OBJECTS.items():
        records = items(api, f"/v1/{plural}", limit=200)
        for view in views:
            owner = plural.removesuffix("s")
            expected = [
                shown(owner, {name: record[name] for name in ("kind", "id", "name", "url")})
                | {column: cell for field, value in entry.items() for column, cell in shown(field, value).items()}
                for record in records
                for entry in record[view]
            ]
            rows = query(f"SELECT * FROM {view}")
            assert len(rows) == len(expected) > 0, view
            for entry in expected:
                assert any(all(same(row, name, cell) for name, cell in entry.items()) for row in rows), (view, entry)


@pytest.mark.interop
def test_quotes_mentions_and_passages_are_those_of_the_texts(api: httpx.Client, query: Callable[..., Rows]) -> None:
    quotes = {row["id"]: row for row in query("SELECT * FROM quotes")}
    listed = items(api, "/v1/evidence", limit=200)
    assert quotes.keys() == {quote["id"] for quote in listed}
    for quote in listed:
        row = quotes[quote["id"]]
        assert [row[name] for name in ("passage", "start", "end", "exact")] == [
            quote[name] for name in ("passage", "start", "end", "exact")
        ]
        assert (row["record_url"], row["record_name"]) == (page_of(quote["record"]["url"]), quote["record"]["name"])
        document = page_of(quote["document"]["url"])
        assert row["url"] == f"{document}?passage={quote['passage']}#e-{quote['id']}"
    mentions = {(row["document"], row["start"], row["actor"]): row for row in query("SELECT * FROM mentions")}
    found = items(api, "/v1/mentions", limit=200)
    assert mentions.keys() == {(each["document"]["id"], each["start"], each["actor"]["id"]) for each in found}
    assert {row["actor_name"] for row in mentions.values()} == {each["actor"]["name"] for each in found}
    for whole in items(api, "/v1/documents"):
        text = api.get(f"{whole['url']}/text").text
        passages = items(api, f"{whole['url']}/passages", limit=200)
        rows = query("SELECT * FROM passages WHERE document = ? ORDER BY number", whole["id"])
        assert [row["text"] for row in rows] == [text[each["start"] : each["end"]] for each in passages]


@pytest.mark.interop
@pytest.mark.sqlite
def test_datasette_shows_the_file(file: Path, query: Callable[..., Rows]) -> None:
    from datasette.app import Datasette

    described = json.loads(file.with_suffix(".metadata.json").read_text())

    async def visit() -> None:
        service = Datasette(immutables=[str(file)], metadata=described)

        async def page(path: str) -> Any:
            answer = await service.client.get(path)
            assert answer.status_code == 200, (path, answer.text[:300])
            return answer.json() if ".json" in path else answer.text

        database = await page("/dossier.json")
        visible = {table["name"] for table in database["tables"] if not table["hidden"]}
        assert {"record_actor", "relationship", "sanction_target", "topic"} <= visible
        assert not visible & {"alembic_version", "dataset", "load", "change", "completion", "search", "records_fts"}
        views = {row["name"] for row in query("SELECT name FROM sqlite_master WHERE type = 'view'")}
        assert {*PLURALS, "quotes", "participants", "mentions"} <= views
        for name in sorted(views | visible):
            assert described["databases"]["dossier"]["tables"][name]["description"] in await page(f"/dossier/{name}")
        whole = await page("/dossier/actors")
        assert 'href="https://dossier.example/base/actors/north-korea"' in whole
        tie = (await page("/dossier/relationship.json?_labels=on&_shape=array"))[0]
        assert all(tie[column]["label"] for column in ("id", "subject_id", "object_id"))
        found = await page("/dossier/actors.json?_search=dprk&_shape=array")
        assert "north-korea" in {row["id"] for row in found}
        said = await page("/dossier/quotes.json?_search=missiles&_shape=array")
        assert said
        assert all("missile" in row["exact"].lower() for row in said)
        facets = await page(
            "/dossier/events.json?_facet=modality&_facet_array=topics&_facet_array=participants_actor_name"
        )
        assert {name for name, facet in facets["facet_results"].items() if facet["results"]} == {
            "modality",
            "topics",
            "participants_actor_name",
        }

    asyncio.run(visit())


@pytest.mark.sqlite
def test_the_file_can_be_loaded_into_exported_again_and_migrated(file: Path, tmp_path: Path, api: httpx.Client) -> None:
    second, third = tmp_path / "second.db", tmp_path / "third.db"
    second.write_bytes(file.read_bytes())
    environment = {"DOSSIER_DATABASE_URL": f"sqlite:///{second}"}
    more = Commentary("more", Random(6), 60).write(tmp_path)
    with serving(f"sqlite:///{second}") as url, client_of(url) as client:
        assert items(client, "/v1/actors", limit=200) == items(api, "/v1/actors", limit=200)
    assert invoked("load", more, environment=environment).exit_code == 0
    assert invoked("export", "sqlite", third, environment=environment).exit_code == 0
    with closing(sqlite3.connect(third)) as connection:
        [[added]] = connection.execute("SELECT count(*) FROM actors WHERE document = 'more'")
        assert added > 0
        assert connection.execute("SELECT count(*) FROM actor WHERE name IS NULL").fetchone() == (0,)
        assert connection.execute("SELECT url FROM actors WHERE id = 'russia'").fetchone() == ("/actors/russia",)
        connection.execute("UPDATE alembic_version SET version_num = ?", [SCHEMAS[0]])
    engine = connect(f"sqlite:///{third}")
    migrate(engine, "base")  # drops the views, then the tables
    engine.dispose()
    with closing(sqlite3.connect(third)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'view'").fetchone() == (0,)
