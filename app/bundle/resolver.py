"""The resolver, which finds the records and terms that bundles refer to."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from cachetools import LRUCache
from sqlalchemy import Connection, func, literal, select

from app.bundle.batches import BATCH, among, batches
from app.bundle.matching import UNSPACED, fold
from app.model.actor import ActorIdentifier
from app.model.shape import KindName
from app.model.tables import ACTOR, ALIAS, FORMER_ID, RECORD, table_of
from app.model.terms import OPEN_TERMS, TermDraft

_HINTS = 1000
_CACHED_RECORDS = 10_000
_KNOWN_NAMES = 100_000
"""Limit on the names, and on the aliases, that are searched in a text."""
_OWNER = RECORD.alias("owner")
_IDENTIFIER = table_of(ActorIdentifier)


class ReferredRecord(NamedTuple):
    """A record that is referred to: its key, its name, and the id of the document that introduced it."""

    key: int
    name: str
    owner: str


class FormerRecord(NamedTuple):
    """A record that has another id now: the document that introduced it, and this id."""

    document: str
    now: str


class Resolver:
    """Finds the records and terms of the database as they are after a load.

    References are resolved once `Naming` has stored every record of the load.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.loaded: dict[str, str] = {}
        """The documents that are loaded, by id, each with the file of its analysis."""
        self.removed: set[int] = set()
        """The records that are removed: their bundle no longer has them, or their document is unloaded."""
        self._records: LRUCache[tuple[KindName, str], ReferredRecord | None] = LRUCache(_CACHED_RECORDS)
        self._names: dict[str, list[tuple[str, str, str | None]]] | None = None
        self._terms: dict[str, dict[str, dict[str | None, str]]] = {}
        """By vocabulary and term, the definition of each document that defines it; None for a built-in term."""
        self._stored_terms: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for vocabulary, model in OPEN_TERMS.items():
            table, owners = table_of(model), self._terms.setdefault(vocabulary, defaultdict(dict))
            columns = (table.c.term, table.c.definition, RECORD.c.slug)
            query = select(*columns).join(RECORD, RECORD.c.id == table.c.document_id, isouter=True)
            for term, definition, document in connection.execute(query):
                owners[term][document] = definition
                self._stored_terms[document].append((vocabulary, term))

    def record(self, kind: KindName, slug: str) -> ReferredRecord | None:
        """A record; None if there is none or it is removed."""
        if (kind, slug) not in self._records:
            query = (
                select(RECORD.c.id, RECORD.c.name, _OWNER.c.slug)
                .join(_OWNER, RECORD.c.document_id == _OWNER.c.id, isouter=True)
                .where(RECORD.c.kind == kind, RECORD.c.slug == slug)
            )
            row = self.connection.execute(query).first()
            self._records[kind, slug] = ReferredRecord(row[0], row[1], row[2] or slug) if row else None
        found = self._records[kind, slug]
        return None if found is None or found.key in self.removed else found

    def former(self, kind: KindName, slug: str) -> FormerRecord | None:
        """The record that had an id before it was renamed or merged."""
        query = (
            select(func.coalesce(_OWNER.c.slug, RECORD.c.slug), RECORD.c.slug)
            .join_from(FORMER_ID, RECORD, RECORD.c.id == FORMER_ID.c.record_id)
            .join(_OWNER, RECORD.c.document_id == _OWNER.c.id, isouter=True)
            .where(FORMER_ID.c.kind == kind, FORMER_ID.c.slug == slug)
        )
        row = self.connection.execute(query).first()
        return FormerRecord(*row) if row else None

    def of_document(self, key: int) -> dict[tuple[KindName, str], Any]:
        """The `record` rows of a document and of its records, without the rendered JSON."""
        columns = [column for column in RECORD.c if column.name != "body"]
        own = (select(*columns).where(owner == key) for owner in (RECORD.c.id, RECORD.c.document_id))
        return {(row.kind, row.slug): row for query in own for row in self.connection.execute(query)}

    def near(self, kind: KindName, slug: str) -> dict[str, str | None]:
        """Ids of a kind that are close to one in alphabetical order, for hints, each with its document."""
        ids = select(RECORD.c.slug, _OWNER.c.slug).join(_OWNER, RECORD.c.document_id == _OWNER.c.id, isouter=True)
        ids = ids.where(RECORD.c.kind == kind, RECORD.c.id.not_in(self.removed))
        before = ids.where(RECORD.c.slug <= slug).order_by(RECORD.c.slug.desc()).limit(_HINTS)
        after = ids.where(RECORD.c.slug > slug).order_by(RECORD.c.slug).limit(_HINTS)
        return {found: document for query in (before, after) for found, document in self.connection.execute(query)}

    def countries(self, keys: Collection[int]) -> dict[int, tuple[str, str | None]]:
        """The type and the country of stored actors, by key."""
        columns = (ACTOR.c.id, ACTOR.c.type, ACTOR.c.country)
        rows = (self.connection.execute(select(*columns).where(among(columns[0], batch))) for batch in batches(keys))
        return {key: (kind, country) for found in rows for key, kind, country in found}

    def body(self, key: int) -> Any:
        """The stored JSON of a record, which pointers are checked against."""
        body = self.connection.execute(select(RECORD.c.body).where(RECORD.c.id == key)).scalar()
        return orjson.loads(body) if body else {}

    def known_names(self, words: Collection[str]) -> Iterator[tuple[str, str, str | None]]:
        """Names of actors that may occur among words: each with the actor, and the document that uses it."""
        if self._names is None:
            self._names = defaultdict(list)
            named = select(RECORD.c.name, RECORD.c.slug, _OWNER.c.slug).where(RECORD.c.kind == KindName.ACTOR)
            aliased = select(ALIAS.c.alias, RECORD.c.slug, _OWNER.c.slug).join_from(
                ALIAS, RECORD, ALIAS.c.owner_id == RECORD.c.id
            )
            for query, document in ((named, RECORD.c.document_id), (aliased, ALIAS.c.document_id)):
                rows = query.join(_OWNER, _OWNER.c.id == document).where(RECORD.c.id.not_in(self.removed))
                for name, *origin in self.connection.execute(rows.limit(_KNOWN_NAMES)):
                    first = re.search(r"\w+", fold(name))
                    self._names["" if not first or UNSPACED.match(first[0]) else first[0]].append((name, *origin))
        for word in ("", *(word for word in words if word in self._names)):
            yield from self._names[word]

    def marked(self, marks: Collection[tuple[str, str]], document: int) -> dict[tuple[str, str], list[str]]:
        """By name (`name`, sort key) or identifier (scheme, value): the actors of other documents that have it."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        own = RECORD.c.document_id == document
        names = select(literal("name"), RECORD.c.sort_name, RECORD.c.slug).where(RECORD.c.kind == KindName.ACTOR, ~own)
        identifiers = select(_IDENTIFIER.c.scheme, _IDENTIFIER.c.value, RECORD.c.slug).where(~own)
        identifiers = identifiers.join(RECORD, RECORD.c.id == _IDENTIFIER.c.owner_id)
        for query, column in ((names, RECORD.c.sort_name), (identifiers, _IDENTIFIER.c.value)):
            values = sorted({value for scheme, value in marks if (scheme == "name") == (query is names)})
            for at in range(0, len(values), BATCH):
                wanted = query.where(column.in_(values[at : at + BATCH]), RECORD.c.id.not_in(self.removed))
                for scheme, value, slug in self.connection.execute(wanted):
                    found[scheme, value].append(slug)
        return found

    def set_terms(self, document: str, terms: Mapping[str, Sequence[TermDraft]]) -> None:
        """Replace the terms that a document defines."""
        for vocabulary, term in self._stored_terms.pop(document, ()):
            self._terms[vocabulary][term].pop(document, None)
        for vocabulary in terms.keys() & OPEN_TERMS.keys():
            for draft in terms[vocabulary]:
                self._terms[vocabulary][draft.term][document] = draft.definition

    def has_term(self, vocabulary: str, term: str, *, without: str = "") -> bool:
        """True if an open vocabulary has a term; definitions in the document `without` do not count."""
        return bool(self._terms[vocabulary].get(term, {}).keys() - {without})

    def terms(self, vocabulary: str) -> dict[str, str]:
        """The terms of an open vocabulary, each with its definition."""
        terms = sorted(self._terms[vocabulary].items())
        return {term: next(iter(definitions.values())) for term, definitions in terms if definitions}

    def removed_terms(self, vocabulary: str) -> list[str]:
        """The terms of an open vocabulary that no document defines any longer."""
        return sorted(term for term, documents in self._terms[vocabulary].items() if not documents)
