"""Keys for the records of a load: every record gets its key before any reference is resolved."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.bundle.resolve import Row, record_row
from app.bundle.resolver import Resolver
from app.bundle.source import BundleProblem, Location, Source
from app.model.shape import KindName
from app.model.tables import RECORD

_Identity = tuple[KindName, str]


class Naming:
    """Stores the `record` rows of the bundles, and tells the resolver which records and terms change."""

    def __init__(self, connection: Connection, resolver: Resolver) -> None:
        self.connection = connection
        self.resolver = resolver
        self.problems: list[BundleProblem] = []
        self.documents: set[int] = set()
        """The documents that are loaded or unloaded."""
        self.renamed: set[int] = set()
        self.first_key = (connection.execute(select(func.max(RECORD.c.id))).scalar() or 0) + 1
        """The first key of a new record."""
        self._next_key = self.first_key

    def load(self, source: Source) -> None:
        """Store the names of a bundle's records, and note which records it no longer has."""
        name = source.bundle.document.id
        before = self._stored(name)
        document = before[KindName.DOCUMENT, name].id if before else self._next_key
        fresh: dict[_Identity, tuple[Location, Row]] = {}
        seen: set[_Identity] = set()
        for kind, location, draft in source.bundle.drafts():
            identity = (kind.name, draft.id)
            row = record_row(kind, draft, document)
            if identity in seen or (name in self.resolver.loaded and identity in before):
                detail = f"'{draft.id}' is defined twice; an id is unique within its kind"
                self.problems.append(source.problem((*location, "id"), detail))
            elif identity in before:
                self._update(before[identity], row)
            else:
                fresh[identity] = (location, row)
            seen.add(identity)
        self._insert(source, fresh)
        self.documents.add(document)
        self.resolver.removed |= {row.id for identity, row in before.items() if identity not in seen}
        self.resolver.loaded.add(name)
        self.resolver.set_terms(name, source.bundle.terms)

    def unload(self, name: str) -> int:
        """Note that all records of a document are removed, and return its key. Raises LookupError if there is none."""
        before = self._stored(name)
        document: int = before[KindName.DOCUMENT, name].id
        self.resolver.removed |= {row.id for row in before.values()}
        self.resolver.set_terms(name, {})
        self.documents.add(document)
        return document

    def _stored(self, name: str) -> dict[_Identity, Any]:
        """The stored `record` rows of a document; none if it is new."""
        query = select(RECORD.c.id).where(RECORD.c.kind == KindName.DOCUMENT, RECORD.c.slug == name)
        document = self.connection.execute(query).scalar()
        return {} if document is None else self.resolver.of_document(document)

    def _update(self, before: Any, row: Row) -> None:
        if before.name != row["name"]:
            self.renamed.add(before.id)
        if any(getattr(before, column) != value for column, value in row.items()):
            self.connection.execute(update(RECORD).where(RECORD.c.id == before.id).values(row))

    def _insert(self, source: Source, fresh: dict[_Identity, tuple[Location, Row]]) -> None:
        """Insert new records, except those that belong to another document."""
        by_kind: dict[KindName, list[str]] = defaultdict(list)
        for kind, slug in fresh:
            by_kind[kind].append(slug)
        owner = RECORD.alias()
        for kind, slugs in by_kind.items():
            query = select(RECORD.c.slug, owner.c.slug).join(owner, owner.c.id == RECORD.c.document_id)
            for slug, document in self.connection.execute(query.where(RECORD.c.kind == kind, RECORD.c.slug.in_(slugs))):
                location, _ = fresh.pop((kind, slug))
                detail = (
                    f"the {kind} '{slug}' belongs to the document '{document}', and only that document can define it; "
                    "refer to it, and list what this document adds under `also`"
                )
                self.problems.append(source.problem((*location, "id"), detail))
        for key, (_, row) in enumerate(fresh.values(), start=self._next_key):
            row["id"] = key
        self._next_key += len(fresh)
        if fresh:
            self.connection.execute(insert(RECORD), [row for _, row in fresh.values()])
