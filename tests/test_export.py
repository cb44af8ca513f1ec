"""Exports of the dataset: JSON Lines, FollowTheMoney and SQLite, and all formats by the service and the command.

test_linked_data reads JSON-LD and Turtle.
"""

import gc
import re
import sqlite3
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from click.testing import CliRunner
from followthemoney import EntityProxy, model
from followthemoney.cli.cli import cli as ftm
from rdflib import XSD, Graph, Literal
from sqlalchemy import Engine

from app.database.engine import connect
from app.database.transactions import reading
from app.formats.export import EXPORTS
from app.formats.ftm_mapping import dates
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.vocabularies import ActorType, RelationshipType
from app.query.snapshot import Snapshot
from tests.factories.bundles import loaded
from tests.factories.generated import Commentary
from tests.paths import ROOT, SEED
from tests.services.api import PLURALS, client_of, get, items
from tests.services.commands import invoked, said
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

Json = dict[str, Any]
PUBLIC = "https://dossier.example"


@pytest.fixture(scope="module")
def api(three: str) -> Iterator[httpx.Client]:
    """A client of a service over it that has a public URL."""
    with serving(three, PUBLIC) as url, client_of(url) as client:
        yield client


@pytest.fixture(scope="module")
def records(api: httpx.Client) -> dict[str, Json]:
    """Every record by its path, as the lists show it."""
    return {record["url"]: record for plural in PLURALS for record in items(api, f"/v1/{plural}", limit=200)}


@pytest.fixture(scope="module")
def quotes(api: httpx.Client, records: dict[str, Json]) -> dict[str, dict[str, Json]]:
    """The quotes of every record, by its path and their id."""
    return {
        url: {quote["id"]: quote for quote in items(api, f"{url}/evidence", limit=200)}
        if record["evidence_count"] != len(record["evidence"])
        else {quote["id"]: quote | {"document": record["document"] or record} for quote in record["evidence"]}
        for url, record in records.items()
    }


# JSON Lines


def test_json_lines_have_every_record_each_kind_in_turn(api: httpx.Client, records: dict[str, Json]) -> None:
    answer = api.get("/v1/export")
    assert answer.headers["content-type"] == "application/jsonl"
    lines = [orjson.loads(line) for line in answer.text.splitlines()]
    assert {line["url"]: line for line in lines} == records
    kinds = [line["kind"] for line in lines]
    assert list(dict.fromkeys(kinds)) == [plural.removesuffix("s") for plural in PLURALS]
    assert [line["url"] for line in lines] == [
        line["url"]
        for kind in dict.fromkeys(kinds)
        for line in sorted(lines, key=lambda found: str(found["id"]))
        if line["kind"] == kind
    ]


# FollowTheMoney


@pytest.fixture(scope="module")
def entities(api: httpx.Client) -> dict[str, EntityProxy]:
    """The entities that FollowTheMoney reads, by id."""
    answer = api.get("/v1/export", params={"format": "ftm"})
    assert answer.headers["content-type"] == "application/json+ftm"
    found = [EntityProxy.from_dict(orjson.loads(line)) for line in answer.iter_lines()]
    assert len({entity.id for entity in found}) == len(found)
    return {str(entity.id): entity for entity in found}


@pytest.mark.interop
def test_every_entity_is_as_its_schema_says(entities: dict[str, EntityProxy]) -> None:
    for entity in entities.values():
        assert not entity.schema.abstract
        entity.schema.validate({"properties": entity.to_dict()["properties"]})
        for prop, value in entity.itervalues():
            assert not prop.stub
            if prop.type.name != "text":
                assert prop.type.clean(value, format=prop.format) == value, (entity.id, prop.name)
            if prop.range is not None:
                assert entities[value].schema.is_a(prop.range), (entity.id, prop.name, value)
        for name in (*entity.schema.required, entity.schema.edge_source, entity.schema.edge_target):
            assert name is None or entity.get(name), (entity.id, name)


@pytest.mark.interop
def test_from_the_file_alone_every_record_and_its_quotes_are_recovered(
    entities: dict[str, EntityProxy], records: dict[str, Json], quotes: dict[str, dict[str, Json]]
) -> None:
    texts = {key: entity.first("bodyText") or "" for key, entity in entities.items() if entity.schema.name == "Article"}
    recovered: dict[str, dict[str, Json]] = defaultdict(dict)
    for entity in entities.values():
        if entity.schema.name != "Documentation":
            continue
        [document], [of], [exact] = entity.get("document"), entity.get("recordId"), entity.get("description")
        place = re.fullmatch(r"passage (\d+), characters (\d+) to (\d+)", entity.first("summary") or "")
        assert place
        passage, start, end = map(int, place.groups())
        assert texts[document][start:end] == exact
        recovered[of][str(entity.id).removeprefix("quote-")] = {
            "document": document.removeprefix("document-"),
            "passage": passage,
            "start": start,
            "end": end,
            "exact": exact,
            "supports": [role for role in entity.get("role") if role.startswith("/")],
        }
    for url, record in records.items():
        known = f"{record['kind']}-{record['id']}"
        entity = entities[known]
        names = entity.get("name") if entity.schema.is_a("Thing") else entity.get("description")
        assert " ".join(record["name"].split()) in names
        assert entity.get("summary") == [record["summary"]]
        assert recovered.pop(known, {}) == {
            key: {name: quote[name] for name in ("passage", "start", "end", "exact", "supports")}
            | {"document": quote["document"]["id"]}
            for key, quote in quotes[url].items()
        }
        if record["kind"] != "document":
            assert entity.get("proof") == [f"document-{record['document']['id']}"]
    assert not recovered


@pytest.mark.interop
def test_records_become_what_the_table_says(entities: dict[str, EntityProxy], records: dict[str, Json]) -> None:
    """The table of docs/ftm.md."""
    page = (ROOT / "docs" / "ftm.md").read_text("utf-8")
    told: dict[tuple[str, str], str] = {}
    for kind, which, schema in re.findall(r"^\| (\w+) \| ([^|]+) \| `(\w+)` \|", page, re.MULTILINE):
        told |= {(kind, term): schema for term in re.findall(r"`(\w+)`", which) or [which]}
    for record in records.values():
        kind, by_type = record["kind"], record.get("type", "all")
        term = {
            "actor": by_type,
            "relationship": by_type,
            "event": record.get("modality"),
            "sanction": "with targets" if record.get("targets") else "without targets",
        }.get(kind, "all")
        schema = entities[f"{kind}-{record['id']}"].schema.name
        assert schema == told[kind, term] or (kind, schema) == ("relationship", "UnknownLink"), (kind, term)
    assert {term for kind, term in told if kind == "actor"} == set(ActorType)
    assert {term for kind, term in told if kind == "relationship"} == set(RelationshipType)
    assert all(schema in model.schemata for schema in told.values())


@pytest.mark.interop
def test_the_seed_reads_well_as_followthemoney(entities: dict[str, EntityProxy]) -> None:
    assert entities["actor-kim-jong-un"].schema.name == "Person"
    assert entities["actor-soviet-union"].get("country") == ["suhh"]
    assert "DPRK" in entities["actor-north-korea"].get("alias")
    visit = entities["event-kim-visits-vladivostok"]
    assert (visit.get("startDate"), visit.get("endDate")) == (["2019-03-01"], ["2019-05-31"])
    assert visit.get("location") == ["Vladivostok"]
    assert "actor-kim-jong-un" in visit.get("involved")
    ban = entities["sanction-ban-on-north-korean-labour"]
    assert (ban.schema.name, ban.get("entity")) == ("Sanction", ["actor-north-korea"])
    article = entities[f"document-{SEED.name}"]
    assert (article.get("language"), article.get("publishedAt")) == (["eng"], [])
    assert article.get("description") == ["published 2022"]
    assert article.get("bodyText") == [(SEED / "document.txt").read_text("utf-8")]
    assert all(entity.first("sourceUrl").startswith("https://") for entity in entities.values())  # type: ignore[union-attr]


@pytest.mark.interop
def test_the_rdf_export_of_followthemoney_takes_every_date(entities: dict[str, EntityProxy], tmp_path: Path) -> None:
    file, rdf = tmp_path / "dossier.ftm.json", tmp_path / "dossier.nt"
    file.write_bytes(b"".join(orjson.dumps(entity.to_dict()) + b"\n" for entity in entities.values()))
    result = CliRunner().invoke(ftm, ["export-rdf", "--infile", str(file), "--outfile", str(rdf)])
    assert result.exit_code == 0, result.output
    graph = Graph().parse(rdf, format="nt")
    literals = [node for node in graph.objects() if isinstance(node, Literal)]
    assert not [literal for literal in literals if literal.ill_typed]
    days = {str(literal) for literal in literals if literal.datatype == XSD.date}
    expected = {
        value for entity in entities.values() for prop, value in entity.itervalues() if prop.type.name == "date"
    }
    assert days == expected


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2022", {"startDate": "2022-01-01", "endDate": "2022-12-31"}),
        ("2022-03~", {"startDate": "2022-03-01", "endDate": "2022-03-31"}),
        ("2022-03-22?", {"date": "2022-03-22"}),
        ("2016/2020", {"startDate": "2016-01-01", "endDate": "2020-12-31"}),
        ("2016-05~/2020-06-01", {"startDate": "2016-05-01", "endDate": "2020-06-01"}),
        ("../2016", {"endDate": "2016-12-31"}),
        ("2016/..", {"startDate": "2016-01-01"}),
        ("199X", {"startDate": "1990-01-01", "endDate": "1999-12-31"}),
        ("19XX", {"startDate": "1900-01-01", "endDate": "1999-12-31"}),
        ("2019-21", {"startDate": "2019-03-01", "endDate": "2019-05-31"}),
        ("2019-21/2020", {"startDate": "2019-03-01", "endDate": "2020-12-31"}),
        ("0900", {}),
        ("0900/2016", {"endDate": "2016-12-31"}),
        ("2016/3000", {"startDate": "2016-01-01"}),
        (None, {}),
    ],
)
def test_dates_are_days_that_enclose_those_of_the_source(edtf: str | None, expected: dict[str, str]) -> None:
    from app.model.dates import Date, DateDraft

    date = Date.of(DateDraft(text="then", edtf=edtf)).model_dump(mode="json")
    assert dates(date) == expected
    assert dates(None) == {}


# The service


def test_the_format_is_chosen_by_name(api: httpx.Client) -> None:
    for name, export in EXPORTS.items():
        answer = api.get("/v1/export", params={"format": name})
        assert answer.headers["content-type"].partition(";")[0] == export.media_type
    assert api.get("/v1/export").content == api.get("/v1/export?format=jsonl").content
    assert "'jsonld'" in problem(api.get("/v1/export", params={"format": "jsonldd"}), 422)["detail"]
    problem(api.get("/v1/export", params={"limit": 1}), 422)


def test_what_is_still_true_is_not_sent_again(api: httpx.Client, three: str) -> None:
    tags = {}
    for name in EXPORTS:
        tags[name] = api.get("/v1/export", params={"format": name}).headers["etag"]
        again = api.get("/v1/export", params={"format": name}, headers={"If-None-Match": tags[name]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(set(tags.values())) == len(EXPORTS)
    with serving(three) as url:
        assert get(f"{url}/v1/export?format=ftm").headers["etag"] != tags["ftm"]


def test_a_body_that_is_not_sent_is_not_made(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def write(_reader: Snapshot, _base: str, _kinds: Iterable[KindName]) -> Iterator[bytes]:
        for number in range(1000):
            written.append(number)
            yield b"a line that is longer than a packet" * 10_000

    changed = {name: replace(export, write=write) for name, export in EXPORTS.items()}
    monkeypatch.setattr("app.api.export.EXPORTS", changed)
    tag = api.head("/v1/export").headers["etag"]
    assert api.get("/v1/export", headers={"If-None-Match": tag}).status_code == 304
    assert len(written) < 20


def test_without_a_public_url_entities_have_no_source_url(three: str) -> None:
    with serving(three) as url:
        lines = list(map(orjson.loads, get(f"{url}/v1/export?format=ftm").iter_lines()))
    assert lines
    assert {line["schema"] for line in lines if "sourceUrl" in line["properties"]} == {"Article"}, "the publisher's URL"


def test_an_export_is_of_one_revision_whatever_is_loaded_meanwhile(
    database: Callable[[str], Engine], tmp_path: Path
) -> None:
    engine = database("empty")
    loaded(engine, Commentary("first", Random(1), 350).write(tmp_path))
    second = Commentary("second", Random(2), 70).write(tmp_path)
    with (
        serving(str(engine.url)) as url,
        httpx.stream("GET", f"{url}/v1/export", headers={"Accept-Encoding": "identity"}) as answer,
    ):
        chunks = answer.iter_raw(1024)
        begun = next(chunks)
        loaded(engine, second)
        records = list(map(orjson.loads, (begun + b"".join(chunks)).splitlines()))
    assert {record["revision"] for record in records} == {1}
    assert {record["id"] for record in records if record["kind"] == "document"} == {"first"}


@pytest.fixture(scope="module")
def growing(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> list[Engine]:
    """Databases with three and with nine commentaries."""
    folder, engines = tmp_path_factory.mktemp("growing"), []
    for documents in (3, 9):
        names = [f"of-{documents}-number-{number}" for number in range(documents)]
        bundles = (Commentary(name, Random(name), 70).write(folder) for name in names)
        engines.append(connect(databases.loaded("empty", *bundles)))
    return engines


@pytest.mark.parametrize("format", EXPORTS)
def test_an_export_takes_constant_memory(growing: list[Engine], format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.query.scan.BATCH", 5)
    peaks = []
    gc.freeze()  # objects of other tests would delay garbage collection
    for engine in growing:
        with reading(engine) as connection:
            reader = Snapshot(connection)
            sum(map(len, EXPORTS[format].write(reader, "", KINDS)))  # fills the caches
            gc.collect()
            tracemalloc.start()
            sum(map(len, EXPORTS[format].write(reader, "", KINDS)))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        engine.dispose()
    gc.unfreeze()
    assert peaks[1] < 1.7 * peaks[0], "memory grows with the records"


# The command


class Command:
    """`dossier export` over a database."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOSSIER_DATABASE_URL", url)
        monkeypatch.setenv("DOSSIER_PUBLIC_URL", PUBLIC)

    def __call__(self, *arguments: str | Path) -> tuple[int, bytes, str]:
        result = invoked("export", *arguments)
        return result.exit_code, result.stdout_bytes, said(result)


@pytest.fixture
def export(three: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(three, monkeypatch)


@pytest.mark.parametrize("format", EXPORTS)
def test_the_command_writes_what_the_service_sends(
    api: httpx.Client, export: Command, tmp_path: Path, format: str
) -> None:
    sent = api.get("/v1/export", params={"format": format}).content
    assert export(format) == (0, sent, "")
    assert export(format, tmp_path / "file") == (0, b"", "")
    assert (tmp_path / "file").read_bytes() == sent
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_command_copies_the_database_without_its_secret(
    export: Command, three: str, tmp_path: Path, records: dict[str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "copy.db"
    file.write_text("something older")
    described = tmp_path / "copy.metadata.json"
    assert export("sqlite", file) == (0, b"", f"open it with: datasette -i {file} -m {described}\n")
    engine = connect(three)
    with reading(engine) as connection:
        secret, dataset = Snapshot(connection).secret, Snapshot(connection).dataset
    engine.dispose()
    assert len(secret) == 64
    assert secret.encode() not in file.read_bytes()
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        bodies = [orjson.loads(body) for (body,) in connection.execute("SELECT body FROM record")]
        assert {body["url"]: body for body in bodies} == records
        assert connection.execute("SELECT count(*) FROM search WHERE search MATCH 'korea'").fetchone()[0] > 10
    assert {path.name for path in tmp_path.iterdir()} == {"copy.db", "copy.metadata.json"}

    # The copy is the same dataset. It gets a secret of its own when it is first opened for writing.
    monkeypatch.setenv("DOSSIER_DATABASE_URL", f"sqlite:///{file}")
    before = file.read_bytes()
    assert invoked("check").exit_code == 0
    assert file.read_bytes() == before
    assert invoked("migrate").exit_code == 0
    engine = connect(f"sqlite:///{file}")
    with reading(engine) as connection:
        assert Snapshot(connection).dataset == dataset
        assert len(Snapshot(connection).secret) == 64
        assert Snapshot(connection).secret != secret
    engine.dispose()


def test_the_command_says_what_it_cannot_do(export: Command, tmp_path: Path) -> None:
    assert export("sqlite") == (2, b"", "the format sqlite needs a file to write to\n")
    file = tmp_path / "no such folder" / "file"
    assert export("jsonl", file) == (2, b"", f"{file}.part: No such file or directory\n")
    code, _, told = export("csv")
    assert (code, "'csv' is not one of" in told) == (2, True)
