"""What is loaded can be given out as an editor submits it, and loaded again: nothing is lost on the way."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from app.bundle.source import BundleRejected, Source
from app.bundle.unrender import unrender
from app.bundle.write import write
from app.cli import app
from app.database.transactions import reading
from app.model.document import Document, Passage, Sentence
from app.model.evidence import EvidenceRow, Mention
from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from tests.factories.bundles import loaded, source
from tests.factories.tangled import Tangled
from tests.hypothesis_profiles import examples
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

MARKS = "".join(map(chr, (0x7F, 0x85, 0x9F, 0xA0, 0xAD, 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0x1F600, 0x1D518)))

Database = Callable[[str], Engine]


def state(engine: Engine) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What a database serves, by path, but for revisions; and its texts, passages, sentences, quotes and mentions."""
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
                    {c: slugs[v] if c.endswith("_id") and v else v for c, v in row.items() if c not in ("id", "digest")}
                )
                for row in connection.execute(select(table)).mappings()
            )
    return served, kept


def given_out(engine: Engine, into: Path) -> list[Path]:
    """Every document of a database, written as bundles."""
    with reading(engine) as connection:
        documents = select(RECORD.c.id, RECORD.c.slug).where(RECORD.c.kind == KindName.DOCUMENT)
        for key, slug in connection.execute(documents).all():
            write(into / slug, *unrender(connection, key))
    return sorted(into.iterdir())


@pytest.fixture
def again(database: Database, tmp_path: Path) -> Callable[[Sequence[Path]], None]:
    """Load bundles, give them out, load that into an empty database: the same; and into the first: nothing changes."""

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


@examples(quick=1, thorough=8)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_generated_commentaries_given_out_and_loaded_again_are_the_same(
    again: Callable[[Sequence[Path]], None], tmp_path_factory: pytest.TempPathFactory, seed: int, records: int
) -> None:
    folder, written = tmp_path_factory.mktemp("generated"), list[Tangled]()
    for number in range(3):  # each refers to the records of those before it, and adds to them
        written.append(Tangled(f"number-{number}", Random(seed + number), records, written[:]))
    again([commentary.write(folder) for commentary in written])


def test_marks_that_yaml_has_a_mind_of_its_own_about_are_kept(
    again: Callable[[Sequence[Path]], None], tmp_path: Path
) -> None:
    text = (SEED / "document.txt").read_text("utf-8")
    analysis = source(SEED).bundle.model_dump(mode="json")
    event, sanction, figure = (analysis[plural][0] for plural in ("events", "sanctions", "figures"))
    event["summary"] = f"{MARKS}: - 'x' \"y\" # no comment\\"
    event["outcome"] = {"text": text.split()[0], "status": "unknown"}
    event["evidence"].append({"exact": text.splitlines()[1][:100]})
    event["evidence"].append({"exact": text.split()[0], "passage": 1, "supports": ["/outcome/text"]})
    sanction["instrument"] = {"name": "Resolution", "symbol": "S/RES/1"}
    sanction["measures"] = [{"type": "other", "goods": ["1e3", "null", "2022-03-01", "~"], "description": "No"}]
    figure["summary"] = "no\n\nyes\n: |\n  2"
    file = tmp_path / "marked.json"
    file.write_bytes(orjson.dumps({"text": f"{text}\n{MARKS}", "analysis": analysis}, option=orjson.OPT_NON_STR_KEYS))
    again([file])


# The service


@pytest.fixture(scope="module")
def api(databases: Databases) -> Iterator[httpx.Client]:
    """A client of the service over the seed."""
    with serving(databases.seeded) as url, client_of(url) as client:
        yield client


def test_what_the_service_gives_out_is_a_bundle_with_every_field(api: httpx.Client) -> None:
    submitted = api.get(f"/v1/documents/{SEED.name}/bundle").json()
    assert submitted["text"] == (SEED / "document.txt").read_text("utf-8")
    written = source(SEED).bundle.model_dump(mode="json")
    assert submitted["analysis"].keys() == written.keys()
    for plural in ("actors", "events", "assessments"):
        ids = {record["id"] for record in written[plural]}
        assert {record["id"] for record in submitted["analysis"][plural]} == ids
    quote = submitted["analysis"]["actors"][0]["evidence"][0]
    assert quote.keys() == {"passage", "occurrence", "exact", "supports"}


def test_a_file_as_the_service_gives_it_can_be_loaded(api: httpx.Client, database: Database, tmp_path: Path) -> None:
    for number, item in enumerate(items(api, "/v1/documents")):
        file = tmp_path / f"{number}.json"
        file.write_bytes(api.get(f"{item['url']}/bundle").content)
        engine = database("empty")
        loaded(engine, file)
        assert state(engine) == state(database("seeded"))


def test_words_that_stand_once_need_no_place(api: httpx.Client) -> None:
    submitted = api.get(f"/v1/documents/{SEED.name}/bundle").json()
    quotes = [quote for record in submitted["analysis"]["actors"] for quote in record["evidence"]]
    for quote in quotes:
        alone = submitted["text"].count(quote["exact"]) == 1
        assert (quote["passage"] is None and quote["occurrence"] is None) is alone


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("", "is no JSON object with `text` and `analysis`"),
        ("[]", "is no JSON object with `text` and `analysis`"),
        ('{"text": "Words."}', "is no JSON object with `text` and `analysis`"),
        ('{"text": "a\\u0000b", "analysis": {}}', "text: holds a NUL character; remove it"),
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


def test_the_bundle_of_no_document_is_a_problem(api: httpx.Client) -> None:
    assert f"'{SEED.name}'" in problem(api.get(f"/v1/documents/{SEED.name}x/bundle"), 404)["detail"]


# The command


def test_the_command_writes_a_bundle_into_a_new_folder(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOSSIER_DATABASE_URL", str(database("seeded").url))
    folder = tmp_path / "new"
    result = CliRunner().invoke(app, ["bundle", SEED.name, str(folder)])
    assert (result.exit_code, result.stdout) == (0, f"{folder}\n")
    assert (folder / "document.txt").read_bytes() == (SEED / "document.txt").read_bytes()
    assert str(loaded(database("seeded"), folder)) == "nothing changed; revision 1"
    again = CliRunner().invoke(app, ["bundle", SEED.name, str(folder)])
    assert (again.exit_code, again.stderr) == (1, f"{folder} is not empty; give a new folder\n")
    unknown = CliRunner().invoke(app, ["bundle", f"{SEED.name}x", str(tmp_path / "other")])
    assert unknown.exit_code == 1
    assert f"did you mean '{SEED.name}'?" in unknown.stderr
