"""A snapshot of the database: one revision, and the values that are derived from it once."""

import math
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CTE, Connection, func, select

from app.model.shape import KindName
from app.model.tables import DATASET, RECORD, table_of
from app.model.terms import OPEN_TERMS
from app.query.prepared import Prepared

_SECRET = secrets.token_hex(32)
"""The secret of this process, for an exported file, which has none."""
_DATASET = select(DATASET)
_DATASET_AND_ROLE = _DATASET.add_columns(func.pg_is_in_recovery().label("replica"))


@dataclass
class Revision:
    """A revision of a dataset, and values that are cached for all its readers."""

    dataset: str
    revision: int
    updated_at: str
    token: str
    """The token of its load. Copies of a database that are loaded differently have the same revision, but not this."""
    render_version: int
    secret: str
    replica: bool = field(default=False, compare=False)
    """True if it was read from a replica, which may be behind."""
    counts: dict[KindName, int] | None = field(default=None, compare=False)
    """The number of records of each kind."""
    totals: dict[str, int] = field(default_factory=dict, compare=False)
    """The totals of unfiltered lists by name, up to the maximum that lists count."""
    terms: dict[str, dict[str, str]] = field(default_factory=dict, compare=False)
    """The terms of open vocabularies, each with its label and definition."""
    openapi: bytes | None = field(default=None, compare=False)
    """The OpenAPI document."""

    @classmethod
    def read(cls, connection: Connection) -> "Revision":
        """The revision that a connection sees."""
        if connection.dialect.name == "sqlite":
            row, replica = connection.execute(_DATASET).one(), False
        else:
            row = connection.execute(_DATASET_AND_ROLE).one()
            replica = row.replica
        secret = row.secret or _SECRET
        return cls(row.uuid, row.revision, row.updated_at, row.token, row.render_version, secret, replica)


class Snapshot:
    """A connection that sees one revision of the dataset throughout."""

    def __init__(
        self,
        connection: Connection,
        state: Revision | None = None,
        driver: sqlite3.Connection | None = None,
        keep: Callable[[], ExitStack] | None = None,
    ) -> None:
        self.connection = connection
        self.state = state or Revision.read(connection)
        self.keys: dict[tuple[KindName, str], int | None] = {}
        """The keys of the records that were looked up, by kind and id; None for ids that no record has."""
        self.former: dict[tuple[KindName, str], dict[str, Any]] = {}
        """The Refs of the records that were looked up by a former id, by kind and this id."""
        self.searches: dict[str, CTE] = {}
        """The keys of the records that match, by query. A statement with the same CTE twice executes it once."""
        self.kept = ExitStack()
        self._driver = driver
        self._keep = keep
        self.stream_until = math.inf
        """The time at which streams end, by `time.monotonic`."""
        self.dataset = self.state.dataset
        self.secret = self.state.secret
        self.revision = self.state.revision
        self.token = self.state.token
        self.updated_at = self.state.updated_at
        self.render_version = self.state.render_version

    def keep(self) -> ExitStack:
        """Keep the connection open after the read. The caller closes the returned stack."""
        assert self._keep is not None, "a quick read cannot be kept open"  # noqa: S101
        self.kept = self._keep()
        return self.kept

    def rows(self, statement: Any, values: Mapping[str, Any] | None = None) -> list[Any]:
        """All rows of a statement."""
        if not isinstance(statement, Prepared):
            return list(self.connection.execute(statement, values))
        if self._driver is not None:
            return statement.sqlite_rows(self._driver, values or {})
        return list(self.connection.execute(statement.statement, values))

    def terms(self, vocabulary: str) -> Mapping[str, str]:
        """The terms of an open vocabulary, each with its label and definition, read once per revision."""
        if vocabulary not in self.state.terms:
            term = table_of(OPEN_TERMS[vocabulary]).c
            rows = self.rows(select(term.term, term.label, term.definition).order_by(term.term))
            self.state.terms[vocabulary] = {row.term: f"{row.label} {row.definition}" for row in rows}
        return self.state.terms[vocabulary]

    def counts(self) -> dict[KindName, int]:
        """The number of records of each kind, counted once per revision."""
        if self.state.counts is None:
            query = select(RECORD.c.kind, func.count().label("number")).group_by(RECORD.c.kind)
            self.state.counts = {row.kind: row.number for row in self.rows(query)}
        return self.state.counts
