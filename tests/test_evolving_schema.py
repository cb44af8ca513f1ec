"""The schema can change under the rows of a loaded database, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, text
from sqlmodel import AutoString, SQLModel

from app.database.migration import migrate
from app.database.transactions import BrokenReferences, migrating
from app.model.vocabularies import VOCABULARIES
from tests.factories.bundles import dump
from tests.services.api import client_of, get
from tests.services.serving import serving

INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
}


@pytest.fixture
def seeded(database: Callable[[Any], Engine]) -> Engine:
    """A database of its own with the seed."""
    return database("seeded")


def operations(connection: sa.Connection) -> Operations:
    """Alembic's operations, which a migration calls `op`."""
    return Operations(MigrationContext.configure(connection, opts={"target_metadata": SQLModel.metadata}))


def indexes(engine: Engine) -> dict[str, str]:
    """The definition of each index."""
    with engine.connect() as connection:
        return {name: sql.replace('"', "") for name, sql in connection.execute(text(INDEXES[engine.dialect.name]))}


def test_a_table_that_others_refer_to_can_be_rebuilt(seeded: Engine) -> None:
    before, ordered = dump(seeded), indexes(seeded)
    with migrating(seeded) as connection, operations(connection).batch_alter_table("record") as batch:
        batch.add_column(sa.Column("nickname", AutoString))
        batch.alter_column("summary", existing_type=AutoString(), nullable=True)
    assert indexes(seeded) == ordered
    with migrating(seeded) as connection, operations(connection).batch_alter_table("record") as batch:
        batch.drop_column("nickname")
        batch.alter_column("summary", existing_type=AutoString(), nullable=False)
    assert dump(seeded) == before
    assert indexes(seeded) == ordered
    with serving(seeded.url.render_as_string(hide_password=False)) as url:
        assert get(f"{url}/v1/actors?limit=200").json()["total"] == {"value": 35, "relation": "eq"}
        assert get(f"{url}/v1/search?q=sanctions").json()["total"]["value"] > 0


@pytest.mark.sqlite
def test_a_migration_that_breaks_references_is_undone(seeded: Engine) -> None:
    before = dump(seeded)
    with (
        pytest.raises(BrokenReferences, match=r"references are broken: .*actor to record"),
        migrating(seeded) as connection,
    ):
        connection.execute(text("DELETE FROM record WHERE kind = 'actor'"))
    assert dump(seeded) == before
    with seeded.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_corrected_terms_reach_an_existing_database(seeded: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *others = VOCABULARIES["metric"]
    corrected = replace(first, label="Fatalities", definition="How many people died.")
    new = replace(second, term="wounded", label="Wounded")
    monkeypatch.setitem(VOCABULARIES, "metric", (corrected, second, *others, new))
    bundles_own = text("UPDATE metric SET label = 'Ours', document_id = (SELECT id FROM document) WHERE term = :term")
    with migrating(seeded) as connection:
        connection.execute(bundles_own, {"term": second.term})
    with serving(seeded.url.render_as_string(hide_password=False)) as url, client_of(url) as client:
        before = client.get("/v1/vocabularies/metric")
        migrate(seeded)
        again = {"If-None-Match": before.headers["ETag"]}
        for _ in range(100):
            answer = client.get("/v1/vocabularies/metric", headers=again)
            if answer.status_code == 200:
                break
        assert answer.status_code == 200, "a cache would keep the old terms"
        served = {term["term"]: (term["label"], term["definition"]) for term in answer.json()["terms"]}
        assert served[first.term] == ("Fatalities", "How many people died.")
        assert served[second.term] == ("Ours", second.definition), "a bundle's term is the bundle's"
        assert served["wounded"] == ("Wounded", second.definition)
        assert client.get("/v1").json()["revision"] == 2
    kept = dump(seeded)
    migrate(seeded)
    assert dump(seeded) == kept
