"""What a bundle may refer to."""

from collections import defaultdict
from typing import Any, NamedTuple

import orjson
from cachetools import LRUCache
from sqlalchemy import Connection, select

from app.model.shape import KindName
from app.model.tables import RECORD, table_of
from app.model.terms import OPEN_TERMS

_HINTS = 1000
_REMEMBERED = 10_000
_OWNER = RECORD.alias("owner")


class ReferredRecord(NamedTuple):
    """A record that is referred to: its key, its name, and the id of the document that introduced it."""

    key: int
    name: str
    owner: str


class Resolver:
    """What a bundle may refer to: the records and terms of the database, those of the bundles loaded with it included.

    It is asked when every record of the load is named in the database.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.loaded: set[str] = set()
        """The documents that are loaded."""
        self.removed: set[int] = set()
        """The records that they no longer have, or that are unloaded."""
        self.added_terms: dict[str, dict[str, set[str]]] = {vocabulary: defaultdict(set) for vocabulary in OPEN_TERMS}
        """By vocabulary, the terms that the documents add that are loaded, and which of them do."""
        self.dropped_terms: dict[str, set[str]] = {}
        """By vocabulary, the terms that they and those unloaded added so far."""
        self._terms = {
            vocabulary: set(connection.execute(select(table_of(model).c.term)).scalars())
            for vocabulary, model in OPEN_TERMS.items()
        }
        self._found: LRUCache[tuple[KindName, str], ReferredRecord | None] = LRUCache(_REMEMBERED)

    def record(self, kind: KindName, slug: str) -> ReferredRecord | None:
        """A record; None where there is none, or only for the last time."""
        if (kind, slug) not in self._found:
            query = (
                select(RECORD.c.id, RECORD.c.name, _OWNER.c.slug)
                .join(_OWNER, RECORD.c.document_id == _OWNER.c.id, isouter=True)
                .where(RECORD.c.kind == kind, RECORD.c.slug == slug)
            )
            row = self.connection.execute(query).first()
            self._found[kind, slug] = ReferredRecord(row[0], row[1], row[2] or slug) if row else None
        found = self._found[kind, slug]
        return None if found is None or found.key in self.removed else found

    def of_document(self, key: int) -> dict[tuple[KindName, str], int]:
        """The keys of the records that a document introduces, itself included."""
        columns = (RECORD.c.kind, RECORD.c.slug, RECORD.c.id)
        own = (select(*columns).where(whose == key) for whose in (RECORD.c.id, RECORD.c.document_id))
        return {(kind, slug): record for query in own for kind, slug, record in self.connection.execute(query)}

    def near(self, kind: KindName, slug: str) -> list[str]:
        """Ids of a kind that stand near one in the alphabet, for hints; all of them where they are few."""
        those = select(RECORD.c.slug).where(RECORD.c.kind == kind, RECORD.c.id.not_in(self.removed))
        before = those.where(RECORD.c.slug <= slug).order_by(RECORD.c.slug.desc()).limit(_HINTS)
        after = those.where(RECORD.c.slug > slug).order_by(RECORD.c.slug).limit(_HINTS)
        return [found for query in (before, after) for found in self.connection.execute(query).scalars()]

    def body(self, key: int) -> Any:
        """What the database says of a record, to point into."""
        body = self.connection.execute(select(RECORD.c.body).where(RECORD.c.id == key)).scalar()
        return orjson.loads(body) if body else {}

    def has_term(self, vocabulary: str, term: str, *, without: str = "") -> bool:
        """Whether a term is in an open vocabulary, be it that only the document `without` adds it."""
        stored = term in self._terms[vocabulary] and term not in self.dropped_terms[vocabulary]
        return stored or bool(self.added_terms[vocabulary].get(term, set()) - {without})

    def terms(self, vocabulary: str) -> set[str]:
        """The terms of an open vocabulary."""
        known = self._terms[vocabulary] | self.added_terms[vocabulary].keys()
        return {term for term in known if self.has_term(vocabulary, term)}
