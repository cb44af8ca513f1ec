"""Mistakes of operators, and failures of their machines: each gets one line that says what, where, and what to do."""

import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from app.database import engine as engines
from app.database import migration
from app.database.engine import connect
from app.settings import Settings
from tests.paths import COMMENTARY, ROOT
from tests.services.commands import invoked, said
from tests.services.databases import Databases

OPERATIONS = ROOT / "docs" / "operations.md"
SECRET = "hunter2"
SHOW = ("show", "actor", "russia")
LOAD = ("load", str(COMMENTARY))


@dataclass(frozen=True)
class Mistake:
    """A mistake of an operator, and the line that it gets. `{here}` is the folder of the test."""

    line: str
    words: tuple[str, ...] = ("status",)
    settings: Mapping[str, str] = field(default_factory=dict)
    prepare: str = ""
    """The function of this module that makes the files of the case."""
    code: int = 2


def setting(name: str, value: str, reason: str) -> Mistake:
    description = Settings.model_fields[name.removeprefix("DOSSIER_").lower()].description
    return Mistake(f"{name}: {reason} ({description})", settings={name: value})


def url(value: str, reason: str) -> Mistake:
    return setting("DOSSIER_DATABASE_URL", value, reason)


NO_URL = (
    "write `sqlite:///file?mode=ro`, `sqlite:////folder/file` or `postgresql://user:password@host/name`, and in a "
    "password `%2F %3A %40` for `/ : @`"
)
UNOPENED = (
    "unable to open database file; correct DOSSIER_DATABASE_URL, or let this user read the file and write to its folder"
)
ANOTHER = "belongs to another program: it has the tables albums, songs; correct DOSSIER_DATABASE_URL"
IS_OPEN = "{here}/dossier.db: another process has it open, as a service; stop that, then repeat the command"
NOT_SQLITE = "file is not a database; correct DOSSIER_DATABASE_URL, or move the file away"


MISTAKES = {
    # Settings
    "an unknown setting": Mistake(
        "DOSSIER_PROT: there is no such setting; did you mean 'DOSSIER_PORT'?", settings={"DOSSIER_PROT": "80"}
    ),
    "a port that is a word": setting("DOSSIER_PORT", "http", "must be a whole number (given: 'http')"),
    "a port that Kubernetes sets": setting(
        "DOSSIER_PORT", "tcp://10.0.0.1:8000", "must be a whole number (given: 'tcp://10.0.0.1:8000')"
    ),
    "a port that is too high": setting("DOSSIER_PORT", "70000", "must be at most 65535 (given: '70000')"),
    "a misspelt level": setting("DOSSIER_LOG_LEVEL", "inf", "'inf' is no valid term; did you mean 'info'?"),
    "a level that is no word": setting(
        "DOSSIER_LOG_LEVEL", "7", "'7' is no valid term; valid are: debug, info, warning, error"
    ),
    "a cache of less than nothing": setting("DOSSIER_CACHE_MB", "-1", "must be at least 0 (given: '-1')"),
    "a cache with a unit": setting("DOSSIER_CACHE_MB", "16MB", "must be a whole number (given: '16MB')"),
    "a grace period in words": setting("DOSSIER_GRACE_SECONDS", "10s", "must be a whole number (given: '10s')"),
    "a public URL without a scheme": setting(
        "DOSSIER_PUBLIC_URL",
        "dossier.example",
        "must be a URL without a slash at the end, like `https://host` or `https://host/dossier` "
        "(given: 'dossier.example')",
    ),
    "a base path that the service has itself": Mistake(
        "DOSSIER_PUBLIC_URL: the service has paths of its own under /v1; choose another path",
        ("serve",),
        {"DOSSIER_PUBLIC_URL": "https://dossier.example/v1"},
    ),
    "origins without a scheme": setting(
        "DOSSIER_CORS_ORIGINS",
        "site.example",
        "must be `*`, or origins like `https://a.host, https://b.host` (given: 'site.example')",
    ),
    "a contact without a scheme": setting(
        "DOSSIER_SECURITY_CONTACT",
        "me@dossier.example",
        "must begin with `mailto:`, `https://` or `tel:` (given: 'me@dossier.example')",
    ),
    # URLs of databases
    "a path as URL": url("/data/dossier.db", NO_URL),
    "a file name as URL": url("dossier.db", NO_URL),
    "an empty URL": url("", NO_URL),
    "a URL whose port is a word": url(f"postgresql://dossier:{SECRET}@host:port/dossier", NO_URL),
    "two slashes": url("sqlite://dossier.db", NO_URL),
    "a misspelt parameter": url("sqlite:///dossier.db?mod=ro", NO_URL),
    "MySQL": url(f"mysql://dossier:{SECRET}@host/dossier", NO_URL),
    "another driver": url(f"postgresql+asyncpg://dossier:{SECRET}@host/dossier", NO_URL),
    "a password with @": url(f"postgresql://dossier:{SECRET}@@host/dossier", NO_URL),
    "a replica that is a path": setting("DOSSIER_READ_DATABASE_URL", "/data/replica.db", NO_URL),
    "a server that is down": Mistake(
        "database dossier on 127.0.0.1:1: connection failed: connection to server at "
        '"127.0.0.1", port 1 failed: Connection refused; start the server, or correct DOSSIER_DATABASE_URL',
        settings={"DOSSIER_DATABASE_URL": f"postgresql://dossier:{SECRET}@127.0.0.1:1/dossier"},
    ),
    "a parameter that libpq does not have": Mistake(
        'database dossier on 127.0.0.1: invalid connection option "sslmod"; correct the parameters of '
        "DOSSIER_DATABASE_URL",
        settings={"DOSSIER_DATABASE_URL": f"postgresql://dossier:{SECRET}@127.0.0.1/dossier?sslmod=require"},
    ),
    # Addresses
    "a port in use": Mistake(
        "127.0.0.1:{port}: Address already in use; end the process that listens there, or correct DOSSIER_HOST and "
        "DOSSIER_PORT",
        ("serve",),
        {"DOSSIER_PORT": "{port}"},
    ),
    "an address of another machine": Mistake(
        "192.0.2.1:8000: Cannot assign requested address; this machine has no such address; correct "
        "DOSSIER_HOST and DOSSIER_PORT",
        ("serve",),
        {"DOSSIER_HOST": "192.0.2.1"},
    ),
    "a host that is a wrong name": Mistake(
        "no.invalid:8000: Name or service not known; correct DOSSIER_HOST and DOSSIER_PORT",
        ("serve",),
        {"DOSSIER_HOST": "no.invalid"},
    ),
    "a Unix socket in no folder": Mistake(
        "{here}/no/x.sock: No such file or directory; make the folder, or correct DOSSIER_UDS",
        ("serve",),
        {"DOSSIER_UDS": "{here}/no/x.sock"},
    ),
    "a Unix socket that is a file": Mistake(
        "{here}/dossier.db: This is not a socket; move it away, or correct DOSSIER_UDS",
        ("serve",),
        {"DOSSIER_UDS": "{here}/dossier.db"},
        prepare="text_file",
    ),
    # Files of databases
    "no database": Mistake(
        "{here}/dossier.db: does not exist; correct DOSSIER_DATABASE_URL, or make it with `dossier load`", SHOW
    ),
    "no folder to read from": Mistake(
        "{here}/no/x.db: does not exist; correct DOSSIER_DATABASE_URL, or make it with `dossier load`",
        SHOW,
        {"DOSSIER_DATABASE_URL": "sqlite:///{here}/no/x.db"},
    ),
    "no folder to write to": Mistake(
        "{here}/no/x.db: unable to open database file; make its folder, or correct DOSSIER_DATABASE_URL",
        LOAD,
        {"DOSSIER_DATABASE_URL": "sqlite:///{here}/no/x.db"},
    ),
    "a folder as database": Mistake("{here}: " + UNOPENED, SHOW, {"DOSSIER_DATABASE_URL": "sqlite:///{here}"}),
    "a text file as database": Mistake("{here}/dossier.db: " + NOT_SQLITE, SHOW, prepare="text_file"),
    "a text file to load into": Mistake("{here}/dossier.db: " + NOT_SQLITE, LOAD, prepare="text_file"),
    "a database of another program": Mistake("{here}/dossier.db: " + ANOTHER, SHOW, prepare="music"),
    "a database of another program to load into": Mistake("{here}/dossier.db: " + ANOTHER, LOAD, prepare="music"),
    "a database of another program with migrations": Mistake(
        "{here}/dossier.db: belongs to another program: it has the tables albums, alembic_version, songs; correct "
        "DOSSIER_DATABASE_URL",
        ("migrate",),
        prepare="music_with_migrations",
    ),
    "an empty file": Mistake("{here}/dossier.db: is empty; fill it with `dossier load`", SHOW, prepare="empty_file"),
    "a damaged database": Mistake(
        "{here}/dossier.db: database disk image is malformed; move the file away, and restore a backup with "
        "`dossier restore`",
        SHOW,
        prepare="truncated",
    ),
    "a database of a newer version": Mistake(
        "{here}/dossier.db: has the schema 0999, which this version does not know (it has 0001): use the version that "
        "wrote it, or restore a backup",
        SHOW,
        prepare="newer",
    ),
    "a database of a newer version to load into": Mistake(
        "{here}/dossier.db: has the schema 0999, which this version does not know (it has 0001): use the version that "
        "wrote it, or restore a backup",
        LOAD,
        prepare="newer",
    ),
    "a database of an older version": Mistake(
        "{here}/dossier.db: has the schema 0001, and this version needs 0002: make a backup with the version that "
        "wrote it, then run `dossier migrate`",
        SHOW,
        prepare="older",
    ),
    "a database that another version rendered": Mistake(
        "{here}/dossier.db: was rendered by another version: run `dossier migrate`", SHOW, prepare="rendered"
    ),
    "a database of a development version": Mistake(
        "{here}/dossier.db: no such column: dataset.token; a development version made it; load the bundles into a new "
        "database",
        SHOW,
        prepare="in_development",
    ),
    "a database that can only be read": Mistake(
        "{here}/dossier.db: attempt to write a readonly database; let this user write to the file and its folder, or "
        "drop `mode=ro` from the URL",
        LOAD,
        {"DOSSIER_DATABASE_URL": "sqlite:///{here}/dossier.db?mode=ro"},
        prepare="seeded",
    ),
    "a full disk": Mistake(
        "{here}/dossier.db: database or disk is full; nothing was changed; free some space, then repeat the command",
        LOAD,
        prepare="full",
    ),
    "a lock that is held for too long": Mistake(
        "{here}/dossier.db: database is locked; another process has locked it for too long; end that, then repeat "
        "the command",
        LOAD,
        prepare="locked",
    ),
    # Files of commands
    "no folder of bundles": Mistake(
        "{here}/no: there is no such folder; correct DOSSIER_SEED (an empty folder seeds nothing)",
        ("serve",),
        {"DOSSIER_SEED": "{here}/no", "DOSSIER_PORT": "0"},
    ),
    "an export without a file": Mistake(
        "the format sqlite needs a file to write to", ("export", "sqlite"), prepare="seeded"
    ),
    "an export into no folder": Mistake(
        "{here}/no/x.jsonl.part: No such file or directory", ("export", "jsonl", "{here}/no/x.jsonl"), prepare="seeded"
    ),
    "a backup over a file": Mistake(
        "{here}/dossier.db: exists already; a backup overwrites nothing",
        ("backup", "{here}/dossier.db"),
        prepare="seeded",
    ),
    "a backup into no folder": Mistake(
        "{here}/no/x.db.part: No such file or directory", ("backup", "{here}/no/x.db"), prepare="seeded"
    ),
    "a backup that another one writes": Mistake(
        "{here}/x.db.part: another command writes this file, or was killed; delete it then",
        ("backup", "{here}/x.db"),
        prepare="begun_backup",
    ),
    "a restore of nothing": Mistake(
        "{here}/no.db: does not exist; name the file of a backup", ("restore", "{here}/no.db")
    ),
    "a restore of a text": Mistake(
        "{here}/dossier.db: file is not a database; name the file of a backup",
        ("restore", "{here}/dossier.db"),
        prepare="text_file",
    ),
    "a restore of an empty file": Mistake(
        "{here}/dossier.db: is empty; name the file of a backup",
        ("restore", "{here}/dossier.db"),
        {"DOSSIER_DATABASE_URL": "sqlite:///{here}/other.db"},
        prepare="empty_file",
    ),
    "a restore of a backup that was cut": Mistake(
        "{here}/dossier.db: database disk image is malformed; use an older backup",
        ("restore", "{here}/dossier.db"),
        {"DOSSIER_DATABASE_URL": "sqlite:///{here}/other.db"},
        prepare="truncated",
    ),
    "a backup of an empty file": Mistake(
        "{here}/dossier.db: is empty; fill it with `dossier load`", ("backup", "{here}/x.db"), prepare="empty_file"
    ),
    "a load into an emptied file that is served": Mistake(IS_OPEN, LOAD, prepare="emptied"),
    "a migration of an emptied file that is served": Mistake(IS_OPEN, ("migrate",), prepare="emptied"),
    "a restore into an emptied file that is served": Mistake(
        IS_OPEN, ("restore", "{here}/backup.db"), prepare="emptied"
    ),
    "a restore of another program's file": Mistake(
        "{here}/dossier.db: belongs to another program: it has the tables albums, songs; name the file of a backup",
        ("restore", "{here}/dossier.db"),
        prepare="music",
    ),
}


# The files of the cases


def seeded(databases: Databases) -> None:
    shutil.copy(databases.new("seeded").removeprefix("sqlite:///"), "dossier.db")


def text_file(_databases: Databases) -> None:
    Path("dossier.db").write_text("DOSSIER_PORT=8000\n" * 100)


def empty_file(_databases: Databases) -> None:
    Path("dossier.db").touch()


def execute(*statements: str) -> None:
    with closing(sqlite3.connect("dossier.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def music(_databases: Databases) -> None:
    execute("CREATE TABLE songs (title)", "CREATE TABLE albums (title)")


def music_with_migrations(databases: Databases) -> None:
    music(databases)
    execute("CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('8f3c')")


def truncated(databases: Databases) -> None:
    seeded(databases)
    with Path("dossier.db").open("r+b") as file:
        file.truncate(400_000)


def newer(databases: Databases) -> None:
    seeded(databases)
    execute("UPDATE alembic_version SET version_num = '0999'")


def older(databases: Databases) -> None:
    seeded(databases)


def rendered(databases: Databases) -> None:
    seeded(databases)
    execute("UPDATE dataset SET render_version = 0")


def in_development(databases: Databases) -> None:
    seeded(databases)
    execute("ALTER TABLE dataset DROP COLUMN token")


def full(databases: Databases) -> None:
    seeded(databases)


def locked(databases: Databases) -> None:
    seeded(databases)


def emptied(databases: Databases) -> None:
    seeded(databases)
    shutil.copy("dossier.db", "backup.db")


def begun_backup(databases: Databases) -> None:
    seeded(databases)
    Path("x.db.part").touch()


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite reports a full disk when a database has more pages than it may have."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # it cannot be less than what there is

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@contextmanager
def emptied_while_open() -> Iterator[None]:
    with closing(sqlite3.connect("dossier.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT count(*) FROM record")
        Path("dossier.db").write_bytes(b"")
        yield


@contextmanager
def held_lock() -> Iterator[None]:
    with closing(sqlite3.connect("dossier.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder, without the journals that SQLite makes and deletes."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}


@pytest.mark.sqlite
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_gets_one_line(
    mistake: Mistake, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:
        busy = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        places = {"{here}": str(tmp_path), "{port}": str(busy.getsockname()[1])}

        def filled(words: str) -> str:
            for name, value in places.items():
                words = words.replace(name, value)
            return words

        if mistake.prepare:
            globals()[mistake.prepare](databases)
        match mistake.prepare:
            case "older":
                monkeypatch.setattr(migration, "SCHEMAS", ["0001", "0002"])
            case "full":
                stack.enter_context(full_disk())
            case "locked":
                monkeypatch.setattr(engines, "LOCK_MINUTES", 0)
                stack.enter_context(held_lock())
            case "emptied":
                monkeypatch.setattr(migration, "OPEN_SECONDS", 0)
                stack.enter_context(emptied_while_open())
        before = contents(tmp_path)
        result = invoked(
            *map(filled, mistake.words), environment={name: filled(value) for name, value in mistake.settings.items()}
        )
        assert said(result) == filled(mistake.line) + "\n"
        assert (result.exit_code, result.stdout) == (mistake.code, "")
        assert SECRET not in result.stderr
    assert contents(tmp_path) == before, "the mistake has changed a file, or made one"


def test_there_are_many_mistakes() -> None:
    assert len(MISTAKES) >= 40


# PostgreSQL

PREPARED = (
    f"CREATE ROLE stranger LOGIN PASSWORD '{SECRET}'",
    f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'",
    "CREATE ROLE crowd LOGIN CONNECTION LIMIT 0",
)
SERVER = {
    "a database that the server does not have": (
        ("status",),
        "postgresql://postgres@/nowhere?host={host}",
        'database nowhere on {host}: connection failed: connection to server on socket "{host}/.s.PGSQL.5432" failed: '
        'FATAL:  database "nowhere" does not exist; create it, or correct DOSSIER_DATABASE_URL',
    ),
    "a wrong password": (
        ("status",),
        "postgresql://guarded:wrong@/{name}?host={host}",
        'database {name} on {host}: connection failed: connection to server on socket "{host}/.s.PGSQL.5432" failed: '
        'FATAL:  password authentication failed for user "guarded"; correct the user or the password in '
        "DOSSIER_DATABASE_URL",
    ),
    "no password": (
        ("status",),
        "postgresql://guarded@/{name}?host={host}",
        'database {name} on {host}: connection failed: connection to server on socket "{host}/.s.PGSQL.5432" failed: '
        "fe_sendauth: no password supplied; correct the user or the password in DOSSIER_DATABASE_URL",
    ),
    "too many connections": (
        ("status",),
        "postgresql://crowd@/{name}?host={host}",
        'database {name} on {host}: connection failed: connection to server on socket "{host}/.s.PGSQL.5432" failed: '
        'FATAL:  too many connections for role "crowd"; raise max_connections, or end other clients',
    ),
    "a user without rights": (
        SHOW,
        f"postgresql://stranger:{SECRET}@/{{name}}?host={{host}}",
        "database {name} on {host}: permission denied for table alembic_version; make the user the owner of the "
        "database",
    ),
    "a user who may not make tables": (
        ("migrate",),
        f"postgresql://stranger:{SECRET}@/postgres?host={{host}}",
        "database postgres on {host}: permission denied for schema public; make the user the owner of the database",
    ),
    "an empty server": (
        SHOW,
        "postgresql://postgres@/postgres?host={host}",
        "database postgres on {host}: is empty; fill it with `dossier load`",
    ),
}


@pytest.fixture(scope="module")
def server(databases: Databases) -> dict[str, str]:
    """The host and the name of a database with the seed, on a server with users of several kinds."""
    engine = connect(databases.seeded)
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        for statement in PREPARED:
            cursor.execute(statement)
        connection.commit()
        rules = Path(str(engine.url.query["host"])) / "data" / "pg_hba.conf"
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")
        cursor.execute("SELECT pg_reload_conf()")
    engine.dispose()
    return {"host": str(engine.url.query["host"]), "name": str(engine.url.database)}


@pytest.mark.postgresql
@pytest.mark.parametrize(("words", "url", "line"), SERVER.values(), ids=SERVER.keys())
def test_a_mistake_with_a_server_gets_one_line(
    server: dict[str, str], words: tuple[str, ...], url: str, line: str
) -> None:
    result = invoked(*words, environment={"DOSSIER_DATABASE_URL": url.format(**server)})
    assert result.stderr == line.format(**server) + "\n"
    assert (result.exit_code, result.stdout) == (2, "")
    assert SECRET not in result.stderr


def test_the_messages_in_the_documentation_are_those_of_the_commands() -> None:
    shown = re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", OPERATIONS.read_text().partition("| message |")[2], re.MULTILINE)
    lines = [mistake.line for mistake in MISTAKES.values()] + [line for _, _, line in SERVER.values()]
    assert len(shown) == 17
    assert [
        message for message in shown if message != "is damaged" and not any(message in line for line in lines)
    ] == []
