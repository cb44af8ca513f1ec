"""The dataset as a whole, in the formats in which it is taken away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.formats import annotations, ftm, jsonld
from app.query.scan import count_quotes, count_records, every_record
from app.query.snapshot import Snapshot


@dataclass(frozen=True)
class Export:
    """A format: its name for people, its media type, and how it is written."""

    title: str
    media_type: str
    schema: dict[str, Any]
    """JSON Schema of the file as a whole."""
    write: Callable[[Snapshot, str], Iterator[bytes]]
    """A reader, and the public URL of the service or nothing, to pieces of the file: one for each thing counted."""
    count: Callable[[Snapshot], int]
    """How many pieces there will be, about."""


_TEXT: dict[str, Any] = {"type": "string"}


def _records(snapshot: Snapshot, _base: str) -> Iterator[bytes]:
    for rows in every_record(snapshot):
        for row in rows:
            yield row.body.encode() + b"\n"


EXPORTS = {
    "jsonl": Export("JSON Lines", "application/jsonl", _TEXT, _records, count_records),
    "ftm": Export("FollowTheMoney", ftm.MEDIA_TYPE, _TEXT, ftm.write, count_records),
    "jsonld": Export(
        "JSON-LD",
        annotations.MEDIA_TYPE,
        jsonld.SCHEMA,
        jsonld.write,
        lambda snapshot: count_records(snapshot) + count_quotes(snapshot),
    ),
}
"""Every format, by the name by which it is asked for."""
