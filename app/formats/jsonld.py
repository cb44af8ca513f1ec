"""The dataset as one JSON-LD document: records with schema.org types, and quotes as W3C Web Annotations."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson

from app.formats.annotations import annotated, annotation, schema_type
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.tables import RECORD
from app.model.vocabularies import ActorType
from app.query.scan import every_quote, every_record
from app.query.snapshot import Snapshot

_CONTEXT = {
    "id": "@id",
    "type": "@type",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "http://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{
        name: f"oa:{name}"
        for name in (
            "Annotation",
            "FragmentSelector",
            "SpecificResource",
            "TextPositionSelector",
            "TextQuoteSelector",
            "exact",
            "identifying",
            "prefix",
            "suffix",
        )
    },
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "conformsTo": {"@id": "dcterms:conformsTo", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
}
"""The terms used here, as the context of Web Annotations defines them. Inline, so that readers need not fetch it."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "@graph"],
    "properties": {"@context": {"type": "object"}, "@graph": {"type": "array", "items": {"type": "object"}}},
}
"""The JSON Schema of the document."""


def write(snapshot: Snapshot, base: str, kinds: Iterable[KindName]) -> Iterator[bytes]:
    """Write one JSON-LD document: each record with its schema.org type, then each quote as a Web Annotation."""
    records = (orjson.loads(row.body) for rows in every_record(snapshot, kinds) for row in rows)
    of_kinds = annotated().where(RECORD.c.kind.in_(kinds))
    quotes = (row for rows in every_quote(snapshot, of_kinds) for row in rows)
    things = (orjson.dumps(_thing(record, base)) for record in records)
    annotations = (annotation(row, base).json_bytes() for row in quotes)
    yield b'{"@context":%b,"@graph":[' % orjson.dumps(_CONTEXT)
    separator = b"\n"
    for node in chain(things, annotations):
        yield separator + node
        separator = b",\n"
    yield b"\n]}\n"


def _thing(record: dict[str, Any], base: str) -> dict[str, Any]:
    """A record as a schema.org node."""
    kind = KindName(record["kind"])
    actor_type = ActorType(record["type"]) if kind == KindName.ACTOR else None
    node = {
        "id": base + record["url"],
        "type": schema_type(kind, actor_type, verbatim=record.get("verbatim", False)),
        "schema:name": record["name"],
        "schema:description": record["summary"],
        "schema:keywords": record["topics"],
        "schema:text": record.get("text"),
        "schema:inLanguage": record.get("language"),
    }
    dated_by = KINDS[kind].dated_by
    date = record[dated_by] if dated_by else None
    if date and kind in (KindName.EVENT, KindName.RELATIONSHIP):
        node |= {"schema:startDate": date["earliest"], "schema:endDate": date["latest"]}
    elif date:
        node["schema:datePublished" if kind == KindName.DOCUMENT else "schema:temporal"] = date["edtf"]
    return {name: value for name, value in node.items() if value not in (None, [])}
