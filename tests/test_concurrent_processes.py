"""Several processes over one database: one writes at a time, and only one seeds a new database."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.database.transactions import reading, writing
from app.model.tables import DATASET
from tests.factories.bundles import loaded
from tests.paths import COMMENTARY
from tests.services.api import get
from tests.services.databases import Databases
from tests.services.processes import started


@pytest.mark.faults
def test_services_that_start_together_on_nothing_seed_it_once(databases: Databases, tmp_path: Path) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(databases.lent("nothing"))
        settings = {"DOSSIER_DATABASE_URL": database}
        services = [stack.enter_context(started(settings, tmp_path / str(number))) for number in range(3)]
        for service in services:
            service.ready()
        [first, *others] = [get(f"{service.url}/v1").json() for service in services]
        assert (first["revision"], first["counts"]["documents"]) == (1, 1)
        assert others == [first, first]
        changes = get(f"{services[0].url}/v1/changes", params={"limit": 1}).json()
        assert changes["total"]["value"] == sum(first["counts"].values())
        assert sum("seeded" in service.log.read_text() for service in services) == 1


def test_one_writes_at_a_time_and_readers_need_not_wait(database: Callable[[str], Engine]) -> None:
    engine, revisions = database("seeded"), list[int]()
    waiting = threading.Thread(target=lambda: revisions.append(loaded(engine, COMMENTARY).revision))
    with writing(engine) as connection:
        waiting.start()
        connection.execute(DATASET.update().values(revision=7))
        waiting.join(timeout=1)
        assert waiting.is_alive()
        with reading(engine) as reader:
            assert reader.execute(select(DATASET.c.revision)).scalar_one() == 1
    waiting.join()
    assert revisions == [8], "the waiting load has read the first write"


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    with reading(engine) as reader:
        revision = select(DATASET.c.revision)
        assert reader.execute(revision).scalar_one() == 1
        loaded(engine, COMMENTARY)
        assert reader.execute(revision).scalar_one() == 1
    with reading(engine) as reader:
        assert reader.execute(revision).scalar_one() == 2
