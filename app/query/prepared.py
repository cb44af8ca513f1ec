"""Statements that are compiled once: to say them anew takes SQLAlchemy longer than it takes SQLite to answer."""

import sqlite3
from collections import namedtuple
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.sqlite import dialect as sqlite


class Prepared:
    """A SELECT whose values are all `bindparam`s or constants; its rows have their columns as attributes.

    No type is converted on the way, so that a date comes as SQLite keeps it: in ISO format.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement

    def sqlite_rows(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> list[Any]:
        """The rows, by the driver alone."""
        sql, parameters, row = self._compiled
        bound = [values.get(name, constant) for name, constant in parameters]
        return list(map(row, driver.execute(sql, [_written(value) for value in bound])))

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Any]], Any]:
        compiled = self.statement.compile(dialect=sqlite(paramstyle="qmark"))
        parameters = [(name, compiled.params[name]) for name in compiled.positiontup or ()]
        row: Any = namedtuple("Row", self.statement.selected_columns.keys())  # type: ignore[misc]
        return compiled.string, parameters, partial(tuple.__new__, row)


def _written(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
