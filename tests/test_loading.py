"""The cost of a load depends on the bundle alone, not on the database or on other bundles."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select

import app.bundle.source as source_module
from app.bundle.check import differences
from app.bundle.load import load
from app.bundle.publish import rerender
from app.bundle.source import BundleRejected, Bundles, Source
from app.database.transactions import reading, writing
from app.model.search_index import COLUMNS, INDEXES, PLAIN
from tests.factories.bundles import loaded
from tests.factories.tangled import Tangled
from tests.test_bundle_round_trip import state

Database = Callable[[str], Engine]

_STEPS = 100


class Citing(Tangled):
    """A commentary that adds a quote to each actor of an earlier one."""

    def _some(self, pool: list[str], most: int) -> list[str]:
        if pool is self.elsewhere and most > 1:
            return [reference for reference in pool if reference.startswith("actor/")]
        return super()._some(pool, most)


def citing(count: int, folder: Path) -> list[Path]:
    """Bundles; all but the first cite the actors of the first."""
    first = Tangled("number-0", Random(0), 40)
    others = [Citing(f"number-{number}", Random(number), 20, [first]) for number in range(1, count)]
    return [commentary.write(folder) for commentary in (first, *others)]


def steps(engine: Engine, folder: Path) -> int:
    """The number of steps that SQLite's virtual machine takes to load a bundle."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += _STEPS

    with writing(engine) as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(count, _STEPS)
        load(connection, [Source(folder)])
        driver.set_progress_handler(None, 0)
    return taken


@pytest.mark.sqlite  # PostgreSQL does not count steps
def test_one_more_document_is_as_much_work_among_many_as_among_few(database: Database, tmp_path: Path) -> None:
    few, many = database("empty"), database("empty")
    *bundles, last = citing(60, tmp_path)
    loaded(few, *bundles[:3])
    loaded(many, *bundles)
    assert steps(many, last) < 1.05 * steps(few, last)


def test_counts_that_are_kept_are_those_of_the_rows_whatever_is_loaded_again_and_unloaded(
    database: Database, tmp_path: Path
) -> None:
    engine = database("empty")
    bundles = citing(5, tmp_path)
    loaded(engine, *bundles)
    again = [
        Citing(f"number-{number}", Random(number + 9), 30, [Tangled("number-0", Random(0), 40)]) for number in (1, 2)
    ]
    loaded(engine, *(commentary.write(tmp_path / "again") for commentary in again))
    with reading(engine) as connection:
        assert list(differences(connection)) == []


def test_bundles_that_are_not_kept_in_memory_are_read_again_and_load_the_same(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundles = citing(4, tmp_path)
    kept, unkept = database("empty"), database("empty")
    loaded(kept, *bundles)
    monkeypatch.setattr(source_module, "_CACHED_CHARACTERS", 0)
    with writing(unkept) as connection:
        load(connection, Bundles(bundles))
    assert state(unkept) == state(kept)


def test_a_bundle_that_changes_while_it_is_loaded_is_refused(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_CACHED_CHARACTERS", 0)
    [bundle] = citing(1, tmp_path)
    sources = Bundles([bundle])
    assert len([*sources]) == 1
    (bundle / "document.txt").write_text("Other words.")
    with pytest.raises(BundleRejected, match=r"number-0: changed during loading; load it again$"):
        list(sources)


def indexed(engine: Engine) -> dict[int, dict[str, Counter[str]]]:
    """The indexed texts of each record, by column."""
    index = INDEXES[engine.dialect.name]
    columns = (*COLUMNS, PLAIN)
    with reading(engine) as connection:
        rows = connection.execute(select(index.c.rowid, *(index.c[name] for name in columns))).mappings().all()
    return {row["rowid"]: {name: Counter(row[name].split(" \ue000 ")) for name in columns} for row in rows}


def test_a_record_that_gets_a_quote_is_found_as_if_all_were_indexed_anew(database: Database, tmp_path: Path) -> None:
    engine = database("empty")
    for bundle in citing(4, tmp_path):
        loaded(engine, bundle)
    added = indexed(engine)
    with writing(engine) as connection:
        rerender(connection)
    assert indexed(engine) == added


def test_a_quote_for_a_part_that_a_record_of_the_same_load_does_not_have_is_refused(
    database: Database, tmp_path: Path
) -> None:
    first, second = citing(2, tmp_path)
    file = second / "analysis.yaml"
    analysis = orjson.loads(file.read_bytes())
    addition = analysis["also"][0]
    addition["evidence"] = [{"exact": addition["evidence"][0], "supports": ["/name", "/nome"]}]
    file.write_bytes(orjson.dumps(analysis))
    for order in ([first, second], [second, first]):
        with pytest.raises(BundleRejected) as rejected:
            loaded(database("empty"), *order)
        [problem] = rejected.value.problems
        assert problem.file == str(file)
        assert problem.detail.startswith("also/0/evidence/0/supports: '/nome' points to no value in the record")
