"""Edges of the graph: SELECTs of pairs of actors, which a kind lists as `edges`. Equal rows are one edge."""

from typing import Any

from sqlalchemy import Select, String, cast, select


def edge(
    record: Any, source: Any, target: Any, type: Any, directed: Any, date: Any, part: Any = "", modality: Any = None
) -> Select[Any]:
    """SELECT edges between two different actors.

    `part` is the JSON Pointer to the part of the record that draws the edge; empty for the whole record. `date` is the
    pointer to its date.
    """
    return select(
        record.label("record_id"),
        cast(part, String).label("part"),
        source.label("source_id"),
        target.label("target_id"),
        cast(type, String).label("type"),
        directed.label("directed"),
        cast(date, String).label("date"),
        cast(modality, String).label("modality"),
    )
