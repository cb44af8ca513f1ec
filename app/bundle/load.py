"""Bundles into the database, in one transaction: all of them, or nothing and a list of problems."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlmodel import SQLModel

from app.bundle.known import Known
from app.bundle.pointers import backs_something
from app.bundle.progress import Track, untracked
from app.bundle.publish import Loaded, publish
from app.bundle.references import RECORD, added_to, adders, batches, referrers
from app.bundle.render import EVIDENCE, read_refs, render
from app.bundle.rows import Row, Rows
from app.bundle.source import BundleRejected, Location, Problem, Source
from app.model.dataset import Change, Dataset
from app.model.document import Document
from app.model.layout import owner, table_of
from app.model.shape import KindName
from app.model.terms import OPEN_TERMS

DATASET, CHANGE, DOCUMENT = table_of(Dataset), table_of(Change), table_of(Document)


def load(connection: Connection, sources: Sequence[Source], track: Track = untracked) -> Loaded:
    """Make each bundle the new state of its document.

    Raises BundleRejected with every problem, and then the caller's transaction must be rolled back.
    """
    return _Loading(connection, sources, [], track).run()


def unload(connection: Connection, document: str) -> Loaded:
    """Remove a document with its analysis: the same as loading nothing.

    Raises LookupError where there is no such document, BundleRejected where other documents need its records.
    """
    query = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT, RECORD.c.slug == document)
    if connection.execute(query).first() is None:
        raise LookupError(document)
    return _Loading(connection, [], [document]).run()


class _Loading:
    """One load: from sources to rows, from rows to tables, from tables to rendered records."""

    def __init__(
        self, connection: Connection, sources: Sequence[Source], unloaded: Sequence[str], track: Track = untracked
    ) -> None:
        self.connection = connection
        self.track = track
        self.sources = sources
        self.unloaded = unloaded
        self.known = Known(connection)
        self.problems: list[Problem] = []
        self.old: dict[int, str] = {}
        """The names of the records that the documents had so far."""

    def run(self) -> Loaded:
        documents = self._identify()
        contents = [(Rows(source, self.known), source) for source in self.track(self.sources, description="Checking")]
        self.problems += [problem for rows, _ in contents for problem in rows.problems]
        self._refuse()
        changed = [
            (self.known.fresh[KindName.DOCUMENT, source.bundle.document.id], rows)
            for rows, source in contents
            if self._sign(rows)
        ]
        if not changed and not self.unloaded:
            return Loaded(self._revision())
        affected = set[int]()
        for document_id in documents:
            affected |= added_to(self.connection, document_id)  # so far
        unchanged = documents - {document_id for document_id, _ in changed} if self.sources else set()
        for document_id in documents - unchanged:
            self._clear(document_id)
        for _, rows in changed:
            self._insert(rows)
        for document_id in documents:
            affected |= added_to(self.connection, document_id)  # from now on
        self._check_removed(documents)
        self._check_supported(documents)
        self._refuse()
        gone = self._delete()
        affected |= {key for (_, _), key in self.known.fresh.items()}
        renamed = {key for key, name in self.old.items() if key in self.known.names and self.known.names[key] != name}
        affected |= {source for source, _ in referrers(self.connection, renamed)}
        return publish(self.connection, affected - self.known.removed, gone, force=True, track=self.track)

    def _refuse(self) -> None:
        if self.problems:
            raise BundleRejected(self.problems)

    def _revision(self) -> int:
        return int(self.connection.execute(select(DATASET.c.revision)).scalar_one())

    # Who is who

    def _identify(self) -> set[int]:
        """Give every record of the bundles its key, and tell which records the documents no longer have."""
        at = (self.connection.execute(select(func.max(RECORD.c.id))).scalar() or 0) + 1
        documents: set[int] = set()
        for source in self.sources:
            name = source.bundle.document.id
            existing = {row.id: row for row in self._of_document(name)}
            by_identity = {(row.kind, row.slug): row.id for row in existing.values()}
            documents |= {row.id for row in existing.values() if row.kind == KindName.DOCUMENT}
            self.old |= {row.id: row.name for row in existing.values()}
            for kind, location, draft in source.bundle.drafts():
                identity = (kind.name, draft.id)
                if identity in self.known.fresh:
                    self.problems.append(self._duplicate(source, location, draft.id))
                    continue
                if identity in by_identity:
                    key = by_identity.pop(identity)
                else:
                    self._check_free(source, (*location, "id"), kind.name, draft.id)
                    key, at = at, at + 1
                self.known.fresh[identity] = key
                self.known.drafts[key] = draft
                self.known.names[key] = draft.name
                self.known.owners[key] = name
            documents.add(self.known.fresh[KindName.DOCUMENT, name])
            self.known.removed |= set(by_identity.values())
            for vocabulary, terms in source.bundle.terms.items():
                self.known.added_terms[vocabulary] += [(name, draft.term) for draft in terms]
        for name in self.unloaded:
            existing = {row.id: row for row in self._of_document(name)}
            documents |= {row.id for row in existing.values() if row.kind == KindName.DOCUMENT}
            self.old |= {row.id: row.name for row in existing.values()}
            self.known.removed |= existing.keys()
        for vocabulary, model in OPEN_TERMS.items():
            table = table_of(model)
            query = select(table.c.term).where(table.c.document_id.in_(documents))
            self.known.dropped_terms[vocabulary] = set(self.connection.execute(query).scalars())
        return documents

    def _of_document(self, slug: str) -> Iterable[Any]:
        own = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT, RECORD.c.slug == slug).scalar_subquery()
        columns = (RECORD.c.id, RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
        return [
            *self.connection.execute(select(*columns).where(RECORD.c.id == own)),
            *self.connection.execute(select(*columns).where(RECORD.c.document_id == own)),
        ]

    def _duplicate(self, source: Source, location: Location, slug: str) -> Problem:
        return source.problem((*location, "id"), f"'{slug}' is defined twice; every record of a kind has its own id")

    def _check_free(self, source: Source, location: Location, kind: KindName, slug: str) -> None:
        key = self.known.stored(kind, slug)
        if key is not None:
            owner = self.known.owner(key) or slug
            self.problems.append(
                source.problem(
                    location,
                    f"the {kind} '{slug}' belongs to the document '{owner}', which alone defines it; "
                    "refer to it, and list what this document adds under `also`",
                )
            )

    # Rows in, rows out

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
        own = select(RECORD.c.id).where((RECORD.c.document_id == document_id) | (RECORD.c.id == document_id))
        for table in SQLModel.metadata.sorted_tables:
            if table in (RECORD, DATASET, CHANGE):
                continue
            if "document_id" in table.c:
                self.connection.execute(delete(table).where(table.c.document_id == document_id))
            else:
                whose = owner(table)
                if whose is not None:
                    self.connection.execute(delete(table).where(whose.in_(own)))

    def _insert(self, rows: Rows) -> None:
        records = rows.rows.pop(RECORD)
        present = self.old.keys()
        self._write(RECORD, [row for row in records if row["id"] not in present])
        kept = [{**row, "key": row["id"]} for row in records if row["id"] in present]
        if kept:
            columns: dict[str, Any] = {name: bindparam(name) for name in records[0] if name != "id"}
            for row in kept:
                row.pop("id")
            self.connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(columns), kept)
        for table in SQLModel.metadata.sorted_tables:
            self._write(table, rows.rows.get(table, []))

    def _write(self, table: Table, rows: list[Row]) -> None:
        if rows:
            self.connection.execute(insert(table), rows)

    def _check_removed(self, documents: set[int]) -> None:
        """A record that others refer to, or add to, is not removed; nor a term that others use."""
        removed = self.known.removed
        wanted = [(s, t) for s, t in referrers(self.connection, removed) if s not in removed]
        for document_id in documents:
            wanted += [(s, t) for s, t in adders(self.connection, removed, document_id) if s not in removed]
        refs = read_refs(self.connection, {key for pair in wanted for key in pair})
        for source, found in sorted(set(wanted)):
            self.problems.append(
                self._missing(
                    f"the {refs[found]['kind']} '{refs[found]['id']}' cannot be removed: "
                    f"the {refs[source]['kind']} '{refs[source]['id']}' needs it"
                )
            )
        for vocabulary, terms in self.known.dropped_terms.items():
            table = table_of(OPEN_TERMS[vocabulary])
            left = terms - set(self.connection.execute(select(table.c.term).where(table.c.term.in_(terms))).scalars())
            for column in (
                c
                for t in SQLModel.metadata.sorted_tables
                for c in t.c
                if any(k.column is table.c.term for k in c.foreign_keys)
            ):
                for term in self.connection.execute(select(column).distinct().where(column.in_(left))).scalars():
                    self.problems.append(
                        self._missing(f"the {vocabulary} '{term}' cannot be removed: other documents use it")
                    )

    def _check_supported(self, documents: set[int]) -> None:
        """What a quote of another document backs in a record stays there."""
        columns = (EVIDENCE.c.record_id, EVIDENCE.c.document_id, EVIDENCE.c.supports)
        for batch in batches(self.known.drafts):
            query = select(*columns).where(EVIDENCE.c.record_id.in_(batch), EVIDENCE.c.document_id.not_in(documents))
            backed = list(self.connection.execute(query))
            rendered = render(self.connection, {row.record_id for row in backed})
            refs = read_refs(self.connection, {row.document_id for row in backed})
            for row in backed:
                record = rendered[row.record_id]
                for pointer in row.supports:
                    if not backs_something(record, pointer):
                        self.problems.append(
                            self._missing(
                                f"'{pointer}' cannot be removed from the {record['kind']} '{record['id']}': "
                                f"a quote of the document '{refs[row.document_id]['id']}' backs it"
                            )
                        )

    def _missing(self, detail: str) -> Problem:
        return self.sources[0].problem((), detail) if self.sources else Problem(self.unloaded[0], 0, detail)

    def _delete(self) -> dict[int, dict[str, Any]]:
        gone = read_refs(self.connection, self.known.removed)
        for key in sorted(self.known.removed, reverse=True):
            self.connection.execute(delete(RECORD).where(RECORD.c.id == key))
        return gone
