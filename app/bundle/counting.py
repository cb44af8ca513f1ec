"""Counts kept in `record`, such as `evidence_count`, changed by what a load adds and removes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, update

from app.model.references import KEPT_COUNTS
from app.model.tables import RECORD


class Counts:
    """Changes to the counts of records, kept until they are written."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._changes: dict[int, Counter[str]] = defaultdict(Counter)

    def add(self, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
        """Count rows that are inserted."""
        for name, key in KEPT_COUNTS:
            for row in rows.get(key.table, ()):
                self._changes[row[key.name]][name] += 1

    def subtract(self, document_id: int) -> None:
        """Count the rows of a document, which are about to be deleted."""
        for name, key in KEPT_COUNTS:
            query = select(key, func.count()).where(key.table.c.document_id == document_id).group_by(key)
            for record, count in self.connection.execute(query):
                self._changes[record][name] -= count

    def write(self, records: Iterable[int] | None = None) -> None:
        """Write the changes of some records, or of all."""
        rows = [
            {"key": key, **{f"more_{name}": changes[name] for name, _ in KEPT_COUNTS}}
            for key in (list(self._changes) if records is None else records)
            if (changes := self._changes.pop(key, None)) and any(changes.values())
        ]
        if rows:
            counts: dict[str, Any] = {name: RECORD.c[name] + bindparam(f"more_{name}") for name, _ in KEPT_COUNTS}
            self.connection.execute(update(RECORD).where(RECORD.c.id == bindparam("key")).values(counts), rows)
