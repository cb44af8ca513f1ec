"""Consistency checks: the stored JSON, quotes and mentions against the rows and texts."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain

import orjson
from sqlalchemy import Column, Connection, exists, func
from sqlmodel import Session, SQLModel, col, select

from app.bundle.batches import BATCH, among
from app.bundle.progress import Track, untracked
from app.bundle.render import read_refs, render_each
from app.bundle.timeline import misplaced
from app.model.document import Document
from app.model.evidence import CONTEXT_LENGTH, EvidenceRow, Mention
from app.model.folding import sort_key
from app.model.record import Record, position_of
from app.model.references import KEPT_COUNTS, REFERENCES
from app.model.tables import ACTOR, EVIDENCE, MENTION, RECORD, RECORD_ACTOR


def differences(connection: Connection, track: Track = untracked) -> Iterator[str]:
    """Every quote or mention that is not at its offsets, and every record whose stored JSON is out of date."""
    with Session(connection) as session:
        if broken := list(damage(connection)):
            yield from broken
            return
        if dangling := list(_dangling(session)):
            yield from dangling
            return  # rows that are missing cannot be compared
        yield from _misplaced(session)
        yield from _stale(session, track)


def damage(connection: Connection) -> Iterator[str]:
    """What SQLite finds wrong with its file."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
        yield from (line for line in found if line != "ok")


def _dangling(session: Session) -> Iterator[str]:
    """Rows that refer to missing ones, which is possible after writes with foreign keys off."""
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            parent = key.referred_table.alias()
            pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
            referred = exists().where(*(own == other for own, other in pairs))
            query = select(*table.primary_key).where(*(own.is_not(None) for own, _ in pairs), ~referred)
            for row in session.exec(query):
                yield f"foreign key: {table.name} {row} refers to no {key.referred_table.name}"


def _misplaced(session: Session) -> Iterator[str]:
    texts: dict[int, str] = {}
    for key, text, sha256 in session.exec(select(Document.id, Document.text, Document.sha256)):
        texts[key] = text
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            yield f"document {key}: the text does not have its SHA-256"
    for quote in session.exec(select(EvidenceRow).execution_options(yield_per=BATCH)):
        text = texts[quote.document_id]
        found = (
            text[max(0, quote.start - CONTEXT_LENGTH) : quote.start],
            text[quote.start : quote.end],
            text[quote.end : quote.end + CONTEXT_LENGTH],
        )
        if found != (quote.prefix, quote.exact, quote.suffix):
            yield f"evidence {quote.id}: the text has {found[1]!r} at {quote.start}, not {quote.exact!r}"
    for mention in session.exec(select(Mention).execution_options(yield_per=BATCH)):
        if texts[mention.document_id][mention.start : mention.end] != mention.exact:
            yield f"mention at {mention.start}: the text does not have {mention.exact!r} there"


def _stale(session: Session, track: Track) -> Iterator[str]:
    ids = session.exec(select(Record.id).order_by(col(Record.id))).all()
    for at in track(range(0, len(ids), BATCH), description="Checking"):
        batch = ids[at : at + BATCH]
        stored = {row.id: row for row in session.exec(select(Record).where(col(Record.id).in_(batch)))}
        refs = read_refs(session.connection(), batch)
        counts = {name: _counted(session, column, batch) for name, column in KEPT_COUNTS}
        of_batch = select(*RECORD_ACTOR.c).where(among(RECORD_ACTOR.c.record_id, batch))
        actors = _actors(session, batch) ^ {(record, actor) for record, actor in session.exec(of_batch)}
        for key in sorted({key for key, _ in actors}):
            yield f"{refs[key]['url']}: its actors in `record_actor` differ from those that its rows and quotes name"
        for place in misplaced(session.connection(), batch):
            yield f"{refs[place['key']]['url']}: its place in the timeline differs from its date or its event's"
        for record in chain.from_iterable(render_each(session.connection(), batch)):
            row, fields = stored[record.key], record.public.model_dump(mode="json")
            actual = {name: counted.get(record.key, 0) for name, counted in counts.items()}
            if not row.body or orjson.loads(row.body) != fields | {n: actual[n] for n in actual.keys() & fields.keys()}:
                yield f"{record.public.url}: the stored JSON differs from what its rows render to"
            derived = (sort_key(row.name), position_of(record.public), actual)
            if (row.sort_name, row.position, {name: getattr(row, name) for name in actual}) != derived:
                yield f"{record.public.url}: a sort key or count differs from what its rows give"


def _actors(session: Session, ids: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs of a record and an actor that its fields or the quotes of its own document name."""
    actor = ACTOR.alias()
    referred = (
        select(owner, column).join(RECORD, RECORD.c.id == owner).join(actor, actor.c.id == column)
        for owner, column in REFERENCES
    )
    quoted = (
        select(RECORD.c.id, MENTION.c.actor_id)
        .join(EVIDENCE, (EVIDENCE.c.record_id == RECORD.c.id) & (EVIDENCE.c.document_id == RECORD.c.document_id))
        .join(
            MENTION,
            (MENTION.c.document_id == EVIDENCE.c.document_id)
            & MENTION.c.start.between(EVIDENCE.c.start, EVIDENCE.c.end)
            & (MENTION.c.end <= EVIDENCE.c.end),
        )
    )
    introduced = (RECORD.c.document_id.is_not(None), among(RECORD.c.id, ids))
    found = (row for query in (*referred, quoted) for row in session.exec(query.where(*introduced)))
    return {(record, actor) for record, actor in found if record != actor}


def _counted(session: Session, column: Column[int], ids: Sequence[int]) -> dict[int, int]:
    """The number of rows per record; `column` refers to the record."""
    return dict(session.exec(select(column, func.count()).where(column.in_(ids)).group_by(column)).all())
