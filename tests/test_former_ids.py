"""Records outlive their first document and their first id: they move, are renamed and are merged."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import Engine

from app.bundle.check import differences
from app.bundle.load import load
from app.bundle.source import ANALYSIS_FILE, BundleRejected, Source
from app.database.engine import connect
from app.database.transactions import reading, writing
from app.model.dataset import ChangeType
from tests.factories.bundles import edited, loaded, record, rewritten, unloaded
from tests.factories.bundles import source as parsed
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of, items, operations
from tests.services.commands import invoked, said
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving
from tests.test_bundle_round_trip import state
from tests.test_changes import Mirror, listed

Database = Callable[[str], Engine]
Json = dict[str, Any]

PRC = """  - id: prc
    name: China
    type: state
    formerly: [red-china]
    aliases: [Beijing]  # not the city
    summary: A state beside the sea.
    topics: [sanctions]
    evidence: [China did not comment.]
  # The broadcaster has a letter beyond the basic plane.
"""


def with_prc(into: Path) -> list[Path]:
    """Copies of the seed, and of the second commentary with its own record of China: `prc`."""
    seed, other = shutil.copytree(SEED, into / "first"), shutil.copytree(COMMENTARY, into / "second")
    file = other / ANALYSIS_FILE
    analysis = file.read_text("utf-8")
    added = "  - record: actor/china\n    aliases: [China, Beijing]\n    evidence: [China did not comment.]\n"
    assert analysis.count(added) == 1
    analysis = analysis.replace(added, "").replace("  - id: channel-u\n", PRC + "  - id: channel-u\n")
    file.write_text(re.sub(r"(actor|authority): china\b", r"\1: prc", analysis), "utf-8")
    return [seed, other]


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return with_prc(tmp_path)


def ran(*words: str | Path) -> tuple[int, str, str]:
    """The exit code and the output of a command."""
    result = invoked(*words)
    return result.exit_code, result.stdout, said(result)


def reloaded(engine: Engine, *folders: Path) -> str:
    """The result of a load of files that may have changed since they were read."""
    with writing(engine) as connection:
        return str(load(connection, [Source(folder) for folder in folders]))


def refused(engine: Engine, *folders: Path) -> list[str]:
    """The problems of a rejected load, without the folders of the files."""
    with pytest.raises(BundleRejected) as caught:
        reloaded(engine, *folders)
    return [str(each).replace(f"{folders[0].parent}/", "") for each in caught.value.problems]


def is_as_if_fresh(engine: Engine, database: Database, *folders: Path) -> None:
    """A new database with the same bundles has the same content, and nothing is out of date."""
    fresh = database("empty")
    reloaded(fresh, *folders)
    assert state(engine) == state(fresh)
    with reading(engine) as connection:
        assert list(differences(connection)) == []


# Moves


def give(analysis: Json) -> None:
    """Keep only additions to China."""
    china = record(analysis, "actors", "china")
    analysis["actors"].remove(china)
    added = {"record": "actor/china", "aliases": ["China", *china["aliases"]], "evidence": china["evidence"]}
    analysis.setdefault("also", []).append(added)


def take(analysis: Json) -> None:
    """Introduce China."""
    [added] = [each for each in analysis["also"] if each["record"] == "actor/china"]
    analysis["also"].remove(added)
    china = record(parsed(SEED).bundle.model_dump(mode="json"), "actors", "china")
    analysis["actors"].append(china | {"aliases": ["Beijing"], "evidence": added["evidence"]})


def test_a_record_moves_to_another_document_in_one_load_of_both_in_any_order(
    database: Database, tmp_path: Path
) -> None:
    first, second = rewritten(SEED, tmp_path / "first", give), rewritten(COMMENTARY, tmp_path / "second", take)
    for order in ((first, second), (second, first)):
        engine = database("both")
        with serving(str(engine.url)) as url, client_of(url) as client:
            mirror = Mirror(client)
            mirror.follow()
            before = client.get("/v1/actors/china").json()
            quotes = {quote["id"]: quote["exact"] for quote in items(client, "/v1/actors/china/evidence")}
            assert loaded(engine, *order).changes[ChangeType.DELETED] == 0
            after = client.get("/v1/actors/china").json()
            moved = {name for name in before if before[name] != after[name] and name != "updated_at"}
            assert moved == {"aliases", "document", "evidence", "actors", "revision"}
            assert (before["aliases"], after["aliases"]) == (["Chinese", "Beijing"], ["Beijing", "Chinese"])
            assert (after["document"]["id"], after["revision"]) == (COMMENTARY.name, 3)
            assert [quote["exact"] for quote in after["evidence"]] == ["China did not comment."]
            assert {quote["id"]: quote["exact"] for quote in items(client, "/v1/actors/china/evidence")} == quotes
            [line] = [line for line in items(client, "/v1/changes", **mirror.known) if line["record"]["id"] == "china"]
            assert (line["change"], line["merged_into"]) == ("changed", None)
            mirror.follow()
            assert mirror.records == listed(client)
        is_as_if_fresh(engine, database, first, second)
        assert loaded(engine, SEED, COMMENTARY).changes[ChangeType.DELETED] == 0
        assert unloaded(engine, COMMENTARY.name).changes[ChangeType.DELETED] == 24


def test_a_record_moves_only_if_its_document_is_loaded_too_and_to_one_document(
    database: Database, tmp_path: Path
) -> None:
    first, second = rewritten(SEED, tmp_path / "first", give), rewritten(COMMENTARY, tmp_path / "second", take)
    third = rewritten(COMMENTARY, tmp_path / "third", take)
    analysis = (third / ANALYSIS_FILE).read_text("utf-8").replace('"harbour-notes-3-2023"', '"harbour-notes-4"')
    (third / ANALYSIS_FILE).write_text(re.sub(r'\{"id":"(?!china|harbour)', r'{"id":"other-', analysis), "utf-8")
    engine = database("both")
    assert refused(engine, second) == [
        f"second/analysis.yaml:1: actors/5/id: 'china' is also the id of the actor in the document '{SEED.name}'; "
        "refer to that record, and list under `also` what this document adds, or choose another id; to move or "
        "merge it, load that document too, without it"
    ]
    told = [each for each in refused(engine, first, second, third) if "'china'" in each]
    way_out = "; keep one of the two, and list under `also` what the other document adds, or choose another id"
    assert told == [
        f"{one}/analysis.yaml:1: actors/5/id: 'china' is also the id of the actor in {tmp_path / other / ANALYSIS_FILE}"
        f"{way_out}".replace(f"{tmp_path}/", "")
        for one, other in (("second", "third"), ("third", "second"))
    ]


def test_two_bundles_that_introduce_one_record_are_told_of_each_other(database: Database, folders: list[Path]) -> None:
    seed, other = folders
    file = other / ANALYSIS_FILE
    file.write_text(file.read_text("utf-8").replace("prc", "china"), "utf-8")
    for order in (folders, folders[::-1]):
        told = refused(database("empty"), *order)
        assert [each.split("; ")[0] for each in told] == [
            "first/analysis.yaml:111: actors/4/id: 'china' is also the id of the actor in second/analysis.yaml",
            "second/analysis.yaml:56: actors/1/id: 'china' is also the id of the actor in first/analysis.yaml",
        ]
    copy = shutil.copytree(seed, seed.parent / "third")
    assert refused(database("empty"), seed, copy)[0] == (
        f"third/analysis.yaml:4: document/id: '{SEED.name}' is also the document of first/analysis.yaml; "
        "choose another id, or load only one of them"
    )


# Merges


class Merge(NamedTuple):
    """A database in which `prc` was merged into `china`, its client, a mirror of the state before, and the bundles."""

    engine: Engine
    client: httpx.Client
    mirror: Mirror
    folders: list[Path]


@pytest.fixture(scope="module")
def merge(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merge]:
    """A merge. Tests change neither the database nor the files."""
    folders = with_prc(tmp_path_factory.mktemp("bundles"))
    engine = connect(databases.new("empty"))
    reloaded(engine, *folders)
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        mirror = Mirror(client)
        mirror.follow()
        files = [folder / ANALYSIS_FILE for folder in folders]
        assert ran("merge", "actor", "prc", "china", *folders) == (
            0,
            f"changed {files[0]}\nchanged {files[1]}\nload them together: dossier load {folders[0]} {folders[1]}\n",
            "'prc' had other values than 'china', which are not kept: topics\n",
        )
        assert reloaded(engine, *folders) == "0 created, 4 changed, 0 deleted, 1 merged; revision 2"
        yield Merge(engine, client, mirror, folders)
    engine.dispose()


def test_a_merge_changes_only_the_lines_that_it_must(merge: Merge) -> None:
    seed, other = ((folder / ANALYSIS_FILE).read_text("utf-8") for folder in merge.folders)
    former = "    formerly: [prc, red-china]\n"
    assert seed.count(former) == 1
    assert seed.replace(former, "") == (SEED / ANALYSIS_FILE).read_text("utf-8")
    added = "  - record: actor/china\n    aliases: [China, Beijing]\n    evidence: [China did not comment.]\n"
    assert other.count(added) == 1
    before = (COMMENTARY / ANALYSIS_FILE).read_text("utf-8")
    kept = "  # The broadcaster has a letter beyond the basic plane.\n"
    assert other.replace(added, "") == before.replace(added, "").replace(
        "  - id: channel-u\n", f"{kept}  - id: channel-u\n"
    )


def test_a_merged_record_says_so_and_the_old_paths_forward_to_it(merge: Merge, database: Database) -> None:
    client = merge.client
    china = client.get("/v1/actors/china").json()
    assert (china["formerly"], china["aliases"]) == (["prc", "red-china"], ["Chinese", "Beijing"])
    assert client.get("/v1/actors/russia").json()["formerly"] == []
    for old in ("prc", "red-china"):
        for path in (
            "/v1/actors/{}",
            "/v1/actors/{}?evidence=none",
            "/v1/actors/{}/evidence?limit=2&sort=-start",
            "/v1/actors/{}/references?kind=event,statement",
            "/v1/actors/{}/dossier",
            "/v1/actors/{}/mentions?document=harbour-notes-3-2023",
            "/actors/{}",
        ):
            for method in ("GET", "HEAD"):
                answer = client.request(
                    method, path.format(old), headers={"Accept": "text/html", "Origin": "https://a.b"}
                )
                assert (answer.status_code, answer.headers["location"]) == (301, path.format("china"))
                assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-cache", False)
                assert (answer.content, answer.headers["access-control-allow-origin"]) == (b"", "*")
            followed = client.get(path.format(old), follow_redirects=True)
            assert followed.content == client.get(path.format("china")).content
    problem(client.get("/v1/events/prc"), 404)
    problem(client.get("/v1/actors/prc?nonsense=1"), 422)
    is_as_if_fresh(merge.engine, database, *merge.folders)


def test_former_ids_forward_under_the_base_path(merge: Merge) -> None:
    database = merge.engine.url.render_as_string(hide_password=False)
    with serving(database, "https://dossier.example/analyses") as url, client_of(url) as client:
        for base in ("", "/analyses"):
            answer = client.get(f"{base}/v1/actors/prc/evidence?limit=2")
            moved = "/analyses/v1/actors/china/evidence?limit=2"
            assert (answer.status_code, answer.headers["location"]) == (301, moved)


def test_the_command_shows_the_record_that_had_an_id(merge: Merge) -> None:
    environment = {"DOSSIER_DATABASE_URL": merge.engine.url.render_as_string(hide_password=False)}
    old, new = (invoked("show", "actor", slug, environment=environment) for slug in ("prc", "china"))
    assert (old.exit_code, said(old), old.stdout) == (0, "'prc' is now 'china'\n", new.stdout)
    assert said(new) == ""


def test_filters_by_the_old_id_find_the_same_and_say_so(merge: Merge) -> None:
    client = merge.client
    ref = {"kind": "actor", "id": "china", "name": "China", "url": "/v1/actors/china"}
    for path, name, value in (
        ("/v1/events", "actor", "{}"),
        ("/v1/events", "with_actor", "{},russia"),
        ("/v1/sanctions", "authority", "{}"),
        ("/v1/assessments", "about", "actor/{}"),
        ("/v1/actors", "id", "russia,{}"),
        ("/v1/evidence", "actor", "{}"),
        ("/v1/mentions", "actor", "{}"),
        ("/v1/timeline", "actor", "{}"),
        ("/v1/graph", "actor", "{}"),
    ):
        old, new = (client.get(path, params={name: value.format(slug)}).json() for slug in ("prc", "china"))
        [warning] = old.pop("warnings")
        said = [each.format("prc") for each in value.split(",") if "{}" in each]
        assert warning == {
            "parameter": name,
            "value": said[0],
            "detail": f"'{said[0]}' is now '{said[0].replace('prc', 'china')}'.",
            "nearest": ref,
        }
        assert new.pop("warnings") == []
        assert {**old, "next": None} == {**new, "next": None}
        assert old.get("items") or old.get("edges"), path
    rows = [client.get("/v1/events.csv", params={"actor": slug}).text for slug in ("prc", "china")]
    assert rows[0] == rows[1]
    assert rows[0].count("\n") > 2
    unknown = client.get("/v1/events", params={"actor": "prc,red-chin"}).json()["warnings"]
    assert [each["detail"].split(". ")[0] for each in unknown] == [
        "'prc' is now 'china'.",
        "There is no actor 'red-chin'; did you mean 'china'? /v1/actors lists them.",
    ]


def test_the_feed_says_into_what_a_record_was_merged(merge: Merge) -> None:
    _, client, mirror, _ = merge
    lines = items(client, "/v1/changes", **mirror.known)
    ref = {"kind": "actor", "id": "china", "name": "China", "url": "/v1/actors/china"}
    assert [(line["record"], line["merged_into"]) for line in lines if line["change"] == "merged"] == [
        ({"kind": "actor", "id": "prc", "name": "China", "url": "/v1/actors/prc"}, ref)
    ]
    assert {line["change"] for line in lines if line["merged_into"] is None} == {"changed"}
    begun = [line for line in items(client, "/v1/changes", body="true") if line["record"]["id"] == "prc"]
    assert [(line["change"], line["merged_into"], line["body"]) for line in begun] == [
        ("created", None, None),
        ("merged", ref, None),
    ]
    mirror.follow()
    assert mirror.records == listed(client)


def test_a_former_id_is_not_used_again(merge: Merge, tmp_path: Path) -> None:
    engine = merge.engine
    seed, other = (shutil.copytree(folder, tmp_path / folder.name) for folder in merge.folders)
    reuse = "actors:\n  - {id: prc, name: Club, type: group, summary: A club., evidence: [smiled only once]}\n"
    again = edited(COMMENTARY, tmp_path / "again", ("actors:\n", reuse))
    told = "actors/0/id: 'prc' is also a former id of the actor 'china' in"
    [alone] = refused(engine, again)
    assert alone.startswith(f"again/analysis.yaml:54: {told} the document '{SEED.name}'; refer to that record")
    for order in ((seed, again), (again, seed)):
        assert [each.split("; ")[0] for each in refused(engine, *order)] == [
            f"again/analysis.yaml:54: {told} first/analysis.yaml",
            "first/analysis.yaml:112: actors/4/formerly/0: 'prc' is also the id of the actor in again/analysis.yaml",
        ]
    refer = edited(other, tmp_path / "refer", ("authority: china", "authority: prc"))
    assert refused(engine, refer) == [
        "refer/analysis.yaml:159: sanctions/0/authority: there is no actor 'prc'; it is 'china' now"
    ]
    twice = edited(
        SEED,
        tmp_path / "twice",
        ("  - id: china\n", "  - id: china\n    formerly: [prc, russia]\n"),
        ("  - id: ukraine\n", "  - id: ukraine\n    formerly: [prc]\n"),
    )
    assert [each.split("; ")[0].split(": ", 1)[1] for each in refused(engine, twice)] == [
        "actors/3/id: 'russia' is also a former id of the actor 'china' in twice/analysis.yaml",
        "actors/4/formerly/0: 'prc' is also a former id of the actor 'ukraine' in twice/analysis.yaml",
        "actors/4/formerly/1: 'russia' is also the id of the actor in twice/analysis.yaml",
        "actors/5/formerly/0: 'prc' is also a former id of the actor 'china' in twice/analysis.yaml",
    ]


def test_a_forward_ends_with_its_record_or_when_it_is_no_longer_listed(database: Database, tmp_path: Path) -> None:
    engine = database("both")
    listed = edited(SEED, tmp_path / "listed", ("  - id: china\n", "  - id: china\n    formerly: [red-china]\n"))
    assert str(loaded(engine, listed)) == "0 created, 1 changed, 0 deleted; revision 3"
    with serving(engine.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        assert client.get("/v1/actors/red-china").headers["location"] == "/v1/actors/china"
        assert unloaded(engine, COMMENTARY.name).changes[ChangeType.DELETED] == 24
        assert client.get("/v1/actors/red-china").status_code == 301
        assert loaded(engine, SEED).changes == {ChangeType.CHANGED: 1}
        problem(client.get("/v1/actors/red-china"), 404)
        merged = shutil.copytree(SEED, tmp_path / "merged")
        assert ran("merge", "actor", "migrant-workers", "russian-people", merged)[0] == 0
        assert loaded(engine, merged).changes[ChangeType.MERGED] == 1
        assert client.get("/v1/actors/migrant-workers").headers["location"] == "/v1/actors/russian-people"
        assert unloaded(engine, SEED.name).changes[ChangeType.MERGED] == 0
        gone = problem(client.get("/v1/actors/migrant-workers"), 410)["detail"]
        assert gone.startswith("The actor 'migrant-workers' was merged in revision 6, at ")
        [line] = [line for line in items(client, "/v1/changes") if line["change"] == "merged"]
        assert line["merged_into"] is None
        assert loaded(engine, SEED).changes[ChangeType.CREATED] > 100, "the id can be used again"


# Renames


def test_a_document_is_renamed_in_its_bundle_and_its_old_paths_forward(database: Database, folders: list[Path]) -> None:
    engine = database("empty")
    reloaded(engine, *folders)
    _, other = folders
    old, new, file = COMMENTARY.name, "harbour-briefing-3", other / ANALYSIS_FILE
    with serving(str(engine.url)) as url, client_of(url) as client:
        mirror = Mirror(client)
        mirror.follow()
        before = listed(client)
        text = file.read_text("utf-8")
        assert ran("rename", old, new, *folders)[:2] == (
            0,
            f"changed {file}\nload them together: dossier load {other}\n",
        )
        assert file.read_text("utf-8") == text.replace(f"id: {old}\n", f"id: {new}\n  formerly: [{old}]\n", 1)
        assert reloaded(engine, other) == "1 created, 24 changed, 0 deleted, 1 merged; revision 2"
        after = listed(client)
        assert after.keys() - before.keys() == {f"/v1/documents/{new}"}
        assert before.keys() - after.keys() == {f"/v1/documents/{old}"}
        for path in ("/v1/documents/{}", "/v1/documents/{}/text", "/v1/documents/{}/bundle", "/documents/{}?passage=3"):
            assert client.get(path.format(old)).headers["location"] == path.format(new)
        for path in ("/v1/events", "/v1/evidence", "/v1/mentions"):
            found, known = (client.get(path, params={"document": slug}).json() for slug in (old, new))
            assert (found["total"], found["items"]) == (known["total"], known["items"])
            assert [each["detail"] for each in found["warnings"]] == [f"'{old}' is now '{new}'."]
        lines = {line["record"]["id"]: line for line in items(client, "/v1/changes", **mirror.known)}
        assert (lines[old]["change"], lines[old]["merged_into"]["id"], lines[new]["change"]) == (
            "merged",
            new,
            "created",
        )
        mirror.follow()
        assert mirror.records == after
        is_as_if_fresh(engine, database, *folders)
        again = [each.split(": ")[1:] for each in refused(engine, COMMENTARY)]
        assert ["document/id", f"'{old}' is also a former id of the document '{new}' in the document '{new}'"] in [
            [place, detail.split("; ")[0]] for place, detail, *_ in again
        ]


def test_a_renamed_record_needs_all_bundles_that_refer_to_it(database: Database, folders: list[Path]) -> None:
    engine = database("empty")
    seed, other = folders
    reloaded(engine, *folders)
    text = (other / ANALYSIS_FILE).read_text("utf-8")
    assert ran("rename", "relationship", "russia-north-korea-trade", "trade-of-neighbours", *folders)[0] == 0
    (other / ANALYSIS_FILE).write_text(text, "utf-8")
    refusal = "the relationship 'russia-north-korea-trade' cannot be removed"
    way_out = "it is 'trade-of-neighbours' now: load that document too, with the new id"
    assert [each.split(": ", 1)[1] for each in refused(engine, seed)] == [
        f"{refusal}: the document '{COMMENTARY.name}' needs it; {way_out}",
        f"{refusal}: the event 'karsk-crossing' of the document '{COMMENTARY.name}' needs it; {way_out}",
    ]
    (seed / ANALYSIS_FILE).write_text((SEED / ANALYSIS_FILE).read_text("utf-8"), "utf-8")
    assert ran("rename", "relationship", "russia-north-korea-trade", "trade-of-neighbours", *folders)[0] == 0
    assert reloaded(engine, *folders[::-1]).startswith("1 created, ")
    is_as_if_fresh(engine, database, *folders)


# Files


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("merge", "actor", "nobody", "china"), "none of these bundles introduces the actor 'nobody'"),
        (("merge", "actor", "prc", "nobody"), "none of these bundles introduces the actor 'nobody'"),
        (("merge", "actor", "prc", "prc"), "a document cannot be merged, nor a record with itself; "),
        (("merge", "document", COMMENTARY.name, SEED.name), "a document cannot be merged, nor a record with itself; "),
        (("merge", "actors", "prc", "china", "nowhere"), "nowhere/analysis.yaml:1: cannot be read: "),
        (
            ("rename", "actor", "prc", "china"),
            "a bundle introduces the actor 'china' already; `dossier merge` makes one record of two",
        ),
        (
            ("rename", "actor", "prc", "China"),
            "give the id and the new id, in small letters, digits and hyphens: dossier",
        ),
        (
            ("rename", "prc"),
            "give the id and the new id, in small letters, digits and hyphens: dossier rename [KIND] OLD",
        ),
        (
            ("merge", "actor", "prc", "china", "x.json"),
            "only bundles in folders can be edited; `dossier bundle` writes one",
        ),
    ],
)
def test_a_merge_that_is_not_possible_changes_no_file(folders: list[Path], words: tuple[str, ...], says: str) -> None:
    before = [(folder / ANALYSIS_FILE).read_bytes() for folder in folders]
    code, printed, error = ran(*words, *(folders if len(words) > 2 else ()))
    assert (code, printed) == (1, "")
    assert says in error
    assert [(folder / ANALYSIS_FILE).read_bytes() for folder in folders] == before


TWINS = """document: {id: twins-1, name: Twins, published: {text: "2020", edtf: "2020"}, language: en, rights: Ours.,
  analysis: {by: Us, method: human, date: 2023-06-01}, summary: Two names.}
also:
- {record: actor/one, aliases: [Una], evidence: [Una ran]}
# the other name
- record: actor/other
  aliases: [Una Two]
  evidence: [Una ran, {exact: Una Two sat, passage: 1}]
events:
- id: race
  name: A race
  type: other
  modality: actual
  participants:  # who ran
  - {actor: one, role: actor}
  - {actor: other, role: actor}
  - {actor: third, role: actor}
  summary: They ran.
  evidence:
  - {exact: Una ran, supports: [/participants/0, /participants/1]}
  - exact: Tria ran
    supports: [/type, /modality, /participants/2]
mentions: [{text: She, actor: other, passage: 2}, {text: She, actor: one, passage: 2}, {text: Una, actor: other}]
"""


@pytest.mark.sqlite
def test_a_merge_joins_additions_and_lists_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """References that become equal are one, and pointers of quotes follow. The bundles are those in `seed`."""
    head = TWINS.split("also:")[0]
    first, second = tmp_path / "seed" / "first", tmp_path / "seed" / "second"
    for folder, analysis in (
        (second, TWINS),
        (
            first,
            head.replace("twins-1", "origin-1")
            + """actors:
  # who runs first
  - {id: one, name: Una, type: person, summary: One., aliases: [Una One], evidence: [
      "Una One", {exact: Una Two ran, supports: [/type]}]}
  # who runs too
  - {id: other, name: Una Two, type: person, sector: gov, summary: Two., evidence: [
      {exact: Una Two ran, supports: [/type]}, {exact: She leads, supports: [/sector]}]}
  - {id: third, name: Tria, type: person, summary: Three., evidence: [Tria]}
""",
        ),
    ):
        folder.mkdir(parents=True)
        (folder / ANALYSIS_FILE).write_text(analysis, "utf-8")
        (folder / "document.txt").write_text(
            "Una ran, Una Two sat, Tria ran.\nShe won.\nUna One. Una Two ran. She leads.\n", "utf-8"
        )
    monkeypatch.chdir(tmp_path)
    code, printed, error = ran("merge", "actor", "other", "one")
    assert (code, error) == (0, "'other' had other values than 'one', which are not kept: sector\n")
    assert printed.splitlines()[-1] == "load them together: dossier load seed/first seed/second"
    assert (
        (second / ANALYSIS_FILE).read_text("utf-8").split("also:")[1]
        == """
  - {record: actor/one, aliases: [Una, Una Two], evidence: [{passage: 1, exact: Una Two sat}, Una ran]}
# the other name
events:
  - id: race
    name: A race
    type: other
    modality: actual
    participants: # who ran
      - {actor: one, role: actor}
      - {actor: third, role: actor}
    summary: They ran.
    evidence:
      - {exact: Una ran, supports: [/participants/0, /participants/0]}
      - exact: Tria ran
        supports: [/type, /modality, /participants/1]
mentions: [{text: She, actor: one, passage: 2}, {text: Una, actor: one}]
"""
    )
    assert (first / ANALYSIS_FILE).read_text("utf-8").split("- {id: one")[1] == (
        ", formerly: [other], name: Una, type: person, summary: One., aliases: [Una One, Una Two], "
        'evidence: [She leads, "Una One", {exact: Una Two ran, supports: [/type]}]}\n'
        "  # who runs too\n"
        "  - {id: third, name: Tria, type: person, summary: Three., evidence: [Tria]}\n"
    )


# Missing bundles


def test_a_missing_bundle_is_named_as_the_cause_of_its_missing_references(
    database: Database, folders: list[Path]
) -> None:
    seed, other = folders
    empty = database("empty")
    assert refused(empty, other) == [
        "second/analysis.yaml:15: document/topics/1: 19 references to actor/north-korea, actor/russia, "
        "assessment/economy-deeply-troubled, relationship/russia-north-korea-trade, sanction/sanctions-on-north-korea, "
        "topic/sanctions, which the bundle first introduces; it is not loaded: load both together"
    ]
    file = other / ANALYSIS_FILE
    file.write_text(file.read_text("utf-8").replace("actor: russia", "actor: rusia"), "utf-8")
    told = [each.split(": ", 2)[2] for each in refused(empty, other)]
    assert len([each for each in told if each.startswith("there is no actor 'rusia'")]) == 4
    assert len([each for each in told if "which the bundle first introduces" in each]) == 1
    file.write_text(file.read_text("utf-8").replace("actor: rusia", "actor: russia"), "utf-8")
    (seed / ANALYSIS_FILE).write_text("document: [", "utf-8")
    assert not [each for each in refused(empty, other) if "which the bundle" in each]
    (seed / ANALYSIS_FILE).write_bytes((SEED / ANALYSIS_FILE).read_bytes())
    assert reloaded(empty, other, seed).startswith("194 created, ")


def test_the_forwards_are_documented_where_they_occur(api: httpx.Client) -> None:
    documented = {path for path, operation in operations(api).items() if "301" in operation["responses"]}
    assert documented == {path for path in operations(api) if "{id}" in path}
    assert {"/v1/actors/{id}", "/v1/documents/{id}/text", "/v1/events/{id}/evidence"} <= documented
    answer = operations(api)["/v1/actors/{id}"]["responses"]["301"]
    assert answer["headers"]["Location"]["schema"] == {"type": "string"}


@pytest.mark.sqlite
def test_actors_of_the_seed_are_described_so_that_any_document_can_own_them() -> None:
    actors = parsed(SEED).bundle.model_dump()["actors"]
    assert len(actors) == 35
    told = re.compile(r"\b(the|this|its) (author|text|commentary)\b", re.IGNORECASE)
    assert [actor["id"] for actor in actors if told.search(f"{actor['name']} {actor['summary']}")] == []
