"""Prepared statements, compiled once: compiling one in SQLAlchemy takes longer than executing it in SQLite."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite import dialect as sqlite


class Prepared:
    """A SELECT with `bindparam`s or constants as values. Read its rows by position.

    Values are not converted on SQLite: a date is returned as an ISO string.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement

    def sqlite_rows(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute the statement on the driver's connection, without SQLAlchemy."""
        sql, constants = self._compiled
        return driver.execute(sql, constants | {name: _to_sqlite(value) for name, value in values.items()}).fetchall()

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        compiled = self.statement.compile(dialect=sqlite(paramstyle="named"))
        return compiled.string, {name: _to_sqlite(value) for name, value in compiled.params.items()}


def _to_sqlite(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
