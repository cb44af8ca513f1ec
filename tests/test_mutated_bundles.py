"""Bundles with random damage are loaded whole or refused, and leave nothing behind."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from app.bundle.check import differences
from app.bundle.load import load
from app.bundle.source import BundleRejected, Bundles
from app.database.transactions import writing
from app.formats.export import EXPORTS
from app.model.kinds import KINDS
from app.query.snapshot import Snapshot
from tests.factories.bundles import dump
from tests.factories.mutations import mutated

pytestmark = pytest.mark.faults


class Loaded(Exception):
    """Raised after a successful load, which is not kept."""


def check(connection: Connection) -> None:
    """Check the records of a loaded bundle, and write them in every format."""
    assert list(differences(connection)) == []
    for export in EXPORTS.values():
        assert b"".join(export.write(Snapshot(connection), "https://dossier.example", KINDS))


def test_a_mutated_bundle_is_loaded_whole_or_refused_and_leaves_nothing(
    database: Callable[[str], Engine],
    tmp_path: Path,
    scaled: Callable[[int, int], int],
    figure: Callable[[str, str], None],
) -> None:
    engine = database("empty")
    # On PostgreSQL, fewer are enough: most are refused before the database is asked.
    number = scaled(1_000, 5_000) // (1 if engine.name == "sqlite" else 10)
    first = scaled(0, int(time.time()))
    before, outcomes = dump(engine), Counter[str]()
    for seed in range(first, first + number):
        bundle = mutated(tmp_path, seed)
        try:
            with writing(engine) as connection:
                load(connection, Bundles([bundle]))
                if seed % scaled(4, 1) == 0:
                    check(connection)
                raise Loaded
        except Loaded:
            outcomes["loaded"] += 1
        except BundleRejected as rejected:
            outcomes["refused"] += 1
            for problem in rejected.problems:
                assert str(problem).isprintable(), seed
                assert len(str(problem)) <= 1_000, seed
        except Exception as error:
            raise AssertionError(f"the bundle of tests.factories.mutations.mutated({seed}) is neither") from error
        if seed % 50 == 0:
            assert dump(engine) == before, f"one of the 50 before {seed}"
    assert dump(engine) == before
    assert outcomes["loaded"] > number // 20
    assert outcomes["refused"] > number // 20
    figure(
        "mutated bundles", f"{number:,}: {outcomes['refused']:,} refused, {outcomes['loaded']:,} loaded, 0 tracebacks"
    )


def test_the_same_number_gives_the_same_bundle(tmp_path: Path) -> None:
    def written(folder: str) -> Any:
        (tmp_path / folder).mkdir()
        bundles = [mutated(tmp_path / folder, number) for number in range(50)]
        return [file.read_bytes() for bundle in bundles for file in sorted(bundle.parent.glob(f"{bundle.name}/*"))]

    assert written("a") == written("b")
