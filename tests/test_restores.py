"""A database that is restored, replaced or deleted while it is served: clients get its real state, never a mix."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, update

from app.database.engine import connect as connect_to
from app.database.transactions import writing
from app.model.tables import DATASET
from tests.factories.bundles import loaded, unloaded
from tests.paths import COMMENTARY, SEED
from tests.services.api import client_of, items
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

LISTS = ["/v1/actors?limit=200", "/v1/events?facets=type", "/v1/search?q=Russia", "/v1/timeline", "/v1/graph"]
SECONDS = 1.0
"""The time within which the service notices."""


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def snapshot_of(url: str, target: Path) -> Path:
    """A consistent copy of an SQLite database, as a backup makes it."""
    with closing(sqlite3.connect(file_of(url))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def tags(client: httpx.Client) -> dict[str, str]:
    return {path: client.get(path).headers["etag"] for path in LISTS}


@pytest.mark.sqlite
def test_after_a_restore_no_old_tag_and_no_old_state_is_valid(databases: Databases, tmp_path: Path) -> None:
    """Load A, copy the file, load B, restore the copy, load C: B and C are different revisions with one number."""
    url = databases.new("seeded")
    backup = snapshot_of(url, tmp_path / "backup.db")
    with serving(url) as service, client_of(service) as client:
        engine = connect_to(url)
        loaded(engine, COMMENTARY)
        engine.dispose()
        seen, until = tags(client), client.get("/v1/changes").json()["until"]
    restored = f"sqlite:///{backup}"
    engine = connect_to(restored)
    unloaded(engine, SEED.name)
    engine.dispose()
    with serving(restored) as service, client_of(service) as client:
        assert client.get("/v1").json()["revision"] == int(until.partition("-")[0])
        for path, tag in seen.items():
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path
        assert "start again" in problem(client.get("/v1/changes", params={"since": until}), 409)["detail"].lower()


@pytest.mark.sqlite
def test_a_replaced_file_is_noticed_and_never_mixed(databases: Databases, tmp_path: Path) -> None:
    """Both lanes, quick and slow, and the cache answer from the new file."""
    url, other = databases.new("seeded"), databases.new("both")
    old_copy, new_copy = (snapshot_of(each, tmp_path / f"{name}.db") for each, name in ((url, "old"), (other, "new")))
    with serving(url, cache_mb=16) as service, client_of(service) as client:
        before = tags(client)
        for replacement, count in ((new_copy, 2), (old_copy, 1)):
            shutil.move(replacement, file_of(url))
            until = time.monotonic() + SECONDS
            while client.get("/v1").json()["counts"]["documents"] != count:
                assert time.monotonic() < until
            for _ in range(20):
                for path in LISTS:
                    assert (client.get(path).headers["etag"] == before[path]) == (count == 1)
                assert len(items(client, "/v1/documents")) == count
            assert client.get("/readyz").status_code == 200


@pytest.mark.sqlite
def test_a_deleted_file_is_a_503_until_there_is_one_again(databases: Databases, tmp_path: Path) -> None:
    url = databases.new("seeded")
    copy = snapshot_of(url, tmp_path / "copy.db")
    with serving(url, cache_mb=16) as service, client_of(service) as client:
        before = tags(client)
        file_of(url).unlink()
        until = time.monotonic() + SECONDS
        while client.get("/readyz").status_code == 200:
            assert time.monotonic() < until
        for path in LISTS:
            answer = client.get(path)
            assert "cannot be read" in problem(answer, 503)["detail"]
            assert answer.headers["retry-after"] == "5"
        assert client.get("/healthz").status_code == 200
        assert not file_of(url).exists(), "reading makes no file"
        shutil.copy(copy, file_of(url))
        assert tags(client) == before
        assert client.get("/readyz").status_code == 200


def test_an_older_state_of_the_database_is_served_as_what_it_is(database: Callable[[str], Engine]) -> None:
    """A backup that is restored into the running database has a lower revision."""
    engine = database("seeded")
    with serving(url_of(engine), cache_mb=16) as service, client_of(service) as client:
        for revision in (5, 4, 6):
            with writing(engine) as connection:
                connection.execute(update(DATASET).values(revision=revision, token=f"{revision:x}"))
            until = time.monotonic() + SECONDS
            while client.get("/v1").json()["revision"] != revision:
                assert time.monotonic() < until
            for _ in range(10):
                assert {path: client.get(path).headers["etag"][1:2] for path in LISTS} == dict.fromkeys(
                    LISTS, str(revision)
                )
            assert client.get("/readyz").status_code == 200
