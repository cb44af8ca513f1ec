"""Bundles into the database, in one transaction: all of them, or nothing and a list of problems."""

import gc
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, String, Table, bindparam, cast, delete, func, select, update
from sqlmodel import SQLModel

from app.bundle.insert import insert_rows
from app.bundle.pointers import backs_something
from app.bundle.progress import Countable, Track, untracked
from app.bundle.publish import Loaded, publish
from app.bundle.references import added_to, adders, batches, referrers
from app.bundle.render import read_refs, render
from app.bundle.resolve import Row, Rows, named, points_at_nothing
from app.bundle.resolver import Resolver
from app.bundle.source import BundleProblem, BundleRejected, Location, Source
from app.model.mapping import owner
from app.model.record import RecordDraft
from app.model.references import ADDITIONS, KEPT_COUNTS
from app.model.shape import KindName
from app.model.tables import CHANGE, DATASET, DOCUMENT, EVIDENCE, RECORD, table_of
from app.model.terms import OPEN_TERMS

TERMS = tuple(table_of(model) for model in OPEN_TERMS.values())


def load(connection: Connection, sources: Countable[Source], track: Track = untracked) -> Loaded:
    """Make each bundle the new state of its document.

    The sources are gone through twice, or once more to say what is wrong; each may be read anew each time.
    Raises BundleRejected with every problem, and then the caller's transaction must be rolled back.
    """
    with _uncollected():
        return _Loading(connection, sources, [], track).run()


def unload(connection: Connection, document: str) -> Loaded:
    """Remove a document with its analysis: the same as loading nothing.

    Raises LookupError where there is no such document, BundleRejected where other documents need its records.
    """
    query = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT, RECORD.c.slug == document)
    if connection.execute(query).first() is None:
        raise LookupError(document)
    return _Loading(connection, [], [document]).run()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector, which finds next to nothing here, and takes a quarter of the time to do so."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Loading:
    """One load: first every record gets its name, then one bundle after the other its rows, then all are rendered.

    What it holds does not grow with the database, and with the bundles only by the keys of their records.
    """

    def __init__(
        self, connection: Connection, sources: Countable[Source], unloaded: Sequence[str], track: Track = untracked
    ) -> None:
        self.connection = connection
        self.track = track
        self.sources = sources
        self.unloaded = unloaded
        self.known = Resolver(connection)
        self.problems: list[BundleProblem] = []
        self.new = (connection.execute(select(func.max(RECORD.c.id))).scalar() or 0) + 1
        """The first key of a new record."""
        self.at = self.new
        self.documents: set[int] = set()
        self.records: set[int] = set()
        """Those of the documents that change."""
        self.affected: set[int] = set()
        """Records of others to which the documents added or add, or that show a name that changes."""
        self.parted: set[int] = set()
        """Those of them that may lose a quote."""
        self.added: dict[int, list[str]] = defaultdict(list)
        """The quotes that a record of others gets."""
        self.renamed: set[int] = set()
        self.terms: dict[Table, list[Row]] = defaultdict(list)
        self.counted: dict[int, Counter[str]] = defaultdict(Counter)
        """By how much the counts of a record still are to change."""
        self.backed: set[int] = set()
        """Records of others of which the documents back a part."""

    def run(self) -> Loaded:
        for source in self.track(self.sources, description="Reading"):
            self._name(source)
        cleared = {key for name in self.unloaded for key in self._unname(name)}
        for vocabulary, model in OPEN_TERMS.items():
            table = table_of(model)
            queries = (select(table.c.term).where(table.c.document_id.in_(ids)) for ids in batches(self.documents))
            self.known.dropped_terms[vocabulary] = {
                term for query in queries for term in self.connection.execute(query).scalars()
            }
        changed = False
        for source in self.track(self.sources, description="Checking"):
            changed |= self._load(source)
        self._refuse()
        if not changed and not self.unloaded:
            return Loaded(int(self.connection.execute(select(DATASET.c.revision)).scalar_one()))
        for key in cleared:
            self._clear(key)
        for table, rows in self.terms.items():  # when no other document has them any longer
            insert_rows(self.connection, table, rows)
        self._check_removed()
        self._check_supported()
        self._refuse()
        self._count([*self.counted])
        gone = self._delete()
        self.affected |= {source for source, _ in referrers(self.connection, self.renamed)}
        ids = (self.records | self.affected) - self.known.removed
        added = {key: self.added[key] for key in self.affected - self.records - self.parted}
        return publish(self.connection, ids, gone, force=True, added=added, track=self.track)

    def _refuse(self) -> None:
        if self.problems:
            raise BundleRejected(self.problems)

    # Who is who

    def _name(self, source: Source) -> None:
        """Bring the names of a bundle's records into the database, and note which records it no longer has."""
        name = source.bundle.document.id
        before = self._stored(name)
        document = before[KindName.DOCUMENT, name].id if before else self.at
        fresh: dict[tuple[KindName, str], tuple[Location, RecordDraft, Row]] = {}
        met: set[tuple[KindName, str]] = set()
        for kind, location, draft in source.bundle.drafts():
            identity = (kind.name, draft.id)
            row = named(kind, draft, document)
            if identity in met or (name in self.known.loaded and identity in before):
                self.problems.append(self._twice(source, location, draft))
            elif identity in before:
                self._rename(before[identity], row)
            else:
                fresh[identity] = (location, draft, row)
            met.add(identity)
        self._add(source, fresh)
        self.documents.add(document)
        self.known.removed |= {row.id for identity, row in before.items() if identity not in met}
        self.known.loaded.add(name)
        for vocabulary, terms in source.bundle.terms.items():
            for term in terms if vocabulary in OPEN_TERMS else ():
                self.known.added_terms[vocabulary][term.term].add(name)

    def _unname(self, name: str) -> Sequence[int]:
        before = self._stored(name)
        self.known.removed |= {row.id for row in before.values()}
        document: int = before[KindName.DOCUMENT, name].id
        self.documents.add(document)
        return [document]

    def _stored(self, name: str) -> dict[tuple[KindName, str], Any]:
        """The records that a document has so far, itself included."""
        query = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT, RECORD.c.slug == name)
        document = self.connection.execute(query).scalar()
        if document is None:
            return {}
        columns = [column for column in RECORD.c if column.name != "body"]
        own = (select(*columns).where(whose == document) for whose in (RECORD.c.id, RECORD.c.document_id))
        return {(row.kind, row.slug): row for query in own for row in self.connection.execute(query)}

    def _rename(self, before: Any, row: Row) -> None:
        if before.name != row["name"]:
            self.renamed.add(before.id)
        if any(getattr(before, column) != value for column, value in row.items()):
            self.connection.execute(update(RECORD).where(RECORD.c.id == before.id).values(row))

    def _add(self, source: Source, fresh: dict[tuple[KindName, str], tuple[Location, RecordDraft, Row]]) -> None:
        """Insert records that are new, unless they are another document's."""
        by_kind: dict[KindName, list[str]] = defaultdict(list)
        for kind, slug in fresh:
            by_kind[kind].append(slug)
        for kind, slugs in by_kind.items():
            taken = select(RECORD.c.slug, RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug.in_(slugs))
            for slug, key in self.connection.execute(taken).all():
                location, draft, _ = fresh.pop((kind, slug))
                self.problems.append(self._taken(source, location, draft, kind, key))
        for key, (_, _, row) in enumerate(fresh.values(), start=self.at):
            row["id"] = key
        self.at += len(fresh)
        insert_rows(self.connection, RECORD, [row for _, _, row in fresh.values()])

    def _twice(self, source: Source, location: Location, draft: RecordDraft) -> BundleProblem:
        return source.problem(
            (*location, "id"), f"'{draft.id}' is defined twice; every record of a kind has its own id"
        )

    def _taken(self, source: Source, location: Location, draft: RecordDraft, kind: KindName, key: int) -> BundleProblem:
        document = RECORD.alias()
        query = select(document.c.slug).join(RECORD, RECORD.c.document_id == document.c.id).where(RECORD.c.id == key)
        whose = self.connection.execute(query).scalar_one()
        if whose in self.known.loaded and key not in self.known.removed:
            return self._twice(source, location, draft)
        return source.problem(
            (*location, "id"),
            f"the {kind} '{draft.id}' belongs to the document '{whose}', which alone defines it; "
            "refer to it, and list what this document adds under `also`",
        )

    # Rows in, rows out

    def _load(self, source: Source) -> bool:
        """Put the rows of a bundle in the place of those that its document has; whether they differ."""
        rows = Rows(source, self.known)
        self.problems += rows.problems
        if self.problems or not self._sign(rows):
            return False
        document = rows.document_id
        if document < self.new:
            self._clear(document)
        for table in SQLModel.metadata.sorted_tables:
            if table in TERMS:
                self.terms[table] += rows.rows.get(table, [])
            elif table is not RECORD:
                insert_rows(self.connection, table, rows.rows.get(table, []))
        own = {row["id"] for row in rows.rows[RECORD]}
        self.records |= own
        self.affected |= {row[key.name] for _, key in ADDITIONS for row in rows.rows.get(key.table, ())} - own
        for row in rows.rows.get(EVIDENCE, ()):
            if row["record_id"] not in own:
                self.added[row["record_id"]].append(row["exact"])
                if row["supports"]:
                    self.backed.add(row["record_id"])
        for name, key in KEPT_COUNTS:
            for row in rows.rows.get(key.table, ()):
                self.counted[row[key.name]][name] += 1
        self._count(own)
        return True

    def _sign(self, rows: Rows) -> bool:
        """Note the digest of the rows in the document, in whatever order; whether it differs from what is loaded."""
        digest = hashlib.sha256()
        for table, found in sorted(rows.rows.items(), key=lambda item: item[0].name):
            digest.update(orjson.dumps([table.name, len(found)]))
            for row in sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in found):
                digest.update(row)
        document = rows.rows[DOCUMENT][0]
        document["digest"] = digest.hexdigest()
        stored = self.connection.execute(select(DOCUMENT.c.digest).where(DOCUMENT.c.id == document["id"])).scalar()
        return bool(stored != document["digest"])

    def _clear(self, document_id: int) -> None:
        """Delete every row that a document brought, but for the records themselves."""
        self.parted |= added_to(self.connection, document_id)
        self.affected |= self.parted
        for name, key in KEPT_COUNTS:
            whose = key.table.c.document_id == document_id
            query = select(key, func.count()).where(whose).group_by(key)
            for record, count in self.connection.execute(query):
                self.counted[record][name] -= count
        own = select(RECORD.c.id).where((RECORD.c.document_id == document_id) | (RECORD.c.id == document_id))
        for table in SQLModel.metadata.sorted_tables:
            if table in (RECORD, DATASET, CHANGE):
                continue
            if "document_id" in table.c:
                self.connection.execute(delete(table).where(table.c.document_id == document_id))
            else:
                column = owner(table)
                if column is not None:
                    self.connection.execute(delete(table).where(column.in_(own)))

    def _count(self, records: Iterable[int]) -> None:
        """Change the counts of records by what was counted."""
        names = [name for name, _ in KEPT_COUNTS]
        rows = [
            {"key": key, **{f"more_{name}": counted[name] for name in names}}
            for key in records
            if (counted := self.counted.pop(key, None)) and any(counted.values())
        ]
        if rows:
            more: dict[str, Any] = {name: RECORD.c[name] + bindparam(f"more_{name}") for name in names}
            self.connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(more), rows)

    # What others need

    def _check_removed(self) -> None:
        """A record that others refer to, or add to, is not removed; nor a term that others use."""
        removed = self.known.removed
        pairs = (*referrers(self.connection, removed), *adders(self.connection, removed))
        wanted = {(source, found) for source, found in pairs if source not in removed}
        refs = read_refs(self.connection, {key for pair in wanted for key in pair})
        for source, found in sorted(wanted):
            self._missing(
                f"the {refs[found]['kind']} '{refs[found]['id']}' cannot be removed: "
                f"the {refs[source]['kind']} '{refs[source]['id']}' needs it"
            )
        for vocabulary, terms in self.known.dropped_terms.items():
            table = table_of(OPEN_TERMS[vocabulary])
            left = {term for term in terms if not self.known.has_term(vocabulary, term)}
            if not left:
                continue
            for column in (
                c
                for t in SQLModel.metadata.sorted_tables
                for c in t.c
                if any(k.column is table.c.term for k in c.foreign_keys)
            ):
                for term in self.connection.execute(select(column).distinct().where(column.in_(left))).scalars():
                    self._missing(f"the {vocabulary} '{term}' cannot be removed: other documents use it")

    def _check_supported(self) -> None:
        """What a quote of another document backs in a record is there."""
        own = func.coalesce(RECORD.c.document_id, RECORD.c.id)
        wrong: dict[tuple[str, str], Any] = {}
        for batch in batches((self.records | self.backed) - self.known.removed):
            query = (
                select(EVIDENCE.c.record_id, EVIDENCE.c.document_id, EVIDENCE.c.supports)
                .join(RECORD, EVIDENCE.c.record_id == RECORD.c.id)
                .where(RECORD.c.id.in_(batch), EVIDENCE.c.document_id != own)
                .where(cast(EVIDENCE.c.supports, String) != "[]")
            )
            backed = self.connection.execute(query).all()
            rendered = render(self.connection, {row.record_id for row in backed})
            refs = read_refs(self.connection, {row.document_id for row in backed})
            for row in backed:
                record = rendered[row.record_id]
                reference = f"{record['kind']}/{record['id']}"
                for pointer in row.supports:
                    if backs_something(record, pointer):
                        continue
                    if row.document_id in self.documents:
                        wrong[reference, pointer] = record
                    else:
                        self._missing(
                            f"'{pointer}' cannot be removed from the {record['kind']} '{record['id']}': "
                            f"a quote of the document '{refs[row.document_id]['id']}' backs it"
                        )
        if wrong:
            for source in self.sources:
                self.problems += _pointing(source, wrong)

    def _missing(self, detail: str) -> None:
        source = next(iter(self.sources), None)
        self.problems.append(source.problem((), detail) if source else BundleProblem(self.unloaded[0], 0, detail))

    def _delete(self) -> dict[int, dict[str, Any]]:
        gone = read_refs(self.connection, self.known.removed)
        for batch in batches(self.known.removed):
            self.connection.execute(delete(RECORD).where(RECORD.c.id.in_(batch)))
        return gone


def _pointing(source: Source, wrong: Mapping[tuple[str, str], Any]) -> Iterator[BundleProblem]:
    """The quotes of a bundle that back what is not in a record; `wrong` gives record, by reference and pointer."""
    for index, addition in enumerate(source.bundle.also):
        for number, quote in enumerate(addition.evidence):
            for pointer in quote.supports:
                if (addition.record, pointer) in wrong:
                    detail = points_at_nothing(pointer, wrong[addition.record, pointer])
                    yield source.problem(("also", index, "evidence", number, "supports"), detail)
