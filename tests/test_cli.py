"""The command `dossier`: its output, its exit codes, and its effects on the database."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from app.bundle import load
from app.bundle.source import ANALYSIS_FILE, TEXT_FILE
from app.database.engine import connect, place
from app.database.migration import SCHEMAS
from app.database.transactions import reading, writing
from app.model.tables import DATASET
from tests.factories.bundles import dump, edited
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of
from tests.services.commands import invoked, said
from tests.services.processes import started


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


class Dossier:
    """The command `dossier` over one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __call__(self, *arguments: str | Path) -> tuple[int, list[str], list[str]]:
        """The exit code, and the lines of standard output and of standard error."""
        environment = {"DOSSIER_DATABASE_URL": url_of(self.engine)}
        result = invoked(*arguments, environment=environment)
        return result.exit_code, result.stdout.splitlines(), said(result).splitlines()


@pytest.fixture
def dossier(database: Callable[[str], Engine]) -> Dossier:
    """The command over a database with the seed."""
    return Dossier(database("seeded"))


def test_the_command_says_its_version() -> None:
    assert invoked("--version").stdout == f"dossier {version('dossier')}\n"


def test_the_status_is_that_of_the_database(dossier: Dossier) -> None:
    dossier("load", COMMENTARY)
    with reading(dossier.engine) as connection:
        state = connection.execute(select(DATASET)).one()
    code, printed, _ = dossier("status")
    [where, size] = printed[0].rsplit(", ", 1)
    assert where == f"database   {place(dossier.engine.url)}"
    assert re.fullmatch(r"\d+\.\d MB", size)
    assert printed[1:] == [
        f"schema     {SCHEMAS[-1]}, as this version needs",
        f"dataset    {state.uuid}",
        "revision   2",
        f"last load  {state.updated_at}",
        "records    193: 40 actors, 49 events, 5 sanctions, 16 statements, 25 relationships, 13 figures, "
        "43 assessments, 2 documents",
    ]
    assert code == 0
    dossier("unload", "harbour-notes-3-2023")
    with writing(dossier.engine) as connection:
        connection.execute(update(DATASET).values(render_version=0))
    code, printed, _ = dossier("status")
    assert printed[-1].endswith(", 1 document")
    assert (code, printed[1]) == (
        1,
        f"schema     {SCHEMAS[-1]}, as this version needs, but another version rendered the records: run "
        "`dossier migrate`",
    )


def test_the_command_names_the_database_that_it_reads(dossier: Dossier) -> None:
    for words in (("status",), ("show", "actor", "russia"), ("search", "sanctions"), ("check",), ("check", str(SEED))):
        result = invoked(*words, environment={"DOSSIER_DATABASE_URL": url_of(dossier.engine)})
        assert result.stderr.splitlines()[0] == f"reading {place(dossier.engine.url)}"


@pytest.mark.sqlite
def test_bundles_are_checked_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoked("check", SEED)
    assert (result.exit_code, result.stdout) == (0, "OK: 1 bundle, 169 records, 370 quotes, 0 problems\n")
    assert result.stderr.splitlines()[0] == (f"using an empty database, because {tmp_path}/dossier.db does not exist")
    assert list(tmp_path.iterdir()) == []


def test_the_command_loads_a_bundle_and_says_what_changed(dossier: Dossier) -> None:
    assert dossier("load", COMMENTARY) == (0, ["24 created, 5 changed, 0 deleted; revision 2"], [])
    assert dossier("load", COMMENTARY, SEED) == (0, ["nothing changed; revision 2"], [])
    assert dossier("unload", "harbour-notes-3-2023") == (0, ["0 created, 5 changed, 24 deleted; revision 3"], [])


def test_the_command_prints_every_problem_and_fails(dossier: Dossier, tmp_path: Path) -> None:
    edits = [("sector: bus", "sektor: bus"), ("low: 900", "low: many")]
    folder = edited(COMMENTARY, tmp_path / "a", *edits)
    lines = (folder / ANALYSIS_FILE).read_text("utf-8").splitlines()
    first, second = (next(n for n, line in enumerate(lines, 1) if new in line) for _, new in edits)
    nowhere = tmp_path / "nowhere"
    told = [
        f"{folder / ANALYSIS_FILE}:{first}: actors/4/sektor: there is no field 'sektor'; did you mean 'sector'?",
        f"{folder / ANALYSIS_FILE}:{second}: figures/0/value/low: must be a number (given: 'many')",
    ]
    before = dump(dossier.engine)
    for command in ("load", "check"):
        assert dossier(command, folder) == (1, [], [*told, "2 problems; nothing was changed"])
        code, _, error = dossier(command, folder, nowhere)
        assert code == 1
        assert error[:2] == told
        assert [line.split(": ")[0] for line in error[2:4]] == [
            f"{nowhere / ANALYSIS_FILE}:1",
            f"{nowhere / TEXT_FILE}:1",
        ]
        assert error[4:] == ["4 problems; nothing was changed"]
    assert dump(dossier.engine) == before


def test_the_command_prints_a_line_and_a_word_as_they_are(dossier: Dossier, tmp_path: Path) -> None:
    """Rich must not read `:100:` as an emoji, nor `[b]` as markup."""
    folder = edited(COMMENTARY, tmp_path / "copy", ("sector: bus", "'[b]sector[/b]': bus"))
    for line in (100, 1234):
        written = (folder / ANALYSIS_FILE).read_text("utf-8")
        before = written.count("\n", 0, written.index("'[b]sector"))
        (folder / ANALYSIS_FILE).write_text(
            written.replace("actors:\n", "\n" * (line - 1 - before) + "actors:\n"), "utf-8"
        )
        _, _, [problem, _] = dossier("check", folder)
        assert problem.startswith(
            f"{folder / ANALYSIS_FILE}:{line}: actors/4/[b]sector[/b]: there is no field '[b]sector[/b]'"
        )
    assert dossier("unload", "[b]x[/b]")[2] == ["there is no document '[b]x[/b]'"]


def test_the_command_checks_a_bundle_without_loading_it(dossier: Dossier) -> None:
    before = dump(dossier.engine)
    code, printed, _warnings = dossier("check", COMMENTARY, SEED)
    assert (code, printed) == (0, ["OK: 2 bundles, 193 records, 407 quotes, 0 problems"])
    assert dump(dossier.engine) == before


def test_the_command_warns_of_quotes_that_name_actors_to_which_their_record_does_not_refer(
    dossier: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dossier("check", COMMENTARY)[2] == []
    edits = [
        ("\n    stances:\n      - {toward: actor/north-korea, value: neutral}", ""),
        ("about: [actor/north-korea, actor/russia, event/karsk-crossing]", "about: [event/karsk-crossing]"),
    ]
    folder = edited(COMMENTARY, tmp_path / "copy", *edits)
    lines = (folder / ANALYSIS_FILE).read_text("utf-8").splitlines()
    begins = ("- Russia called", 'evidence: ["North Korea may')
    first, second = (next(n for n, line in enumerate(lines, 1) if begin in line) for begin in begins)
    warnings = [
        f"warning: {folder / ANALYSIS_FILE}:{first}: statements/0/evidence/0: "
        "'Russia called the crossing “a small step on a long road,” while Pyongyang said …' "
        "names 'north-korea', to which no field of statement/russia-on-crossing refers; add a reference, or shorten "
        "the quote",
        f"warning: {folder / ANALYSIS_FILE}:{second}: assessments/2/evidence/0: 'North Korea may simply need bread 🍞, "
        "and Russia may simply need a headline.' names 'north-korea' and 'russia', to which no field of "
        "assessment/bread-and-headlines refers; add a reference, or shorten the quote",
    ]
    ok = "OK: 1 bundle, 24 records, 37 quotes, 0 problems"
    assert dossier("check", folder) == (0, [ok], warnings)
    monkeypatch.setattr(load, "MAX_WARNINGS", 1)
    assert dossier("check", folder) == (0, [ok], [warnings[0], "and 1 more warning"])
    assert dossier("load", folder)[2] == [warnings[0], "and 1 more warning"]
    assert dossier("load", folder) == (0, ["nothing changed; revision 2"], [])


WITHOUT_ASSESSMENTS = re.compile(r"\nassessments:\n.*?(?=\n[a-z]+:|\Z)", re.DOTALL)


def without_assessments(folder: Path) -> Path:
    file = folder / ANALYSIS_FILE
    shortened, count = WITHOUT_ASSESSMENTS.subn("", file.read_text("utf-8"))
    assert count == 1
    file.write_text(shortened, "utf-8")
    return folder


def test_the_command_lists_the_records_and_fields_that_a_load_would_change(dossier: Dossier, tmp_path: Path) -> None:
    dossier("load", COMMENTARY)
    ok = "OK: 1 bundle, {} records, {} quotes, 0 problems"
    assert dossier("check", "--diff", COMMENTARY)[1] == ["loading: nothing changed", ok.format(24, 37)]
    folder = without_assessments(edited(COMMENTARY, tmp_path / "copy", ("low: 900, high: 900", "low: 800, high: 800")))
    before = dump(dossier.engine)
    _, printed, _ = dossier("check", "--diff", folder)
    assert printed == [
        "deleted assessment/further-trains-likely: Further trains are likely",
        "deleted assessment/no-alliance: A delivery is no alliance",
        "deleted assessment/bread-and-headlines: Bread for one and a headline for the other",
        "deleted assessment/league-often-wrong: The traders' expectation is to be taken with care",
        "changed figure/flour-per-train: Flour on each train",
        "    /value/low 900.0 → 800.0",
        "    /value/high 900.0 → 800.0",
        "loading: 0 created, 1 changed, 4 deleted",
        ok.format(20, 32),
    ]
    assert dump(dossier.engine) == before


def test_the_command_asks_before_it_deletes_many_records(dossier: Dossier, tmp_path: Path) -> None:
    dossier("load", COMMENTARY)
    folder, before = without_assessments(edited(COMMENTARY, tmp_path / "copy")), dump(dossier.engine)
    assert dossier("load", folder) == (
        1,
        [],
        [
            "deletes 4 records: assessment/further-trains-likely, assessment/no-alliance, "
            "assessment/bread-and-headlines, assessment/league-often-wrong",
            "nothing was changed; to delete them, repeat the command with --yes",
        ],
    )
    assert dump(dossier.engine) == before
    assert dossier("load", "--yes", folder)[1] == ["0 created, 0 changed, 4 deleted; revision 3"]


def test_the_command_marks_the_sentences_that_no_record_cites(dossier: Dossier, tmp_path: Path) -> None:
    said = "China did not comment."
    folder = edited(COMMENTARY, tmp_path / "copy", (said, f"{said} Nobody did."), file=TEXT_FILE)
    code, printed, _ = dossier("check", "--coverage", folder)
    assert (code, printed[-2]) == (0, "harbour-notes-3-2023: 13 of 14 sentences cited")
    assert [line for line in printed if line.startswith("!")] == ["!    4  Nobody did."]
    assert f"     4  {said}" in printed
    assert len(printed) == 14 + 2


def test_the_command_prints_vocabularies_with_their_definitions(dossier: Dossier) -> None:
    assert dossier("terms", "nosuchword") == (1, [], ["no term has 'nosuchword'"])
    assert dossier("terms", "metrc") == (1, [], ["no term has 'metrc'; did you mean 'metric'?"])
    assert dossier("terms", "quantity of a good is traded")[1] == [
        "metric: trade_volume  Trade volume: What quantity of a good is traded."
    ]
    assert len(dossier("terms", "figure_relation")[1]) == 7
    assert len(dossier("terms")[1]) > 200


@pytest.mark.sqlite
def test_the_command_checks_again_after_each_save(tmp_path: Path) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy")
    words = [sys.executable, "-c", "from app.cli import app; app()", "check", "--watch", str(SEED), str(folder)]
    environment = os.environ | {"DOSSIER_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "OK: 2 bundles, 193 records, 407 quotes, 0 problems\n"
        next(line for line in process.stderr if line.startswith("waiting for a save"))
        file = folder / ANALYSIS_FILE
        file.write_text(file.read_text("utf-8").replace("low: 900", "low: many"), "utf-8")
        told = next(line for line in process.stderr if line.startswith(str(file)))
        assert told.endswith("figures/0/value/low: must be a number (given: 'many')\n")
        process.terminate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_bundle_is_previewed_over_a_copy_of_the_database(
    dossier: Dossier, tmp_path: Path, how: signal.Signals
) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy", ("name: Channel 𝔘\n", "name: Channel 𝔘 and more\n"))
    (temporary := tmp_path / "temporary").mkdir()
    before = dump(dossier.engine)
    settings = {"DOSSIER_DATABASE_URL": url_of(dossier.engine), "TMPDIR": str(temporary)}
    with started(settings, tmp_path / "log", "preview", str(folder)) as service, client_of(service.url) as client:
        service.ready()
        assert len(list(temporary.glob("*/preview.db"))) == 1
        assert client.get("/v1/actors/channel-u").json()["name"] == "Channel 𝔘 and more"
        assert client.get("/v1/actors/kim-jong-un").status_code == 200, "the copy has the seed too"
        page = client.get(f"/documents/{COMMENTARY.name}", headers={"Accept": "text/html"})
        assert (page.status_code, "Harbour Notes, Briefing 3" in page.text) == (200, True)
        assert service.end(how) == 0
    log = (tmp_path / "log").read_text("utf-8")
    assert "24 created, 5 changed, 0 deleted; revision 2" in log
    assert "Traceback" not in log
    assert list(temporary.iterdir()) == []
    assert dump(dossier.engine) == before


@pytest.mark.sqlite
def test_a_bundle_with_problems_is_not_previewed(tmp_path: Path) -> None:
    folder = edited(COMMENTARY, tmp_path / "copy", ("low: 900", "low: many"))
    (temporary := tmp_path / "temporary").mkdir()
    words = [sys.executable, "-c", "from app.cli import app; app()", "preview", str(SEED), str(folder)]
    settings = {"DOSSIER_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "TMPDIR": str(temporary)}
    ended = subprocess.run(words, capture_output=True, text=True, env=os.environ | settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1] == "1 problem; nothing was changed"
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "none.db").exists()


def test_the_command_refuses_to_unload_what_is_needed_or_is_not_there(dossier: Dossier) -> None:
    dossier("load", COMMENTARY)
    before = dump(dossier.engine)
    code, printed, error = dossier("unload", "sceeus-guest-commentary-8-2022")
    assert (code, printed) == (1, [])
    needed = "the event 'karsk-crossing' of the document 'harbour-notes-3-2023' needs it"
    assert f"the actor 'russia' cannot be removed: {needed}" in "\n".join(error)
    assert error[-1] == f"{len(error) - 1} problems; nothing was changed"
    assert dossier("unload", "sceeus") == (1, [], ["there is no document 'sceeus'"])
    assert dump(dossier.engine) == before


def test_the_command_finds_a_sound_database_sound(dossier: Dossier) -> None:
    dossier("load", COMMENTARY)
    before = dump(dossier.engine)
    assert dossier("check") == (0, ["OK: 0 differences"], [])
    assert dump(dossier.engine) == before


UNCHECKED = {"sqlite": "PRAGMA foreign_keys = OFF", "postgresql": "SET session_replication_role = replica"}
"""Statements that turn off the check of foreign keys."""
TAMPERING = {
    "a field of what is served": (
        """UPDATE record SET body = replace(body, '"named":true', '"named":false') WHERE slug = 'russia'""",
        "/v1/actors/russia: the stored JSON differs from what its rows render to",
    ),
    "a field of a row": (
        "UPDATE actor SET country = 'SE' WHERE id = (SELECT id FROM record WHERE slug = 'russia')",
        "/v1/actors/russia: the stored JSON differs from what its rows render to",
    ),
    "all that is served": (
        "UPDATE record SET body = '' WHERE slug = 'russia'",
        "/v1/actors/russia: the stored JSON differs from what its rows render to",
    ),
    "a name to sort by": (
        "UPDATE record SET sort_name = 'a' WHERE slug = 'russia'",
        "/v1/actors/russia: a sort key or count differs from what its rows give",
    ),
    "a day in the timeline": (
        "UPDATE record SET day = '2022-03-21' WHERE slug = 'words-on-morgulov-meeting'",
        "/v1/statements/words-on-morgulov-meeting: its place in the timeline differs from its date or its event's",
    ),
    "the event of a day in the timeline": (
        "UPDATE record SET date_of_id = NULL WHERE slug = 'words-on-morgulov-meeting'",
        "/v1/statements/words-on-morgulov-meeting: its place in the timeline differs from its date or its event's",
    ),
    "a place to sort by": (
        "UPDATE record SET position = 'sceeus-guest-commentary-8-2022 0000000001' WHERE slug = 'russia'",
        "/v1/actors/russia: a sort key or count differs from what its rows give",
    ),
    "a place taken away": (
        "UPDATE record SET position = NULL WHERE slug = 'missile-test'",
        "/v1/events/missile-test: a sort key or count differs from what its rows give",
    ),
    "a count to sort by": (
        "UPDATE record SET evidence_count = 99 WHERE slug = 'russia'",
        "/v1/actors/russia: a sort key or count differs from what its rows give",
    ),
    "the offsets of a quote": (
        """UPDATE evidence SET start = start + 1, "end" = "end" + 1 WHERE exact LIKE 'Russia’s attempted%order.'""",
        ": the text has 'ussia’s attempted invasion of Ukraine raises fundamental questions",
    ),
    "the words around a quote": (
        "UPDATE evidence SET prefix = 'x' WHERE exact LIKE 'Moscow subsidized%'",
        "not 'Moscow subsidized",
    ),
    "the words of a mention": (
        "UPDATE mention SET exact = 'Sweden' WHERE exact = 'Rodong Sinmun'",
        "the text does not have 'Sweden' there",
    ),
    "a mention taken away": (
        "DELETE FROM mention WHERE exact = 'Rodong Sinmun'",
        "/v1/actors/rodong-sinmun: the stored JSON differs from what its rows render to",
    ),
    "topics taken away": (
        "DELETE FROM record_topic WHERE topic = 'cbrn'",
        "/v1/events/missile-test: the stored JSON differs from what its rows render to",
    ),
    "the text": ("UPDATE document SET text = text || ' More.'", "the text does not have its SHA-256"),
    "a term that is used": ("DELETE FROM topic WHERE term = 'sanctions'", "foreign key: record_topic ("),
    "the document": ("DELETE FROM document; DELETE FROM record WHERE kind = 'document'", "foreign key: evidence "),
}


def tamper(engine: Engine, statements: str) -> None:
    """Change rows directly, without the loader."""
    secretly = connect(engine.url)
    with closing(secretly.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(UNCHECKED[engine.dialect.name])
        for statement in statements.split(";"):
            cursor.execute(statement)
            assert cursor.rowcount > 0
        connection.commit()
    secretly.dispose()


@pytest.mark.parametrize(("tampering", "told"), TAMPERING.values(), ids=TAMPERING.keys())
def test_the_command_finds_what_was_changed_behind_its_back(dossier: Dossier, tampering: str, told: str) -> None:
    tamper(dossier.engine, tampering)
    code, printed, error = dossier("check")
    assert (code, printed) == (1, [f"{len(error)} difference{'s'[: len(error) != 1]}"])
    assert any(told in line for line in error), error[:5]


def test_the_command_renders_anew_what_another_version_rendered(dossier: Dossier) -> None:
    def changes() -> list[tuple[int, str, str]]:
        with dossier.engine.connect() as connection:
            rows = connection.execute(text("SELECT revision, change, slug FROM change WHERE revision > 1"))
            return [(row.revision, row.change, row.slug) for row in rows]

    tamper(dossier.engine, "UPDATE dataset SET render_version = 0")
    told = f"{place(dossier.engine.url)}: was rendered by another version: run `dossier migrate`"
    assert dossier("check") == (2, [], [told])
    assert dossier("migrate")[0] == 0
    assert dossier("check") == (0, ["OK: 0 differences"], [])
    assert changes() == [], "it is rendered as it was"
    tamper(dossier.engine, f"UPDATE dataset SET render_version = 0; {TAMPERING['a field of what is served'][0]}")
    assert dossier("migrate")[0] == 0
    assert dossier("check") == (0, ["OK: 0 differences"], [])
    assert changes() == [(2, "changed", "russia")]
    assert dossier("load", SEED) == (0, ["nothing changed; revision 2"], [])
