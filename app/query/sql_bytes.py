"""The public JSON of a record as bytes: it is selected, cut and sent without decoding and encoding it."""

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


def without_quotes(body: bytes) -> bytes:
    """A record's JSON with an empty `evidence`. Inside strings, quotation marks are escaped, so only keys match."""
    start = body.index(b',"evidence":[') + len(b',"evidence":[')
    return body[:start] + body[body.index(b'],"evidence_count":', start) :]
