"""The benchmark's contender (d) gives the same responses as Dossier, and its corpus loads without differences."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app.bundle.check import differences
from app.bundle.load import load
from app.bundle.source import Source
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import reading, writing
from app.model.tables import RECORD
from tests.bench.client import Client
from tests.bench.corpus.commentary import SIZE, commentary
from tests.bench.corpus.language import Language
from tests.bench.corpus.world import World
from tests.bench.databases import Database
from tests.bench.questions import Question, questions
from tests.bench.serving import dossier, running, tutorial

pytestmark = [pytest.mark.interop, pytest.mark.sqlite]  # the benchmark runs on SQLite, since Datasette serves a file

BUNDLES = 3
VARIANTS = 40


def bundles(count: int) -> list[bytes]:
    random = Random(7)
    world, language = World(random), Language(random)
    return [commentary(world, language, random, number) for number in range(count)]


@dataclass
class Both:
    """Dossier and contender (d) over the same database, with the questions of the benchmark."""

    ours: Client
    theirs: Client
    asked: dict[str, Question]

    def answers(self, question: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """The responses of both to the first variants of a question."""
        paths = zip(self.asked[question].dossier, self.asked[question].tutorial, strict=True)
        for path, other in list(paths)[:VARIANTS]:
            yield self.ours.page(path), self.theirs.page(other)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A small database of generated commentaries."""
    folder = tmp_path_factory.mktemp("bench")
    files = [folder / f"{number}.json" for number in range(BUNDLES)]
    for file, content in zip(files, bundles(BUNDLES), strict=True):
        file.write_bytes(content)
    database = Database(BUNDLES * SIZE, folder / "small.db", BUNDLES, [])
    engine = connect(database.url)
    migrate(engine)
    for file in files:
        with writing(engine) as connection:
            load(connection, [Source(file)])
    engine.dispose()
    return database


@pytest.fixture(scope="module")
def both(corpus: Database) -> Iterator[Both]:
    with running(dossier(corpus)) as ours, running(tutorial(corpus)) as theirs:
        asked = {question.name: question for question in questions(corpus, ours.client)}
        yield Both(ours.client, theirs.client, asked)


def test_the_same_seed_gives_the_same_commentaries() -> None:
    assert bundles(2) == bundles(3)[:2]


def test_a_loaded_corpus_is_as_large_as_told_and_sound(corpus: Database) -> None:
    engine = connect(corpus.url)
    with reading(engine) as connection:
        kept = connection.execute(select(RECORD.c.id)).all()
        found = list(differences(connection))
    engine.dispose()
    assert len(kept) == BUNDLES * SIZE
    assert not found


@pytest.mark.parametrize("question", ["page", "filtered", "deep"])
def test_lists_have_the_same_items_and_total(both: Both, question: str) -> None:
    seen = 0
    for ours, theirs in both.answers(question):
        assert theirs["items"] == ours["items"]
        assert theirs["total"] == ours["total"]["value"]
        seen += len(ours["items"])
    assert seen


def test_one_event_is_the_same(both: Both) -> None:
    for ours, theirs in both.answers("record"):
        assert theirs == ours


def test_facets_have_the_same_counts(both: Both) -> None:
    for ours, theirs in both.answers("faceted"):
        assert theirs["items"] == ours["items"]
        for name, counted in theirs["facets"].items():
            assert {one["value"]: one["count"] for one in counted} == {
                one["value"]: one["count"] for one in ours["facets"][name]
            }


def test_search_finds_the_same_records(both: Both) -> None:
    for ours, theirs in both.answers("search"):
        assert [hit["record"] for hit in theirs["items"]] == [hit["record"] for hit in ours["items"]]
        assert theirs["total"] == ours["total"]["value"]
        assert ours["items"]
