"""Whether the database still says what its rows and texts say."""

import hashlib
from collections.abc import Iterator, Sequence

import orjson
from sqlalchemy import Column, Connection, exists, func, select
from sqlmodel import SQLModel

from app.bundle.progress import Track, untracked
from app.bundle.render import read_refs, render
from app.model.evidence import CONTEXT_LENGTH
from app.model.folding import sort_key
from app.model.references import KEPT_COUNTS
from app.model.tables import DOCUMENT, EVIDENCE, MENTION, RECORD

_BATCH = 500


def differences(connection: Connection, track: Track = untracked) -> Iterator[str]:
    """Every quote and mention that is not where it says, every record whose JSON is not what its rows render to."""
    if dangling := list(_dangling(connection)):
        yield from dangling
        return  # what is not there cannot be compared
    texts: dict[int, str] = {}
    for row in connection.execute(select(DOCUMENT.c.id, DOCUMENT.c.text, DOCUMENT.c.sha256)):
        texts[row.id] = row.text
        if hashlib.sha256(row.text.encode()).hexdigest() != row.sha256:
            yield f"document {row.id}: its text is not the one that its SHA-256 is of"
    for row in connection.execute(select(EVIDENCE)):
        text = texts[row.document_id]
        here = (
            text[max(0, row.start - CONTEXT_LENGTH) : row.start],
            text[row.start : row.end],
            text[row.end : row.end + CONTEXT_LENGTH],
        )
        if here != (row.prefix, row.exact, row.suffix):
            yield f"evidence {row.id}: the text has {here[1]!r} at {row.start}, not {row.exact!r}"
    for row in connection.execute(select(MENTION)):
        if texts[row.document_id][row.start : row.end] != row.exact:
            yield f"mention at {row.start}: the text does not have {row.exact!r} there"
    ids = list(connection.execute(select(RECORD.c.id).order_by(RECORD.c.id)).scalars())
    for at in track(range(0, len(ids), _BATCH), description="Checking"):
        batch = ids[at : at + _BATCH]
        stored = {row.id: row for row in connection.execute(select(RECORD).where(RECORD.c.id.in_(batch)))}
        refs = read_refs(connection, batch)
        counts = {name: _counted(connection, column, batch) for name, column in KEPT_COUNTS}
        for key, fields in render(connection, batch).items():
            row = stored[key]
            truly = {name: counted.get(key, 0) for name, counted in counts.items()}
            if not row.body or orjson.loads(row.body) != fields | {n: truly[n] for n in truly.keys() & fields.keys()}:
                yield f"{refs[key]['url']}: what is served differs from what its rows render to"
            if (row.sort_name, truly) != (sort_key(row.name), {name: getattr(row, name) for name in truly}):
                yield f"{refs[key]['url']}: what lists sort it by differs from what its rows say"


def _dangling(connection: Connection) -> Iterator[str]:
    """Every row that refers to one that is not there, as may be where references went unchecked for a while."""
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            parent = key.referred_table.alias()
            pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
            there = exists().where(*(own == other for own, other in pairs))
            query = select(*table.primary_key).where(*(own.is_not(None) for own, _ in pairs), ~there)
            for row in connection.execute(query):
                yield f"foreign key: {table.name} {tuple(row)} refers to no {key.referred_table.name}"


def _counted(connection: Connection, column: Column[int], ids: Sequence[int]) -> dict[int, int]:
    """How many rows name each record in a column."""
    query = select(column, func.count()).where(column.in_(ids)).group_by(column)
    return dict(connection.execute(query).all())
