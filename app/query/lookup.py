"""A record by its id, with the problem if there is none, and the text of a document."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.model.dataset import ChangeType
from app.model.kind import Kind
from app.model.tables import CHANGE, DOCUMENT, FORMER_ID, RECORD
from app.problems import Gone, Moved, NotFound
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot
from app.query.sql_bytes import BODY
from app.suggest import hint

_MAX_CANDIDATES = 500
"""The maximum number of ids to choose a suggestion from."""
_BY_ID = Prepared(
    select(RECORD.c.id, RECORD.c.name, BODY).where(
        RECORD.c.kind == bindparam("kind", type_=RECORD.c.kind.type), RECORD.c.slug == bindparam("slug")
    )
)
_NOW = Prepared(
    select(RECORD.c.slug)
    .join(FORMER_ID, FORMER_ID.c.record_id == RECORD.c.id)
    .where(FORMER_ID.c.kind == bindparam("kind", type_=FORMER_ID.c.kind.type), FORMER_ID.c.slug == bindparam("slug"))
)


class StoredRecord(NamedTuple):
    """A record as it is stored. `id` is its key."""

    id: int
    name: str
    body: bytes


def find_record(snapshot: Snapshot, kind: Kind, slug: str) -> StoredRecord:
    """The record of a kind with this id.

    Raises Moved if the record has another id now, Gone if it was deleted, or NotFound, with a suggestion.
    """
    for row in snapshot.rows(_BY_ID, {"kind": kind.name, "slug": slug}):
        return StoredRecord(*row)
    for now in snapshot.rows(_NOW, {"kind": kind.name, "slug": slug}):
        raise Moved(kind.plural, slug, now[0])
    changes = select(CHANGE).where(CHANGE.c.kind == kind.name, CHANGE.c.slug == slug)
    last = snapshot.connection.execute(changes.order_by(CHANGE.c.id.desc()).limit(1)).first()
    if last is not None and last.change in (ChangeType.DELETED, ChangeType.MERGED):
        raise Gone(f"The {kind.name} '{slug}' was {last.change} in revision {last.revision}, at {last.at}.")
    suggestion = hint(slug, _candidates(snapshot, kind, slug)) or "."
    raise NotFound(f"There is no {kind.name} '{slug}'{suggestion} /v1/{kind.plural} lists them.")


def document_text(snapshot: Snapshot, key: int) -> str:
    """The text of the document with this key."""
    text: str = snapshot.connection.execute(select(DOCUMENT.c.text).where(DOCUMENT.c.id == key)).scalar_one()
    return text


def _candidates(snapshot: Snapshot, kind: Kind, slug: str) -> list[str]:
    """Ids of the kind that begin with the same letters, or any ids if there are none."""
    query = select(RECORD.c.slug).where(RECORD.c.kind == kind.name).order_by(RECORD.c.slug).limit(_MAX_CANDIDATES)
    start = slug[:3]
    rows = snapshot.rows(query.where(RECORD.c.slug >= start, RECORD.c.slug < start + "\x7f"))
    return [row.slug for row in (rows or snapshot.rows(query))]
