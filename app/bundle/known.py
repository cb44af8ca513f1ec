"""What a bundle may refer to."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from app.bundle.references import RECORD
from app.model.layout import table_of
from app.model.record import RecordDraft
from app.model.shape import KindName
from app.model.terms import OPEN_TERMS

_HINTS = 2000


class Known:
    """What a bundle may refer to: the records and terms of the database and of the bundles loaded with it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.fresh: dict[tuple[KindName, str], int] = {}
        self.names: dict[int, str] = {}
        self.owners: dict[int, str] = {}
        self.drafts: dict[int, RecordDraft] = {}
        self.removed: set[int] = set()
        self.added_terms: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """By vocabulary: the documents that are loaded, and the terms that they add."""
        self.dropped_terms: dict[str, set[str]] = {}
        self._stored: dict[tuple[KindName, str], int | None] = {}
        self._terms: dict[str, set[str]] = {}

    def record(self, kind: KindName, slug: str) -> int | None:
        """The key of a record; None where there is none."""
        if (kind, slug) in self.fresh:
            return self.fresh[kind, slug]
        stored = self.stored(kind, slug)
        return None if stored in self.removed else stored

    def stored(self, kind: KindName, slug: str) -> int | None:
        """The key of a record that the database holds, be it for the last time."""
        if (kind, slug) not in self._stored:
            query = select(RECORD.c.id).where(RECORD.c.kind == kind, RECORD.c.slug == slug)
            self._stored[kind, slug] = self.connection.execute(query).scalar()
        return self._stored[kind, slug]

    def slugs(self, kind: KindName) -> Sequence[str]:
        """Ids of that kind, for hints."""
        query = select(RECORD.c.slug).where(RECORD.c.kind == kind, RECORD.c.id.not_in(self.removed)).limit(_HINTS)
        return [
            *(slug for known, slug in self.fresh if known == kind),
            *self.connection.execute(query).scalars(),
        ]

    def owner(self, record_id: int) -> str | None:
        """The id of the document that introduced a record."""
        if record_id not in self.owners:
            document = RECORD.alias()
            query = (
                select(document.c.slug)
                .join(RECORD, RECORD.c.document_id == document.c.id)
                .where(RECORD.c.id == record_id)
            )
            self.owners[record_id] = self.connection.execute(query).scalar() or ""
        return self.owners[record_id] or None

    def name(self, record_id: int) -> str:
        """The name of a record."""
        if record_id not in self.names:
            query = select(RECORD.c.name).where(RECORD.c.id == record_id)
            self.names[record_id] = self.connection.execute(query).scalar_one()
        return self.names[record_id]

    def body(self, record_id: int) -> Any:
        """What a record of another document says, to point into."""
        if record_id in self.drafts:
            return self.drafts[record_id].model_dump(mode="json")
        body = self.connection.execute(select(RECORD.c.body).where(RECORD.c.id == record_id)).scalar()
        return orjson.loads(body) if body else {}

    def terms(self, vocabulary: str, *, without: str = "") -> set[str]:
        """The terms of an open vocabulary, but for those that the document `without` adds."""
        if vocabulary not in self._terms:
            known = set(self.connection.execute(select(table_of(OPEN_TERMS[vocabulary]).c.term)).scalars())
            self._terms[vocabulary] = known - self.dropped_terms.get(vocabulary, set())
        added = {term for document, term in self.added_terms[vocabulary] if document != without}
        return self._terms[vocabulary] | added
