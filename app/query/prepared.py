"""Statements that are compiled once: to say them anew takes SQLAlchemy longer than it takes SQLite to answer."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite import dialect as sqlite


class Prepared:
    """A SELECT whose values are all `bindparam`s or constants. Its rows are taken apart by the order of their columns.

    No type is converted on the way, so that a date comes as SQLite keeps it: in ISO format.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement

    def sqlite_rows(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> list[Any]:
        """The rows, by the driver alone."""
        sql, parameters = self._compiled
        bound = [_written(values.get(name, constant)) for name, constant in parameters]
        return driver.execute(sql, bound).fetchall()

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Any]]]:
        compiled = self.statement.compile(dialect=sqlite(paramstyle="qmark"))
        return compiled.string, [(name, compiled.params[name]) for name in compiled.positiontup or ()]


def _written(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
