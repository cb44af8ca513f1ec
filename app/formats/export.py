"""Exports: the formats of the whole dataset."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.formats import annotations, ftm, jsonld
from app.formats.base_path import base_path, with_base
from app.model.shape import KindName
from app.model.tables import EVIDENCE, RECORD
from app.query.scan import count_rows, every_record
from app.query.snapshot import Snapshot


@dataclass(frozen=True)
class Export:
    """A format of the whole dataset."""

    title: str
    media_type: str
    description: str
    schema: dict[str, Any]
    """The JSON Schema of the file."""
    write: Callable[[Snapshot, str, Iterable[KindName]], Iterator[bytes]]
    """Called with a snapshot, the service's public URL (or an empty string), and the kinds of record.

    Yields the file piece by piece.
    """
    count: Callable[[Snapshot], int]
    """The number of pieces, for a progress bar."""


_TEXT: dict[str, Any] = {"type": "string"}


def _records(snapshot: Snapshot, public_url: str, kinds: Iterable[KindName]) -> Iterator[bytes]:
    base = base_path(public_url)
    return (with_base(row.body.encode(), base) + b"\n" for rows in every_record(snapshot, kinds) for row in rows)


def _count_records(snapshot: Snapshot) -> int:
    return count_rows(snapshot.connection, RECORD)


def _count_nodes(snapshot: Snapshot) -> int:
    return _count_records(snapshot) + count_rows(snapshot.connection, EVIDENCE)


EXPORTS = {
    "jsonl": Export("JSON Lines", "application/jsonl", "every record, one per line", _TEXT, _records, _count_records),
    "ftm": Export(
        "FollowTheMoney", ftm.MEDIA_TYPE, "entities with quotes, one per line", _TEXT, ftm.write, _count_records
    ),
    "jsonld": Export(
        "JSON-LD",
        annotations.MEDIA_TYPE,
        "one document of linked records, and quotes as Web Annotations",
        jsonld.SCHEMA,
        jsonld.write,
        _count_nodes,
    ),
    "turtle": Export(
        "Turtle", jsonld.TURTLE, "the same linked data as JSON-LD", _TEXT, jsonld.write_turtle, _count_nodes
    ),
}
"""Each export by its name in the parameter `format`. A new one is registered here."""
