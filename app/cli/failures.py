"""Mistakes of operators and failures of their machines: each is one line that says what, where, and what to do."""

import os
import sqlite3
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.database.engine import LOCK_MINUTES, file_of, place
from app.database.migration import SCHEMAS, Unusable
from app.database.transactions import BrokenReferences
from app.settings import Settings
from app.suggest import explain, hint

PREFIX = str(Settings.model_config["env_prefix"])
WRONG_DATABASE = "correct DOSSIER_DATABASE_URL"
"""What to do if a command uses a database that is not meant."""
_LOCKED = f"another process has held the write lock for {LOCK_MINUTES} minutes; end it, then repeat the command"
_SQLITE = {
    "BUSY": _LOCKED,
    "CORRUPT": "is damaged; move it away, and restore a backup with `dossier restore`",
    "FULL": "the disk is full, and nothing was changed; free some space, then repeat the command",
    "IOERR": "the disk failed; check it, and the database with `dossier check`",
    "NOTADB": "is not an SQLite database; correct DOSSIER_DATABASE_URL, or move the file away",
    "READONLY": "can only be read; let this user write to the file and its folder, or drop `mode=ro` from the URL",
}
"""What the errors of SQLite mean, by the name of their code."""
_POSTGRESQL = {
    "authentication failed": "correct the user or the password in DOSSIER_DATABASE_URL",
    "no password supplied": "add the password to DOSSIER_DATABASE_URL, or set PGPASSWORD",
    "does not exist": "create it, or correct DOSSIER_DATABASE_URL",
    "invalid connection option": "correct the parameters of DOSSIER_DATABASE_URL",
    "permission denied": "make the user the owner of the database",
    "read-only transaction": "this is a replica; set DOSSIER_DATABASE_URL to the primary",
    "too many connections": "raise max_connections, or end other clients",
    "too many clients": "raise max_connections, or end other clients",
    "starting up": "wait until the server is ready",
    "disk full": "free some space, then repeat the command",
    "No space left": "free some space, then repeat the command",
    "lock timeout": _LOCKED,
    "could not translate host name": "correct the host in DOSSIER_DATABASE_URL",
    "": "start the server, or correct DOSSIER_DATABASE_URL",
}
"""What to do, by a part of the server's message. The first that matches counts."""


def unknown_settings(environment: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable with the prefix of the settings that is none of them."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            yield f"{name}: there is no such setting{hint(name.upper(), known)}"


def wrong_settings(error: ValidationError) -> Iterator[str]:
    """A line for each wrong setting. A database URL is not shown, because it may contain a password."""
    for mistake in error.errors():
        name = str(mistake["loc"][0])
        match mistake["type"]:
            case "value_error":
                reason = mistake["ctx"]["error"]
            case "string_pattern_mismatch":
                reason = f"'{mistake['input']}' has another form"
            case _:
                reason = explain(mistake, Settings)
        yield f"{PREFIX}{name.upper()}: {reason} ({Settings.model_fields[name].description})"


def system_failure(error: OSError) -> str:
    """The line for a file, folder or address that cannot be used."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)


def database_failure(error: Exception, url: URL) -> str | None:
    """The line for an error of a database; None for a mistake in the code."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, Unusable | BrokenReferences):
        reason: str | None = str(error)
    elif isinstance(cause, sqlite3.Error):
        reason = _sqlite(cause, url)
    else:
        reason = _postgresql(str(cause)) if isinstance(error, DBAPIError) else None
    return f"{place(url)}: {reason}" if reason else None


def _sqlite(error: sqlite3.Error, url: URL) -> str | None:
    name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_")
    if name.startswith("CANTOPEN"):
        return _not_opened(url)
    if "no such column" in str(error) or "no such table" in str(error):
        return _another_schema(str(error))
    return next((reason for code, reason in _SQLITE.items() if name.startswith(code)), None)


def _not_opened(url: URL) -> str:
    file = file_of(url)
    assert file is not None  # noqa: S101  (a database in memory can be opened)
    if not file.parent.is_dir():
        return f"there is no folder {file.parent}; create it, or correct DOSSIER_DATABASE_URL"
    if file.is_dir():
        return "is a folder; name a file in DOSSIER_DATABASE_URL"
    if not file.exists() and os.access(file.parent, os.W_OK):
        return "does not exist; correct DOSSIER_DATABASE_URL, or make it with `dossier load` or `dossier serve`"
    return "cannot be opened; let this user read the file, and write to its folder"


def _postgresql(message: str) -> str:
    if "UndefinedColumn" in message:
        return _another_schema(message)
    line = message.strip().splitlines()[0]
    return f"{line}; {next(advice for part, advice in _POSTGRESQL.items() if part in message)}"


def _another_schema(message: str) -> str:
    return (
        f"{message}, although it has the schema {SCHEMAS[-1]}: a development version made it; "
        "load the bundles into a new database"
    )
