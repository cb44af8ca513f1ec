"""Cost of renaming an actor that many records name."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from app.bundle.progress import Track
from tests.bench.databases import CACHE, Database, Load, contents_after, load

_SHARES = (0, 0.3)
"""Shares of all records that are made to name the actor, in addition to those that do."""
_NAME = """
    insert or ignore into record_actor (record_id, actor_id)
    select record.id, :actor from record where record.kind <> 'document' and record.id <> :actor order by id limit :most
"""


def renaming(database: Database, track: Track) -> dict[str, Load]:
    """Rename the first actor of the first bundle in copies of a database; by the number of records that name it."""
    bundle = orjson.loads(next(contents_after(0)))
    actor = bundle["analysis"]["actors"][0]
    actor |= {"name": f"{actor['name']} of Old", "aliases": [actor["name"]]}
    found = {}
    for share in track(_SHARES, description="Renaming"):
        with TemporaryDirectory(dir=CACHE) as folder:
            copy = Path(shutil.copy(database.path, folder))
            named = _name(copy, actor["id"], int(share * database.records))
            found[f"{named}"] = load(copy, database.bundles, [orjson.dumps(bundle)])
    return found


def _name(path: Path, actor: str, most: int) -> int:
    """Make up to `most` records name an actor; return the number of all that do."""
    with closing(sqlite3.connect(path)) as connection, connection:
        [key] = connection.execute("select id from record where kind = 'actor' and slug = ?", [actor]).fetchone()
        connection.execute(_NAME, {"actor": key, "most": most})
        [named] = connection.execute("select count(*) from record_actor where actor_id = ?", [key]).fetchone()
        return int(named)
