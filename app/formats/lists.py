"""The formats of a downloaded list. Each has a function that writes items, given as JSON."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from app.formats import table
from app.query.fields import narrow


@dataclass(frozen=True)
class ListFormat:
    """A format of a list: its media type, and its writer."""

    media_type: str
    write: Callable[[Iterable[bytes], type[BaseModel], Collection[str], Collection[str]], Iterator[bytes]]
    """Called with the items, their shape, the fields that refer to any kind, and the fields to send (empty: all)."""


def _json_lines(
    items: Iterable[bytes], _shape: type[BaseModel], _any_kind: Collection[str], fields: Collection[str]
) -> Iterator[bytes]:
    return (narrow(item, fields) + b"\n" for item in items)


LIST_FORMATS = {"csv": ListFormat("text/csv", table.rows), "jsonl": ListFormat("application/jsonl", _json_lines)}
"""Each format by its name in the parameter `format`. A new one is registered here."""
