"""Mistakes of operators and failures of their machines: each is one line that says what, where, and what to do."""

import sqlite3
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.database.engine import file_of, place
from app.database.migration import Unusable
from app.database.transactions import BrokenReferences
from app.settings import Settings
from app.suggest import explain, hint

PREFIX = str(Settings.model_config["env_prefix"])
WRONG_DATABASE = "correct DOSSIER_DATABASE_URL"
"""The remedy for a command that uses the wrong database."""
_UNREADABLE = f"{WRONG_DATABASE}, or let this user read the file and write to its folder"
_DAMAGED = "move the file away, and restore a backup with `dossier restore`"
_BACKUP = {
    f"{WRONG_DATABASE}, or move the file away": WRONG_DATABASE,
    WRONG_DATABASE: "name the file of a backup",
    "fill it with `dossier load`": "name the file of a backup",
    _DAMAGED: "use an older backup",
}
"""Remedies for a database, and in their place those for the file that a restore reads."""
_LOCKED = "another process has locked it for too long; end that, then repeat the command"
_USER = "correct the user or the password in DOSSIER_DATABASE_URL"
_CLIENTS = "raise max_connections, or end other clients"
_ANOTHER = "a development version made it; load the bundles into a new database"
_DISK = "nothing was changed; free some space, then repeat the command"
_REMEDIES = {
    "database is locked": _LOCKED,
    "lock timeout": _LOCKED,
    "malformed": _DAMAGED,
    "is not a database": f"{WRONG_DATABASE}, or move the file away",
    "unable to open": _UNREADABLE,
    "readonly database": "let this user write to the file and its folder, or drop `mode=ro` from the URL",
    "read-only transaction": "this is a replica; set DOSSIER_DATABASE_URL to the primary",
    "during recovery": "this is a replica; set DOSSIER_DATABASE_URL to the primary",
    "is full": _DISK,
    "No space left": _DISK,
    "disk I/O error": "check the disk, then the database with `dossier check`",
    "no such": _ANOTHER,  # column, table
    "column ": _ANOTHER,
    "relation ": _ANOTHER,
    "authentication failed": _USER,
    "no password supplied": _USER,
    "does not exist": f"create it, or {WRONG_DATABASE}",
    "invalid connection option": "correct the parameters of DOSSIER_DATABASE_URL",
    "permission denied": "make the user the owner of the database",
    "too many c": _CLIENTS,  # connections, clients
    "connection failed": f"start the server, or {WRONG_DATABASE}",
    "server closed": "start the server again, then repeat the command",
}
"""Remedies by a part of the message of SQLite or PostgreSQL. The first match counts."""


def unknown_settings(environment: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable that has the prefix of the settings, but is no setting."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            yield f"{name}: there is no such setting{hint(name.upper(), known)}"


def wrong_settings(error: ValidationError) -> Iterator[str]:
    """A line for each wrong setting. The URL of a database is not shown, because it may contain a password."""
    for mistake in error.errors():
        name = str(mistake["loc"][0])
        reason = mistake["ctx"]["error"] if mistake["type"] == "value_error" else explain(mistake, Settings)
        yield f"{PREFIX}{name.upper()}: {reason} ({Settings.model_fields[name].description})"


def database_failure(error: Exception, url: URL, *, backup: bool = False) -> str:
    """The line for an error of a database, or of a backup that is read; empty for a mistake in the code."""
    line, file = _line(error), file_of(url)
    if file and not file.parent.is_dir():
        line = line.replace(_UNREADABLE, f"make its folder, or {WRONG_DATABASE}")
    for remedy, instead in _BACKUP.items() if backup else ():
        line = line.replace(remedy, instead)
    return line and f"{place(url)}: {line}"


def _line(error: Exception) -> str:
    if isinstance(error, Unusable | BrokenReferences):
        return str(error)
    if isinstance(error, DBAPIError | sqlite3.Error):
        [told, *_] = str(getattr(error, "orig", error)).splitlines()
        if remedy := next((remedy for part, remedy in _REMEDIES.items() if part in told), None):
            return f"{told}; {remedy}"
    return ""
