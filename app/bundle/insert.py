"""Many rows into a table at once: the statement is compiled once, and the driver is given the values column by column.

What SQLAlchemy does anew for each value of each row costs more than the database's part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert


@dataclass(frozen=True)
class _Statement:
    sql: str
    columns: tuple[str, ...]
    """In the order of the statement."""
    defaults: Mapping[str, Any]
    processors: Mapping[str, Any]
    """By column, what makes the driver's value of ours, where it is another."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, each of which has the same columns; those that are left out take the default of the model."""
    if not rows:
        return
    statement = _statement(connection.dialect, table, tuple(rows[0]))
    columns = []
    for name in statement.columns:
        values = [row[name] for row in rows] if name in rows[0] else [statement.defaults[name]] * len(rows)
        if process := statement.processors.get(name):
            values = [process(value) for value in values]
        columns.append(values)
    driven: list[Any] = list(zip(*columns, strict=True))
    if not connection.dialect.positional:
        driven = [dict(zip(statement.columns, values, strict=True)) for values in driven]
    connection.exec_driver_sql(statement.sql, driven)


@lru_cache(200)
def _statement(dialect: Dialect, table: Table, given: tuple[str, ...]) -> _Statement:
    compiled: Any = insert(table).compile(dialect=dialect, column_keys=list(given))
    defaults = {column.name: column.default.arg for column in compiled.insert_prefetch}
    columns = tuple(compiled.positiontup or (*given, *defaults))
    found = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns}
    return _Statement(str(compiled), columns, defaults, {name: process for name, process in found.items() if process})
