"""A bundle is given out as it was submitted, byte for byte, and can be loaded again."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE, BundleRejected, Source
from app.bundle.submission import read_submission
from app.database.transactions import reading, writing
from app.model.document import Document, Passage, Sentence
from app.model.evidence import EvidenceRow, Mention
from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from tests.factories.bundles import edited, loaded, source
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import slow_examples
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of, items
from tests.services.commands import invoked, said
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

MARKS = "".join(map(chr, (0x7F, 0x85, 0x9F, 0xA0, 0xAD, 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0x1F600, 0x1D518)))

Database = Callable[[str], Engine]


def state(engine: Engine) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The served records by path, without revisions; the rows of texts, passages, sentences, quotes, mentions."""
    with reading(engine) as connection:
        rows = list(connection.execute(select(RECORD.c.id, RECORD.c.slug, RECORD.c.body)))
        bodies = [orjson.loads(row.body) for row in rows]
        served = {
            body["url"]: {n: v for n, v in body.items() if n not in ("revision", "updated_at")} for body in bodies
        }
        slugs = {row.id: row.slug for row in rows}
        kept = {}
        for model in (Document, Passage, Sentence, EvidenceRow, Mention):
            table = table_of(model)
            kept[table.name] = sorted(
                str(
                    {
                        column: slugs[value] if column.endswith("_id") and value else value
                        for column, value in row.items()
                        if column not in ("id", "digest", "bundle")
                    }
                )
                for row in connection.execute(select(table)).mappings()
            )
    return served, kept


def given_out(engine: Engine, into: Path) -> list[Path]:
    """Every document of a database, as `.json` files."""
    into.mkdir()
    with reading(engine) as connection:
        documents = select(RECORD.c.id, RECORD.c.slug).where(RECORD.c.kind == KindName.DOCUMENT)
        for key, slug in connection.execute(documents).all():
            (into / f"{slug}.json").write_text(read_submission(connection, key).model_dump_json())
    return sorted(into.iterdir())


@pytest.fixture
def again(database: Database, tmp_path: Path) -> Callable[[Sequence[Path]], None]:
    """Load bundles, write them out, load the result: a new database gets the same content, the first no change."""

    def check(folders: Sequence[Path]) -> None:
        first, second = database("empty"), database("empty")
        loaded(first, *folders)
        bundles = given_out(first, tmp_path / f"again-{len(list(tmp_path.iterdir()))}")
        loaded(second, *bundles)
        assert state(second) == state(first)
        assert str(loaded(first, *bundles)) == "nothing changed; revision 1"

    return check


def test_the_commentaries_given_out_and_loaded_again_are_the_same(again: Callable[[Sequence[Path]], None]) -> None:
    again([SEED, COMMENTARY])


@slow_examples(thorough=8)
@given(st.integers(0, 2**32), st.integers(1, 40))
@example(1, 20)
def test_generated_commentaries_given_out_and_loaded_again_are_the_same(
    again: Callable[[Sequence[Path]], None], tmp_path_factory: pytest.TempPathFactory, seed: int, records: int
) -> None:
    folder, written = tmp_path_factory.mktemp("generated"), list[Tangled]()
    for number in range(3):  # each refers to records of the earlier ones, and adds quotes to them
        written.append(Tangled(f"number-{number}", Random(seed + number), records, written[:]))
    again([commentary.write(folder) for commentary in written])


def marked(folder: Path) -> tuple[str, dict[str, Any]]:
    """The text and the analysis of a bundle, with characters and words that YAML reads in its own way."""
    text = (folder / TEXT_FILE).read_text("utf-8")
    analysis = source(folder).bundle.model_dump(mode="json")
    event, sanction, figure = (analysis[plural][0] for plural in ("events", "sanctions", "figures"))
    event["summary"] = f"{MARKS}: - 'x' \"y\" # no comment\\"
    event["outcome"] = {"text": text.split()[0], "status": "unknown"}
    event["evidence"].append({"exact": text.splitlines()[1][:100]})
    event["evidence"].append({"exact": text.split()[0], "passage": 1, "supports": ["/outcome/text"]})
    sanction["instrument"] = {"name": "Resolution", "symbol": "S/RES/1"}
    sanction["measures"] = [{"type": "other", "goods": ["1e3", "null", "2022-03-01", "~"], "description": "No"}]
    figure["summary"] = "no\n\nyes\n: |\n  2"
    ends = str.maketrans("", "", "\x85\u2028\u2029")  # a text with these is refused
    return f"{text}\n{MARKS.translate(ends)}", analysis


def test_an_analysis_that_is_an_object_is_stored_as_its_json_text(
    again: Callable[[Sequence[Path]], None], database: Database, tmp_path: Path
) -> None:
    text, analysis = marked(SEED)
    file = tmp_path / "marked.json"
    file.write_bytes(orjson.dumps({"text": text, "analysis": analysis}, option=orjson.OPT_NON_STR_KEYS))
    again([file])
    engine = database("empty")
    loaded(engine, file)
    [given] = given_out(engine, tmp_path / "given")
    submitted = orjson.loads(given.read_bytes())
    assert submitted["text"] == text
    assert orjson.loads(submitted["analysis"]) == orjson.loads(file.read_bytes())["analysis"]


# The service


@pytest.fixture(scope="module")
def api(databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over the seed."""
    with serving(databases.seeded) as url, client_of(url) as client:
        yield client


def test_the_service_answers_a_bundle_as_it_was_submitted(api: httpx.Client) -> None:
    assert api.get(f"/v1/documents/{SEED.name}/bundle").json() == {
        "text": (SEED / TEXT_FILE).read_text("utf-8"),
        "analysis": (SEED / ANALYSIS_FILE).read_text("utf-8"),
    }


def test_a_file_as_the_service_gives_it_can_be_loaded(api: httpx.Client, database: Database, tmp_path: Path) -> None:
    for number, item in enumerate(items(api, "/v1/documents")):
        file = tmp_path / f"{number}.json"
        file.write_bytes(api.get(f"{item['url']}/bundle").content)
        engine = database("empty")
        loaded(engine, file)
        assert state(engine) == state(database("seeded"))


def test_a_change_of_comments_alone_is_served_under_a_new_etag_and_leaves_every_record_as_it_was(
    database: Database, tmp_path: Path
) -> None:
    engine = database("seeded")
    copy = edited(SEED, tmp_path / "copy")
    analysis = (copy / ANALYSIS_FILE).read_text("utf-8") + "# Checked once more.\n"
    (copy / ANALYSIS_FILE).write_text(analysis, "utf-8")
    path = f"/v1/documents/{SEED.name}"
    with serving(str(engine.url)) as url, client_of(url) as client:
        record, before = client.get(path).json(), client.get(f"{path}/bundle")
        bodies, changes = state(engine), len(items(client, "/v1/changes"))
        assert str(loaded(engine, copy)) == "no record changed; revision 2"
        after = client.get(f"{path}/bundle", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.json() == before.json() | {"analysis": analysis}
        assert client.get(path).json() == record
        assert len(items(client, "/v1/changes")) == changes
    assert state(engine) == bodies
    assert str(loaded(engine, copy)) == "nothing changed; revision 2"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("", "is not a JSON object with `text` and `analysis`"),
        ("[]", "is not a JSON object with `text` and `analysis`"),
        ('{"text": 5, "analysis": {}}', "is not a JSON object with `text` and `analysis`"),
        ('{"text": "Words."}', "is not a JSON object with `text` and `analysis`"),
        ('{"text": "a\\u0000b", "analysis": {}}', "contains the control character U+0000; remove it"),
        ('{"text": "Words.", "analysis": {}}', "document: is missing"),
        ('{"text": "Words.", "analysis": {"actorz": []}}', "there is no field 'actorz'; did you mean 'actors'?"),
    ],
)
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, content: str, detail: str) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(content)
    with pytest.raises(BundleRejected) as rejected:
        Source(file)
    assert detail in str(rejected.value)
    assert {(found.file, found.line) for found in rejected.value.problems} == {(str(file), 1)}


def test_a_problem_in_an_analysis_within_a_json_file_is_told_with_its_line_there(tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    analysis = (COMMENTARY / ANALYSIS_FILE).read_text("utf-8").replace("sector: bus", "sektor: bus")
    file.write_bytes(orjson.dumps({"text": (COMMENTARY / TEXT_FILE).read_text("utf-8"), "analysis": analysis}))
    line = analysis.count("\n", 0, analysis.index("sektor")) + 1
    [problem] = Source(file).problems
    assert str(problem).startswith(f"{file}#/analysis:{line}: actors/4/sektor: there is no field 'sektor'")


def test_the_bundle_of_no_document_is_a_problem(api: httpx.Client) -> None:
    assert f"'{SEED.name}'" in problem(api.get(f"/v1/documents/{SEED.name}x/bundle"), 404)["detail"]


# The command


def test_the_command_writes_a_bundle_byte_for_byte_into_a_new_folder(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOSSIER_DATABASE_URL", str(database("seeded").url))
    folder = tmp_path / "new"
    result = invoked("bundle", SEED.name, folder)
    assert (result.exit_code, result.stdout) == (0, f"{folder}\n")
    for file in (TEXT_FILE, ANALYSIS_FILE):
        assert (folder / file).read_bytes() == (SEED / file).read_bytes()
    assert str(loaded(database("seeded"), folder)) == "nothing changed; revision 1"
    again = invoked("bundle", SEED.name, folder)
    assert (again.exit_code, said(again)) == (1, f"{folder} is not empty; give a new folder\n")
    unknown = invoked("bundle", f"{SEED.name}x", tmp_path / "other")
    assert unknown.exit_code == 1
    assert f"did you mean '{SEED.name}'?" in unknown.stderr


def test_the_command_writes_a_bundle_while_somebody_loads_and_keeps_line_ends_and_marks_of_the_analysis(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database("seeded")
    copy = edited(COMMENTARY, tmp_path / "copy")
    analysis = (copy / ANALYSIS_FILE).read_bytes().replace(b"\n", b"\r\n")
    (copy / ANALYSIS_FILE).write_bytes("\ufeff# caf\u00e9, cafe\u0301\r\n".encode() + analysis)
    text = (copy / TEXT_FILE).read_bytes() + b" \n\t\n"
    (copy / TEXT_FILE).write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n", 3).replace(b" \n", b" \r"))
    loaded(engine, copy)
    monkeypatch.setenv("DOSSIER_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    with writing(engine):  # a command that waits for the lock would fail
        assert invoked("bundle", COMMENTARY.name, tmp_path / "new").exit_code == 0
    assert (tmp_path / "new" / ANALYSIS_FILE).read_bytes() == (copy / ANALYSIS_FILE).read_bytes()
    assert (tmp_path / "new" / TEXT_FILE).read_bytes() == text
    assert str(loaded(engine, tmp_path / "new")) == "nothing changed; revision 2"
