"""FollowTheMoney: every record as an entity, and every quote as a Documentation entity, one per line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy import select

from app.formats.ftm_mapping import Actors, Entity, entity_of, things_of
from app.model.shape import KindName
from app.model.tables import ACTOR, DOCUMENT_RECORD, EVIDENCE, RECORD
from app.query.lookup import document_text
from app.query.scan import every_record
from app.query.snapshot import Snapshot

MEDIA_TYPE = "application/json+ftm"


def write(snapshot: Snapshot, base: str, kinds: Iterable[KindName]) -> Iterator[bytes]:
    """Write all records of some kinds: the entity of each record, followed by its quotes.

    `base` is the public URL of the service. Without it entities have no `sourceUrl`, which must be absolute.
    """
    for rows in every_record(snapshot, kinds):
        records = {row.id: orjson.loads(row.body) for row in rows}
        quotes = _quotes(snapshot, list(records))
        actors = _actors(snapshot, records.values())
        for key, record in records.items():
            entity = entity_of(record, actors)
            if record["kind"] == KindName.DOCUMENT:
                entity.properties["bodyText"] = [document_text(snapshot, key)]
            if base:
                entity.properties.setdefault("sourceUrl", [base + record["url"]])
            cited = (_quote(quote, record, entity, base) for quote in quotes[key])
            yield b"".join(orjson.dumps(asdict(found)) + b"\n" for found in (entity, *cited))


def _quote(row: Any, record: dict[str, Any], entity: Entity, base: str) -> Entity:
    """A quote: its words, their offsets, and the entities they document."""
    text = f"{base}/v1/documents/{row.document_slug}/text"
    return Entity.of(
        f"quote-{row.id}",
        "Documentation",
        document=f"{KindName.DOCUMENT}-{row.document_slug}",
        entity=things_of(record, entity),
        recordId=entity.id,
        role=row.supports or "evidence",
        description=row.exact,
        summary=f"passage {row.passage}, characters {row.start} to {row.end}",
        sourceUrl=f"{text}#char={row.start},{row.end}" if base else None,  # RFC 5147
    )


def _quotes(snapshot: Snapshot, keys: Sequence[int]) -> dict[int, list[Any]]:
    query = (
        select(EVIDENCE, DOCUMENT_RECORD.c.slug.label("document_slug"))
        .join_from(EVIDENCE, DOCUMENT_RECORD, DOCUMENT_RECORD.c.id == EVIDENCE.c.document_id)
        .where(EVIDENCE.c.record_id.in_(keys))
        .order_by(DOCUMENT_RECORD.c.slug, EVIDENCE.c.start, EVIDENCE.c.end)
    )
    quotes: dict[int, list[Any]] = defaultdict(list)
    for row in snapshot.rows(query):
        quotes[row.record_id].append(row)
    return quotes


def _actors(snapshot: Snapshot, records: Any) -> Actors:
    """The actors whose type or country decides the mapping of a record that refers to them."""
    names = ("authority", "subject", "object")
    slugs = {record[name]["id"] for record in records for name in names if record.get(name)}
    query = select(RECORD.c.slug, ACTOR.c.type, ACTOR.c.country).join_from(RECORD, ACTOR, ACTOR.c.id == RECORD.c.id)
    return {row.slug: row for row in snapshot.rows(query.where(RECORD.c.slug.in_(sorted(slugs))))}
