"""The public JSON of a record, selected as bytes: it is sent without decoding and encoding it."""

from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.model.tables import RECORD


class _Bytes(FunctionElement[bytes]):
    """A text's bytes in UTF-8."""

    type = LargeBinary()
    inherit_cache = True


@compiles(_Bytes, "sqlite")
def _of_sqlite(element: _Bytes, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(_Bytes, "postgresql")
def _of_postgresql(element: _Bytes, compiler: Any, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


BODY = _Bytes(RECORD.c.body).label("body")
