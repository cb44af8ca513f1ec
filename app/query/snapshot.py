"""A reader: one state of the database, and what identifies it."""

import hashlib
import sqlite3
from array import array
from collections.abc import Mapping, Set
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from app.model.shape import KindName
from app.model.tables import DATASET, RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.query.prepared import Prepared

_DATASET = select(DATASET)


@dataclass
class Revision:
    """A revision of a dataset, and what is the same for all who read it."""

    dataset: str
    revision: int
    updated_at: str
    render_version: int
    secret: str
    counts: dict[KindName, int] | None = field(default=None, compare=False)
    """How many records there are of each kind, once somebody has asked."""
    totals: dict[str, int] = field(default_factory=dict, compare=False)
    """The totals of unfiltered lists, by name, counted up to the maximum that lists count."""
    terms: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)
    """The terms of each open vocabulary that somebody has asked for."""
    etags: dict[str, str] = field(default_factory=dict, compare=False)
    openapi: bytes | None = field(default=None, compare=False)
    """The OpenAPI document of the service."""
    names: tuple["array[int]", list[str]] | None = field(default=None, compare=False)
    """Keys of actors, and in the same places names that they have, folded: what a search suggests from."""

    @classmethod
    def read(cls, connection: Connection) -> "Revision":
        """The state that a connection sees."""
        row = connection.execute(_DATASET).one()
        return cls(row.uuid, row.revision, row.updated_at, row.render_version, row.secret)


class Snapshot:
    """A connection that sees one revision of the dataset throughout."""

    def __init__(
        self,
        connection: Connection,
        state: Revision | None = None,
        driver: sqlite3.Connection | None = None,
        opened: ExitStack | None = None,
    ) -> None:
        self.connection = connection
        self.state = state or Revision.read(connection)
        self.kept: ExitStack | None = None
        self._driver = driver
        self._opened = opened
        self.dataset = self.state.dataset
        self.secret = self.state.secret
        self.revision = self.state.revision
        self.updated_at = self.state.updated_at
        self.render_version = self.state.render_version

    def keep(self) -> ExitStack:
        """What the connection is closed with, by whoever goes on reading after the question is answered."""
        assert self._opened is not None, "a quick read ends with its answer"  # noqa: S101
        self.kept = self._opened.pop_all()
        return self.kept

    def etag(self, media_type: str) -> str:
        """A strong entity tag of what is served as `media_type` in this revision, before content coding."""
        tag = self.state.etags.get(media_type)
        if tag is None:
            known = f"{self.dataset} {self.revision} {self.render_version} {media_type}"
            tag = self.state.etags[media_type] = f'"{self.revision}-{hashlib.sha256(known.encode()).hexdigest()[:16]}"'
        return tag

    def rows(self, statement: Any, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Every row that a statement finds."""
        if not isinstance(statement, Prepared):
            return list(self.connection.execute(statement, values))
        if self._driver is not None:
            return statement.sqlite_rows(self._driver, values or {})
        return list(self.connection.execute(statement.statement, values))

    def terms(self, vocabulary: str) -> Set[str]:
        """The terms of an open vocabulary; read once a revision."""
        if vocabulary not in self.state.terms:
            term = table_of(OPEN_TERMS[vocabulary]).c.term
            self.state.terms[vocabulary] = frozenset(row.term for row in self.rows(select(term)))
        return self.state.terms[vocabulary]

    def counts(self) -> dict[KindName, int]:
        """How many records there are of each kind; counted once a revision."""
        if self.state.counts is None:
            query = select(RECORD.c.kind, func.count().label("number")).group_by(RECORD.c.kind)
            self.state.counts = {row.kind: row.number for row in self.rows(query)}
        return self.state.counts
