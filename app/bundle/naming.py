"""Keys for the records of a load: every record gets its key before any reference is resolved."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from app.bundle.batches import batches
from app.bundle.resolve import Row, record_row
from app.bundle.resolver import Resolver
from app.bundle.source import BundleProblem, Source
from app.model.shape import KindName
from app.model.tables import FORMER_ID, RECORD

_Identity = tuple[KindName, str]
_OWNER = RECORD.alias("owner")


class Naming:
    """Stores the `record` and `former_id` rows of the bundles, and tells the resolver which records and terms change.

    A record can move: it is stored with one document, and a bundle of another document defines it.
    """

    def __init__(self, connection: Connection, resolver: Resolver) -> None:
        self.connection = connection
        self.resolver = resolver
        self.problems: list[BundleProblem] = []
        self.documents: set[int] = set()
        """The documents that are loaded or unloaded."""
        self.renamed: set[int] = set()
        self.receiving: set[int] = set()
        """The documents that records move to."""
        self.first_key = (connection.execute(select(func.max(RECORD.c.id))).scalar() or 0) + 1
        """The first key of a new record."""
        self._next_key = self.first_key
        self._claims: dict[_Identity, list[tuple[Any, str, Row]]] = defaultdict(list)
        """Records of bundles that are stored with another document: the stored row, the document, and the new row."""
        self._former: dict[_Identity, list[tuple[str, str, int]]] = defaultdict(list)
        """By former id: the document and the id of each record that lists it, and the position there."""
        self._reused: set[_Identity] = set()
        """New records with an id that was a former id before the load."""
        self._refused: dict[tuple[str, _Identity, str], str] = {}
        """The reason why a document cannot have an id, as the id or as a former id of a record."""

    def load(self, source: Source) -> None:
        """Store the names of a bundle's records, and note which records it no longer has."""
        name = source.bundle.document.id
        if name in self.resolver.loaded:
            file = self.resolver.loaded[name]
            detail = f"'{name}' is also the document of {file}; choose another id, or load only one of them"
            self.problems.append(source.problem(("document", "id"), detail))
            return
        before = self._stored(name)
        document = before[KindName.DOCUMENT, name].id if before else self._next_key
        fresh: dict[_Identity, Row] = {}
        seen: set[_Identity] = set()
        for kind, location, draft in source.bundle.drafts():
            identity = (kind.name, draft.id)
            row = record_row(kind, draft, document)
            if identity in seen:
                detail = f"'{draft.id}' is defined twice; an id is unique within its kind"
                self.problems.append(source.problem((*location, "id"), detail))
            elif identity in before:
                self._update(before[identity], row)
            else:
                fresh[identity] = row
            seen.add(identity)
            for ordinal, old in enumerate(draft.formerly):
                self._former[kind.name, old].append((name, draft.id, ordinal))
        self._insert(name, fresh)
        self.documents.add(document)
        self.resolver.removed |= {row.id for identity, row in before.items() if identity not in seen}
        self.resolver.loaded[name] = source.analysis_file
        self.resolver.set_terms(name, source.bundle.terms)

    def unload(self, name: str) -> int:
        """Note that all records of a document are removed, and return its key. Raises LookupError if there is none."""
        before = self._stored(name)
        document: int = before[KindName.DOCUMENT, name].id
        self.resolver.removed |= {row.id for row in before.values()}
        self.resolver.set_terms(name, {})
        self.documents.add(document)
        return document

    def finish(self, sources: Iterable[Source]) -> list[int]:
        """Move records and store former ids, when all bundles are named. Return the documents that have a new id."""
        former = [name for kind, name in self._former if kind == KindName.DOCUMENT and name not in self.resolver.loaded]
        renamed = [self.unload(name) for name in former if self._stored(name)]
        for (stored, _, row), *others in [*self._claims.values()]:
            if stored.id in self.resolver.removed and not others:
                self._update(stored, row)
                self.resolver.removed.discard(stored.id)
                self.receiving.add(row["document_id"])
                del self._claims[stored.kind, stored.slug]
        self._store_former()
        self.resolver.removed -= {claims[0][0].id for claims in self._claims.values() if claims}  # told once
        for source in sources if self._refused else ():
            self.problems += self._problems_of(source)
        return renamed

    def _problems_of(self, source: Source) -> Iterator[BundleProblem]:
        """The ids and former ids of a bundle that other records prevent."""
        name = source.bundle.document.id
        for kind, location, draft in source.bundle.drafts():
            places = [(draft.id, _role(kind.name), (*location, "id"))]
            former = _role(kind.name, draft.id)
            places += ((old, former, (*location, "formerly", at)) for at, old in enumerate(draft.formerly))
            for slug, role, place in places:
                if detail := self._refused.get((name, (kind.name, slug), role)):
                    yield source.problem(place, detail)

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

    def _insert(self, document: str, fresh: dict[_Identity, Row]) -> None:
        """Insert new records, except those that are stored with another document."""
        by_kind: dict[KindName, list[str]] = defaultdict(list)
        for kind, slug in fresh:
            by_kind[kind].append(slug)
        stored = select(*(column for column in RECORD.c if column.name != "body"), _OWNER.c.slug.label("owner"))
        stored = stored.join(_OWNER, _OWNER.c.id == RECORD.c.document_id)
        for kind, slugs in by_kind.items():
            for found in self.connection.execute(stored.where(RECORD.c.kind == kind, RECORD.c.slug.in_(slugs))):
                self._claims[kind, found.slug].append((found, document, fresh.pop((kind, found.slug))))
            former = select(FORMER_ID.c.slug).where(FORMER_ID.c.kind == kind, FORMER_ID.c.slug.in_(slugs))
            self._reused |= {(kind, slug) for slug in self.connection.execute(former).scalars()}
        for key, row in enumerate(fresh.values(), start=self._next_key):
            row["id"] = key
        self._next_key += len(fresh)
        if fresh:
            self.connection.execute(insert(RECORD), [*fresh.values()])

    def _store_former(self) -> None:
        """Replace the former ids of the documents, and refuse ids that several records have."""
        for batch in batches(self.documents):
            own = select(RECORD.c.id).where(or_(RECORD.c.id.in_(batch), RECORD.c.document_id.in_(batch)))
            self.connection.execute(delete(FORMER_ID).where(FORMER_ID.c.record_id.in_(own)))
        for kind, slug in {*self._claims, *self._former, *self._reused}:
            record, former = self.resolver.record(kind, slug), self.resolver.former(kind, slug)
            listed = [(document, now) for document, now, _ in self._former[kind, slug]] + ([former] if former else [])
            documents = [record.owner] if record else []
            documents += [document for _, document, _ in self._claims[kind, slug]]
            owners = [(document, _role(kind)) for document in documents]
            owners += [(document, _role(kind, now)) for document, now in listed]
            if len(owners) > 1:
                self._refuse((kind, slug), owners)
                continue
            for _, now, ordinal in self._former[kind, slug]:
                if holder := self.resolver.record(kind, now):
                    row = {"record_id": holder.key, "ordinal": ordinal, "kind": kind, "slug": slug}
                    self.connection.execute(insert(FORMER_ID), row)

    def _refuse(self, identity: _Identity, owners: Sequence[tuple[str, str]]) -> None:
        """Refuse an id that several documents have, each as the id or a former id of a record."""
        for document, role in owners:
            others = [(each, other) for each, other in owners if (each, other) != (document, role)]
            files = {each: self.resolver.loaded.get(each, f"the document '{each}'") for each, _ in others}
            places = " and ".join(f"{other} in {files[each]}" for each, other in others)
            way_out = "keep one of the two, and list under `also` what the other document adds, or choose another id"
            if files.keys() - self.resolver.loaded.keys():
                way_out = (
                    "refer to that record, and list under `also` what this document adds, or choose another id; "
                    "to move or merge it, load that document too, without it"
                )
            self._refused[document, identity, role] = f"'{identity[1]}' is also {places}; {way_out}"


def _role(kind: KindName, now: str | None = None) -> str:
    """The role of an id: that of a record, or a former id of the record that has the id `now`."""
    return f"a former id of the {kind} '{now}'" if now else f"the id of the {kind}"
