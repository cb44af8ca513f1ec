"""The schema: migrations create it, remove it, and agree with the models; constraints reject invalid rows."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import app.model  # noqa: F401  (registers every table)
from app.database.engine import connect
from app.database.migration import migrate
from app.database.transactions import writing
from tests.factories.bundles import dump, loaded
from tests.paths import ROOT, SEED
from tests.services.databases import Databases


@pytest.fixture
def nothing(database: Callable[[str], Engine]) -> Engine:
    """A database without tables."""
    return database("nothing")


@pytest.fixture(scope="module")
def seeded(databases: Databases) -> Iterator[Engine]:
    """The shared database with the seed; tests roll back their changes."""
    engine = connect(databases.seeded)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    """The tables of a database, without those of the full-text index."""
    return {name for name in inspect(engine).get_table_names() if not name.startswith("search")}


def modelled(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """True for objects of the database that the models define."""
    return kind != "table" or not str(name).startswith("search")


def schema(engine: Engine) -> dict[str, Any]:
    """The columns, keys and checks of each table; autogenerate compares only some of them."""
    found = inspect(engine)
    return {
        table: {
            "columns": {(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)},
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "references": {
                (*k["constrained_columns"], k["referred_table"], *k["referred_columns"], *sorted(k["options"].items()))
                for k in found.get_foreign_keys(table)
            },
            "indexes": {(i["name"], *i["column_names"], i["unique"]) for i in found.get_indexes(table)},
            "unique": {(u["name"], *u["column_names"]) for u in found.get_unique_constraints(table)},
            "checks": {(c["name"], re.sub(r"\s+", " ", c["sqltext"])) for c in found.get_check_constraints(table)},
        }
        for table in tables(engine) - {"alembic_version"}
    }


def test_migrating_from_nothing_makes_every_table(nothing: Engine) -> None:
    assert tables(nothing) == set()
    migrate(nothing)
    assert tables(nothing) == {*SQLModel.metadata.tables, "alembic_version"}
    assert "search" in inspect(nothing).get_table_names()


def test_a_migration_that_fails_leaves_nothing_of_what_it_did(nothing: Engine) -> None:
    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "ix_mention_actor_id" in statement:
            raise RuntimeError(statement)

    event.listen(nothing, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError, match="CREATE INDEX ix_mention_actor_id"):
        migrate(nothing)
    assert inspect(nothing).get_table_names() == []
    event.remove(nothing, "before_cursor_execute", fail)
    migrate(nothing)
    assert tables(nothing) == {*SQLModel.metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    before = dump(engine)
    migrate(engine)
    assert dump(engine) == before


def test_migrating_down_leaves_nothing_but_alembics_own_table(database: Callable[[str], Engine]) -> None:
    engine = database("seeded")
    migrate(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 0


def test_what_was_migrated_down_can_be_migrated_up_and_loaded_anew(nothing: Engine) -> None:
    migrate(nothing)
    fresh = schema(nothing)
    migrate(nothing, "base")
    migrate(nothing)
    assert schema(nothing) == fresh
    assert loaded(nothing, SEED).revision == 1


def test_the_migrations_and_the_models_do_not_drift_apart(seeded: Engine) -> None:
    with seeded.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": modelled})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_migrations_make_the_keys_and_checks_that_the_models_say(seeded: Engine, nothing: Engine) -> None:
    with writing(nothing) as connection:
        SQLModel.metadata.create_all(connection)
    made, meant = schema(seeded), schema(nothing)
    assert made.keys() == meant.keys()
    for table in meant:
        assert made[table] == meant[table], table


def test_alembic_finds_its_configuration_and_the_database_of_the_settings(databases: Databases) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "alembic", "check"],
        cwd=ROOT,
        env=os.environ | {"DOSSIER_DATABASE_URL": databases.new("empty")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout) == (0, "No new upgrade operations detected.\n"), run.stderr


# Constraints

RECORD = "SELECT id FROM record WHERE kind = '{}' AND slug = '{}'"
RUSSIA = f"({RECORD.format('actor', 'russia')})"
INVASION = f"({RECORD.format('event', 'invasion-of-ukraine')})"
DOCUMENT = f"({RECORD.format('document', 'sceeus-guest-commentary-8-2022')})"
NOBODY = 999_999

REFUSED = {
    "a record without a kind": f"UPDATE record SET kind = NULL WHERE id = {RUSSIA}",
    "two records of a kind with one id": f"UPDATE record SET slug = 'china' WHERE id = {RUSSIA}",
    "a record that no document introduced": f"UPDATE record SET document_id = NULL WHERE id = {RUSSIA}",
    "a document that another introduced": f"UPDATE record SET document_id = id WHERE id = {DOCUMENT}",
    "a record of a document that is not there": f"UPDATE record SET document_id = {NOBODY} WHERE id = {RUSSIA}",
    "a record that ends before it begins": "UPDATE record SET earliest = '2022-02-02', latest = '2022-02-01'",
    "a date that ends before it begins": "UPDATE record_date SET earliest = '2022-02-02', latest = '2022-02-01'",
    "an actor that is no record": f"INSERT INTO actor (id, type, named) VALUES ({NOBODY}, 'state', true)",
    "an actor that is part of an event": f"UPDATE actor SET part_of_id = {INVASION} WHERE id = {RUSSIA}",
    "a participant that is not there": f"UPDATE event_participant SET actor_id = {NOBODY}",
    "a participant that is an event": f"UPDATE event_participant SET actor_id = {INVASION}",
    "two items at one place of a list": "UPDATE event_participant SET ordinal = 0",
    "a term that its vocabulary does not have": "UPDATE figure SET metric = 'weather'",
    "a unit that its vocabulary does not have": "UPDATE figure SET value_unit = 'parsecs'",
    "a topic that its vocabulary does not have": "UPDATE record_topic SET topic = 'weather'",
    "a term that is still used": "DELETE FROM metric WHERE term = 'deaths'",
    "a value that runs backward": "UPDATE figure SET value_low = 2, value_high = 1",
    "a trigger that is an actor": f"UPDATE sanction SET trigger_id = {RUSSIA}",
    "evidence for nothing": f"UPDATE evidence SET record_id = {NOBODY}",
    "evidence in a passage that is not there": "UPDATE evidence SET passage = 99",
    "evidence that begins before the text": 'UPDATE evidence SET start = -1',
    "evidence of no length": 'UPDATE evidence SET "end" = start',
    "evidence of more than 300 characters": 'UPDATE evidence SET "end" = start + 301',
    "a mention of nobody": f"UPDATE mention SET actor_id = {NOBODY}",
    "a mention of an event": f"UPDATE mention SET actor_id = {INVASION}",
    "a mention that ends before it begins": 'UPDATE mention SET "end" = start - 1',
    "a passage of no length": 'UPDATE passage SET "end" = start',
    "a sentence of no length": 'UPDATE sentence SET "end" = start',
    "a record that others refer to taken away": f"DELETE FROM record WHERE id = {RUSSIA}",
    "a document taken away from its records": f"DELETE FROM record WHERE id = {DOCUMENT}",
    "a second dataset": "INSERT INTO dataset SELECT 2, uuid, secret, revision, token, updated_at, render_version "
    "FROM dataset",
}  # fmt: skip


def change(engine: Engine, statement: str) -> None:
    """Run a statement and commit it."""
    with writing(engine) as connection:
        assert connection.execute(text(statement)).rowcount > 0, "the statement matches no row"


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(seeded: Engine, statement: str) -> None:
    with pytest.raises(IntegrityError):
        change(seeded, statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE record SET earliest = '2022-02-01', latest = '2022-02-01' WHERE id = {RUSSIA}",
        f"UPDATE actor SET sector = 'gov', part_of_id = id WHERE id = {RUSSIA}",
        f"UPDATE event_participant SET actor_id = {RUSSIA}",
        "UPDATE figure SET metric = 'count', value_low = 1, value_high = 1",
        'UPDATE evidence SET "end" = start + 300',
    ],
)
def test_the_database_accepts_the_like_of_it_that_is_right(database: Callable[[str], Engine], statement: str) -> None:
    change(database("seeded"), statement)


def test_references_are_checked_when_all_is_written(database: Callable[[str], Engine]) -> None:
    """During a load, rows may refer to rows that are inserted later."""
    with writing(database("seeded")) as connection:
        row = connection.execute(text(f"SELECT * FROM actor WHERE id = {RUSSIA}")).mappings().one()
        connection.execute(text(f"DELETE FROM actor WHERE id = {RUSSIA}"))
        names = [*row]
        into, values = ", ".join(names), ", ".join(f":{name}" for name in names)
        connection.execute(text(f"INSERT INTO actor ({into}) VALUES ({values})"), dict(row))


@pytest.mark.sqlite
def test_every_connection_checks_references(seeded: Engine) -> None:
    with seeded.connect() as one, seeded.connect() as another:
        for connection in (one, another):
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


@pytest.mark.postgresql
def test_every_text_is_in_the_order_of_its_code_points(seeded: Engine) -> None:
    """PostgreSQL would otherwise sort by the locale of the database; SQLite sorts by code point."""
    with seeded.connect() as connection:
        columns = connection.execute(
            text(
                "SELECT table_name, column_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text')"
            )
        ).all()
    assert len(columns) > 80
    others = {(table, column) for table, column, collation in columns if collation != "C"}
    assert {table for table, _ in others} == {"search", "alembic_version"}, "only these tables have no order to compare"
