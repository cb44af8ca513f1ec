"""A record by its id, with the problem if there is none, and the text of a document."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.model.dataset import ChangeType
from app.model.kind import Kind
from app.model.tables import CHANGE, DOCUMENT, RECORD
from app.problems import Gone, Moved, NotFound, invalid
from app.query.ids import malformed, present_ref, unknown
from app.query.prepared import Prepared
from app.query.snapshot import Snapshot
from app.query.sql_bytes import BODY

_BY_ID = Prepared(
    select(RECORD.c.id, RECORD.c.name, BODY).where(
        RECORD.c.kind == bindparam("kind", type_=RECORD.c.kind.type), RECORD.c.slug == bindparam("slug")
    )
)


class StoredRecord(NamedTuple):
    """A record as it is stored. `id` is its key."""

    id: int
    name: str
    body: bytes


def find_record(snapshot: Snapshot, kind: Kind, slug: str) -> StoredRecord:
    """The record of a kind with this id.

    Raises Invalid for a malformed id, Moved if the record has another id now, Gone if it was deleted, or NotFound, with
    a suggestion.
    """
    if mistake := malformed(snapshot, [kind.name], slug):
        raise invalid("id", mistake)
    for row in snapshot.rows(_BY_ID, {"kind": kind.name, "slug": slug}):
        return StoredRecord(*row)
    if present := present_ref(snapshot, [kind.name], slug):
        raise Moved(kind.plural, slug, present["id"])
    changes = select(CHANGE).where(CHANGE.c.kind == kind.name, CHANGE.c.slug == slug)
    last = snapshot.connection.execute(changes.order_by(CHANGE.c.id.desc()).limit(1)).first()
    if last is not None and last.change in (ChangeType.DELETED, ChangeType.MERGED):
        raise Gone(f"The {kind.name} '{slug}' was {last.change} in revision {last.revision}, at {last.at}.")
    raise NotFound(unknown(snapshot, [kind.name], slug)["detail"])


def document_text(snapshot: Snapshot, key: int) -> str:
    """The text of the document with this key."""
    text: str = snapshot.connection.execute(select(DOCUMENT.c.text).where(DOCUMENT.c.id == key)).scalar_one()
    return text
