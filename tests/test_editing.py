"""The loop of an editor, at the command line: texts are drafted, filled in, checked, loaded, edited and unloaded."""

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson
import pytest

from app.bundle.source import ANALYSIS_FILE, TEXT_FILE
from tests.factories.fillings import FILLING_FILE, fill_in
from tests.paths import COMMENTARY, SEED
from tests.services.commands import invoked, said
from tests.services.databases import Databases

HARBOUR, CABLES, STRAIT, THREATS = (
    COMMENTARY.name,
    "cable-facts-2024",
    "strait-statement-2025",
    "threat-assessment-2025",
)
"""A newsletter, a fact sheet with bullets, a statement with numbered paragraphs and footnotes, and a chapter of an
assessment. The last needs records of all others, and these need the seed."""
Told = tuple[int, str]
"""The exit code of a command, and what it says, without the folder of the bundles."""


class Desk:
    """The command over one database, with the bundles in one folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def __call__(self, *words: str, on: Sequence[str] = ()) -> Told:
        """The output of a command on some bundles, standard error first."""
        result = invoked(*words, *(self.folder / name for name in on), environment={"DOSSIER_DATABASE_URL": self.url})
        return result.exit_code, (said(result) + result.stdout).replace(f"{self.folder}/", "")

    def exported(self) -> dict[str, Any]:
        """The exported JSON of all records, without the revisions."""
        file = self.folder / "export.jsonl"
        assert self("export", "jsonl", str(file))[0] == 0
        records = [orjson.loads(line) for line in file.read_bytes().splitlines()]
        file.unlink()
        return {each["url"]: {n: v for n, v in each.items() if n not in ("revision", "updated_at")} for each in records}

    def edit(self, bundle: str, *edits: tuple[str, str]) -> None:
        """Replace pieces of an analysis, each of which it has once."""
        file = self.folder / bundle / ANALYSIS_FILE
        analysis = file.read_text("utf-8")
        for old, new in edits:
            assert analysis.count(old) == 1, old
            analysis = analysis.replace(old, new)
        file.write_text(analysis, "utf-8")


class Work(NamedTuple):
    """The folder of the bundles that an editor has made of drafts, and what the commands said meanwhile."""

    folder: Path
    told: dict[str, list[Told]]


@pytest.fixture(scope="module")
def work(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """Each text is drafted, filled in, checked and loaded, over the seed and the newsletter."""
    desk = Desk(databases.new("both"), tmp_path_factory.mktemp("work"))
    shutil.copytree(COMMENTARY, desk.folder / HARBOUR)
    told = {}
    for name in (CABLES, STRAIT, THREATS):
        given = COMMENTARY.parent / name
        (desk.folder / name).mkdir()
        steps = [desk("draft", "--from", str(given / TEXT_FILE), on=[name]), desk("check", on=[name])]
        fill_in(desk.folder / name, given / FILLING_FILE)
        told[name] = [
            *steps, desk("draft", on=[name]), desk("check", on=[name]), desk("load", on=[name]),
            desk("check", "--diff", on=[name]),
        ]  # fmt: skip
    return Work(desk.folder, told)


@pytest.fixture
def desk(databases: Databases, work: Work, tmp_path: Path) -> Desk:
    """The seed and the four texts, loaded, and copies of their bundles."""
    folder = shutil.copytree(work.folder, tmp_path / "bundles")
    shutil.copytree(SEED, folder / SEED.name)
    url = databases.loaded("both", *(work.folder / name for name in (CABLES, STRAIT, THREATS)))
    return Desk(url, folder)


SAYS_JAPAN = "The representative of Japan, Ms. Keiko Tanabe, stated that “freedom of"
MET_IN_UN = "1. The members of the Contact Group met at United Nations Headquarters on 10"
SIGNED = "On 14 May 2025, Kazakhstan’s transport minister, Aliya Serikova, signed an"


def warning(name: str, line: int, location: str, words: str, names: str, record: str) -> str:
    """The warning of a quote that names an actor to which its record does not refer."""
    return (
        f"warning: {name}/analysis.yaml:{line}: {location}/evidence/0: '{words}' names {names}, to which no field of "
        f"{record} refers; add a reference, or shorten the quote\n"
    )


# From a text to records


def drafted(name: str, candidates: int) -> list[Told]:
    """The output of a draft, of its check, and of a second draft when the first is filled in."""
    advice = "found by rules; read every record before you keep it\n"
    return [
        (0, f"{advice}wrote {name}/analysis.yaml: {candidates} candidates\n"),
        (
            0,
            f"warning: {name}/analysis.yaml:7: document/rights: is still TODO, like 2 other values\n"
            "OK: 1 bundle, 1 record, 0 quotes, 0 problems\n",
        ),
        (0, f"{advice}added to {name}/analysis.yaml: 0 candidates\n"),
    ]


def test_texts_become_records(work: Work) -> None:
    assert work.told[CABLES] == [
        *drafted(CABLES, 45),
        (0, "OK: 1 bundle, 15 records, 15 quotes, 0 problems\n"),
        (0, "15 created, 2 changed, 0 deleted; revision 3\n"),
        (0, "loading: nothing changed\nOK: 1 bundle, 15 records, 15 quotes, 0 problems\n"),
    ]
    japan = warning(STRAIT, 73, "statements/0", f"{SAYS_JAPAN} …", "'japan'", "statement/navigation-is-no-favour")
    meeting = warning(STRAIT, 117, "events/0", f"{MET_IN_UN} …", "'united-nations'", "event/meeting-of-the-group")
    warnings = japan + meeting
    assert work.told[STRAIT] == [
        *drafted(STRAIT, 45),
        (0, f"{warnings}OK: 1 bundle, 15 records, 15 quotes, 0 problems\n"),
        (0, f"{warnings}15 created, 4 changed, 0 deleted; revision 4\n"),
        (0, f"{warnings}loading: nothing changed\nOK: 1 bundle, 15 records, 15 quotes, 0 problems\n"),
    ]
    warnings = warning(THREATS, 103, "events/0", f"{SIGNED} …", "'kazakhstan'", "event/terminal-agreed")
    assert work.told[THREATS] == [
        *drafted(THREATS, 28),
        (0, f"{warnings}OK: 1 bundle, 13 records, 14 quotes, 0 problems\n"),
        (0, f"{warnings}13 created, 6 changed, 0 deleted; revision 5\n"),
        (0, f"{warnings}loading: nothing changed\nOK: 1 bundle, 13 records, 14 quotes, 0 problems\n"),
    ]


# Edits


def test_an_edit_is_shown_and_loaded(desk: Desk) -> None:
    before = desk.exported()
    desk.edit(
        CABLES,
        ("name: Cost of the package", "name: Price of the package"),
        ("id: kiel-institute", "id: kiel"),
        ("low: 180, high: 180", "low: 200, high: 200"),
    )
    line = (desk.folder / CABLES / ANALYSIS_FILE).read_text("utf-8").split("low: 200")[0].count("\n") + 1
    doubt = (
        f"warning: {CABLES}/analysis.yaml:{line}: figures/2/value: 200 is not in its text 'nearly 180 kilometres'; "
        "it gives 180, in whole units\n"
    )
    ok = "OK: 1 bundle, 15 records, 15 quotes, 0 problems\n"
    assert desk("check", "--diff", on=[CABLES]) == (
        0,
        f"{doubt}deleted actor/kiel-institute: Kiel Institute\n"
        "changed figure/cost-of-the-package: Price of the package\n"
        '    /name "Cost of the package" → "Price of the package"\n'
        "changed figure/share-for-research: Share for research\n"
        "    /about changed within its items\n"
        "changed figure/track-of-the-anchor: Track of the anchor\n"
        "    /value/low 180.0 → 200.0\n"
        "    /value/high 180.0 → 200.0\n"
        "created actor/kiel: Kiel Institute\n"
        f"loading: 1 created, 3 changed, 1 deleted\n{ok}",
    )
    assert desk.exported() == before
    desk.edit(CABLES, ("low: 200, high: 200", "low: 180, high: 180"))
    assert desk("load", on=[CABLES]) == (0, "1 created, 2 changed, 1 deleted; revision 4\n")
    assert desk("load", on=[CABLES]) == (0, "nothing changed; revision 4\n")
    after = desk.exported()
    assert after.keys() ^ before.keys() == {"/v1/actors/kiel", "/v1/actors/kiel-institute"}
    assert after["/v1/figures/cost-of-the-package"]["name"] == "Price of the package"
    desk.edit(CABLES, ("speakers: [{actor: russia}]", "speakers: [{actor: rusia}]"))
    quote = "Russia’s embassy in Copenhagen called the accusation “a tale told by …"
    doubt = warning(CABLES, 73, "statements/2", quote, "'russia'", "statement/a-tale-of-the-frightened")
    assert desk("load", on=[CABLES]) == (
        1,
        f"{CABLES}/analysis.yaml:70: statements/2/speakers/0/actor: there is no actor 'rusia'; did you mean 'russia'? "
        f"(of the document '{SEED.name}')\n{doubt}1 problem; nothing was changed\n",
    )
    assert desk.exported() == after


# Moves, merges and renames

OWNERSHIP = """
relationships:
  - id: lund-owns-it
    name: Viktor Lund's company
    type: ownership
    subject: viktor-lund
    object: meridian-bulk-limited
    status: current
    summary: He owns it.
    evidence: ['Its owner, Viktor Lund']
"""

INTRODUCED = """  - id: international-maritime-organization
    name: International Maritime Organization
    type: body
    summary: The body that makes rules for ships.
    evidence: ['According to the International Maritime Organization, some 2,300 vessels took the longer route around the Cape in the second half of 2024.']
"""  # noqa: E501
ADDED = """  - record: actor/international-maritime-organization
    aliases:
      - International Maritime Organization
    evidence:
      - The International Maritime Organization counted 45 ships
"""


def move(desk: Desk) -> None:
    """Let the assessment introduce an actor of the statement."""
    evidence = INTRODUCED.split("evidence: ")[1]
    there = INTRODUCED.replace(evidence, "[The International Maritime Organization counted 45 ships]\n")
    here = f"{ADDED.split('    evidence')[0]}    evidence: {evidence}"
    desk.edit(STRAIT, (INTRODUCED, ""), ("\nalso:\n", f"\nalso:\n{here}"))
    desk.edit(THREATS, (ADDED, ""), ("\nactors:\n", f"\nactors:\n{there}"))


def merge(desk: Desk) -> Told:
    """Merge the company of the assessment into that of the fact sheet."""
    return desk("merge", "actor", "meridian-bulk-limited", "meridian-bulk", on=[CABLES, STRAIT, THREATS])


def rename(desk: Desk) -> Told:
    """Give the fact sheet another id."""
    return desk("rename", CABLES, "cable-fact-sheet-2024", on=[HARBOUR, STRAIT, THREATS, CABLES])


@pytest.mark.parametrize("order", [(STRAIT, THREATS), (THREATS, STRAIT)])
def test_a_record_moves_to_another_document(desk: Desk, order: tuple[str, str]) -> None:
    url = "/v1/actors/international-maritime-organization"
    before = desk.exported()
    move(desk)
    code, said = desk("load", on=[STRAIT])
    assert (code, said.splitlines()[0]) == (
        1,
        f"{STRAIT}/analysis.yaml:17: also/0/record: 2 references to actor/international-maritime-organization, which "
        f"the bundle {THREATS} introduces; it is not loaded: load both together",
    )
    code, said = desk("load", on=[THREATS])
    assert code == 1
    assert said.splitlines()[0] == (
        f"{THREATS}/analysis.yaml:34: actors/0/id: 'international-maritime-organization' is also the id of the actor "
        f"in the document '{STRAIT}'; refer to that record, and list under `also` what this document adds, or choose "
        "another id; to move or merge it, load that document too, without it"
    )
    assert desk.exported() == before
    code, said = desk("load", on=[*order])
    assert (code, said.splitlines()[-1]) == (0, "0 created, 1 changed, 0 deleted; revision 4")
    after = desk.exported()
    assert {path for path in after if after[path] != before.get(path)} == {url}
    assert (before[url]["document"]["id"], after[url]["document"]["id"]) == (STRAIT, THREATS)
    assert [quote["exact"] for quote in after[url]["evidence"]] == [
        "The International Maritime Organization counted 45 ships"
    ]
    assert desk("check") == (0, "OK: 0 differences\n")


def test_two_records_are_merged_and_a_document_is_renamed(desk: Desk) -> None:
    before = desk.exported()
    assert merge(desk) == (
        0,
        "'meridian-bulk-limited' had other values than 'meridian-bulk', which are not kept: sector\n"
        f"changed {CABLES}/analysis.yaml\nchanged {THREATS}/analysis.yaml\n"
        f"load them together: dossier load {CABLES} {THREATS}\n",
    )
    code, said = desk("load", on=[CABLES])
    assert (code, said.split(";")[0]) == (
        1,
        f"{CABLES}/analysis.yaml:39: actors/2/formerly/0: 'meridian-bulk-limited' is also the id of the actor in the "
        f"document '{THREATS}'",
    )
    code, said = desk("load", on=[THREATS, CABLES])
    assert (code, said.splitlines()[-1]) == (0, "0 created, 3 changed, 0 deleted, 1 merged; revision 4")
    merged = desk.exported()
    assert before.keys() - merged.keys() == {"/v1/actors/meridian-bulk-limited"}
    assert merged["/v1/actors/meridian-bulk"]["aliases"] == ["Meridian Bulk Limited"]
    assert merged["/v1/figures/ships-moved"]["about"][0]["id"] == "meridian-bulk"
    assert desk("show", "actor", "meridian-bulk-limited")[1].startswith(
        "'meridian-bulk-limited' is now 'meridian-bulk'"
    )
    assert rename(desk) == (0, f"changed {CABLES}/analysis.yaml\nload them together: dossier load {CABLES}\n")
    assert desk("load", on=[CABLES]) == (0, "1 created, 14 changed, 0 deleted, 1 merged; revision 5\n")
    assert desk("unload", CABLES) == (1, f"there is no document '{CABLES}'; it is 'cable-fact-sheet-2024' now\n")
    renamed = desk.exported()
    assert {path: each["summary"] for path, each in renamed.items()} == {
        path.replace(f"documents/{CABLES}", "documents/cable-fact-sheet-2024"): each["summary"]
        for path, each in merged.items()
    }
    assert desk("check") == (0, "OK: 0 differences\n")


def test_a_merge_that_would_make_a_record_refer_to_itself_is_refused(desk: Desk) -> None:
    desk.edit(
        THREATS,
        ("  - id: meridian-bulk-limited\n", "  - id: meridian-bulk-limited\n    part_of: viktor-lund\n"),
        ("\nassessments:\n", f"{OWNERSHIP}\nassessments:\n"),
    )
    before = (desk.folder / THREATS / ANALYSIS_FILE).read_text("utf-8")
    code, said = desk("merge", "actor", "viktor-lund", "meridian-bulk-limited", on=[THREATS])
    assert code == 1
    assert [line.split(": ", 1)[1] for line in said.splitlines()[:-1]] == [
        "actors/2: 'meridian-bulk-limited' refers to 'viktor-lund', so it would refer to itself; remove that reference",
        "relationships/0: 'lund-owns-it' refers to both 'viktor-lund' and 'meridian-bulk-limited'; remove it before "
        "the merge",
    ]
    assert said.splitlines()[-1] == "2 problems; nothing was changed"
    assert (desk.folder / THREATS / ANALYSIS_FILE).read_text("utf-8") == before
    desk.edit(THREATS, ("part_of: viktor-lund", "part_of: meridian-bulk-limited"))
    code, said = desk("check", on=[THREATS])
    assert (code, [line.split(": ", 1)[1] for line in said.splitlines() if "itself" in line]) == (
        1,
        ["actors/2/part_of: the record refers to itself; name another record, or remove this"],
    )


# Removal


def test_documents_are_unloaded_in_an_order_that_their_references_allow(desk: Desk) -> None:
    needs = f"of the document '{THREATS}' needs it\n"
    assert desk("unload", CABLES) == (
        1,
        f"{CABLES}: the event 'cables-damaged' cannot be removed: the assessment 'crews-may-hide-prices' {needs}"
        f"{CABLES}: the event 'cables-damaged' cannot be removed: the document '{THREATS}' needs it\n"
        f"{CABLES}: the event 'cables-damaged' cannot be removed: the event 'ships-change-the-sea' {needs}"
        "3 problems; nothing was changed\n",
    )
    actor = f"{STRAIT}: the actor 'international-maritime-organization' cannot be removed:"
    assert desk("unload", STRAIT) == (
        1,
        f"{actor} the document '{THREATS}' needs it\n"
        f"{actor} the figure 'ships-without-a-signal' {needs}"
        "2 problems; nothing was changed\n",
    )
    assert desk("unload", THREATS) == (0, "0 created, 6 changed, 13 deleted; revision 4\n")
    assert desk("unload", STRAIT) == (0, "0 created, 4 changed, 15 deleted; revision 5\n")
    assert desk("unload", STRAIT) == (1, f"there is no document '{STRAIT}'\n")
    assert desk("unload", CABLES) == (0, "0 created, 2 changed, 15 deleted; revision 6\n")
    assert desk("unload", HARBOUR) == (0, "0 created, 5 changed, 24 deleted; revision 7\n")
    assert desk("check") == (0, "OK: 0 differences\n")
    alone = desk.exported()
    assert len(alone) == 169
    assert desk("load", on=[SEED.name])[1].endswith("nothing changed; revision 7\n")
    assert desk("load", on=[THREATS])[1].splitlines()[:2] == [
        f"{THREATS}/analysis.yaml:27: also/3/record: 1 reference to actor/channel-u, which the bundle {HARBOUR} "
        "introduces; it is not loaded: load both together",
        f"{THREATS}/analysis.yaml:30: also/4/record: 2 references to actor/international-maritime-organization, which "
        f"the bundle {STRAIT} introduces; it is not loaded: load both together",
    ]


# Any order


@pytest.fixture(scope="module")
def finished(work: Work, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The bundles with all edits, and a database into which they were loaded at once."""
    folder = tmp_path_factory.mktemp("finished") / "bundles"
    desk = Desk(databases.new("seeded"), shutil.copytree(work.folder, folder))
    move(desk)
    assert merge(desk)[0] == rename(desk)[0] == 0
    assert desk("load", on=[HARBOUR, CABLES, STRAIT, THREATS])[0] == 0
    return desk


FIRST = {name: f"first-{name}" for name in (HARBOUR, CABLES, STRAIT, THREATS)}
"""The bundles before they were edited."""
ORDERS: dict[str, list[tuple[str, ...]]] = {
    "one by one": [("load", CABLES), ("load", HARBOUR), ("load", THREATS), ("load", STRAIT)],
    "from last to first": [("load", STRAIT, THREATS, CABLES, HARBOUR)],
    "with edits": [
        ("load", FIRST[STRAIT], FIRST[HARBOUR]), ("load", FIRST[CABLES]), ("load", FIRST[THREATS]),
        ("load", STRAIT, CABLES, THREATS),
    ],
    "with a move first": [
        ("load", *FIRST.values()), ("load", THREATS, CABLES, STRAIT), ("unload", STRAIT), ("load", STRAIT),
    ],
    "with removals": [
        ("load", HARBOUR, CABLES, STRAIT, THREATS), ("unload", STRAIT), ("unload", THREATS), ("load", THREATS, STRAIT),
    ],
}  # fmt: skip
"""Steps that lead to the same state."""


@pytest.fixture
def second(finished: Desk, work: Work, databases: Databases, tmp_path: Path) -> Iterator[Desk]:
    """The edited bundles, those before the edits, and a database with the seed alone."""
    folder = shutil.copytree(finished.folder, tmp_path / "bundles")
    for name, first in FIRST.items():
        shutil.copytree(work.folder / name, folder / first)
    with databases.lent("seeded") as url:
        yield Desk(url, folder)


@pytest.mark.parametrize("steps", ORDERS.values(), ids=ORDERS.keys())
def test_the_end_state_does_not_depend_on_the_order(second: Desk, finished: Desk, steps: list[tuple[str, ...]]) -> None:
    for command, *names in steps:
        code, said = second("load", on=names) if command == "load" else second("unload", *names)
        assert code == 0, said
    assert second.exported() == finished.exported()


@pytest.mark.parametrize("seed", range(2))
def test_refused_steps_change_nothing_whatever_their_order(second: Desk, finished: Desk, seed: int) -> None:
    """A step that other documents or missing bundles forbid is refused, and the bundles then still fit together."""
    random, codes = Random(seed), set()
    bundles = [*FIRST, *FIRST.values()]
    for _ in range(8):
        before = second.exported()
        chosen = random.sample(bundles, random.choice([1, 2, 4]))
        unloaded = random.choice([*FIRST, "cable-fact-sheet-2024"])
        code, said = second("load", "--yes", on=chosen) if random.random() < 0.7 else second("unload", unloaded)
        codes.add(code)
        if code:
            assert re.search(r"problems?; nothing was changed\n$|^there is no document ", said), said
            assert second.exported() == before
    assert codes == {0, 1}
    code, said = second("load", "--yes", on=[HARBOUR, CABLES, STRAIT, THREATS])
    assert code == 0, said
    assert second.exported() == finished.exported()
    assert second("check") == (0, "OK: 0 differences\n")
