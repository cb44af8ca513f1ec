"""Linked data: every record as a resource with its links, and every quote as a W3C Web Annotation; JSON-LD and Turtle.

A record is written as its JSON, and an object within it as a resource of its own. The context gives each field its
property: one of schema.org, Dublin Core or PROV-O, or `urn:dossier:` and the name of the field. docs/linked-data.md
describes it.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import func

from app.formats.annotations import MEDIA_TYPE, annotated, annotation, schema_type
from app.formats.turtle import prefixes, turtle
from app.model.kinds import KINDS
from app.model.shape import KindName, Ref
from app.model.tables import EVIDENCE, RECORD
from app.model.vocabularies import ActorType
from app.query.lookup import StoredRecord
from app.query.scan import every_quote, every_record
from app.query.snapshot import Snapshot

TURTLE = "text/turtle"

_PREFIXES = {
    "dcterms": "http://purl.org/dc/terms/",
    "dossier": "urn:dossier:",
    "loc": "http://id.loc.gov/datatypes/edtf/",
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "http://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
ANNOTATION_TERMS: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
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
    "value": "rdf:value",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
}
"""The terms of quotes, as the context of Web Annotations defines them. Fields of these names get a prefix."""
FIELD_TERMS: dict[str, Any] = {
    "name": "schema:name",
    "summary": "schema:description",
    "topics": "schema:keywords",
    "about": "schema:about",
    "aliases": "schema:alternateName",
    "identifiers": "schema:identifier",
    "sameAs": {"@id": "schema:sameAs", "@type": "@id"},
    "text": "schema:text",
    "locations": "schema:location",
    "publisher": "schema:publisher",
    "authors": "schema:author",
    "language": "schema:inLanguage",
    "source_url": {"@id": "schema:url", "@type": "@id"},
    "startDate": {"@id": "schema:startDate", "@type": "xsd:date"},
    "endDate": {"@id": "schema:endDate", "@type": "xsd:date"},
    "datePublished": {"@id": "schema:datePublished", "@type": "loc:EDTF"},
    "temporal": {"@id": "schema:temporal", "@type": "loc:EDTF"},
    "part_of": "dcterms:isPartOf",
    "rights": "dcterms:rights",
    "formerly": {"@id": "dcterms:replaces", "@type": "@id"},
    "updated_at": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
    "document": "prov:wasDerivedFrom",
    "wasAttributedTo": {"@id": "prov:wasAttributedTo", "@type": "@id"},
    "supports": {"@id": "dossier:supports", "@type": "@id"},
    "wasQuotedFrom": {"@id": "prov:wasQuotedFrom", "@type": "@id"},
    "edtf": {"@id": "dossier:edtf", "@type": "loc:EDTF"},
    "earliest": {"@id": "dossier:earliest", "@type": "xsd:date"},
    "latest": {"@id": "dossier:latest", "@type": "xsd:date"},
    "low": {"@id": "dossier:low", "@type": "xsd:decimal"},
    "high": {"@id": "dossier:high", "@type": "xsd:decimal"},
}
"""The terms of fields with a property of another vocabulary, or with a type."""
CONTEXT = {"@vocab": _PREFIXES["dossier"]} | _PREFIXES | ANNOTATION_TERMS | FIELD_TERMS

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "@graph"],
    "properties": {"@context": {"type": "object"}, "@graph": {"type": "array", "items": {"type": "object"}}},
}
"""The JSON Schema of the document in JSON-LD."""

_SAME_AS = {
    "iso3166-1-alpha-3": "http://publications.europa.eu/resource/authority/country/",
    "isni": "https://isni.org/isni/",
    "orcid": "https://orcid.org/",
    "viaf": "http://viaf.org/viaf/",
    "wikidata": "http://www.wikidata.org/entity/",
}
"""The IRIs of identifiers, by scheme."""
_URL = "!#$%&'()*+,/:;=?@[]~"
"""The characters of a URL that stay as they are, beside letters and digits."""

Json = dict[str, Any]
Nodes = Iterable[Json]


def write(snapshot: Snapshot, public_url: str, kinds: Iterable[KindName]) -> Iterator[bytes]:
    """Write one JSON-LD document: each record, then each quote. The context is inline, so that no reader fetches it."""
    return _jsonld(_every_node(snapshot, public_url, kinds))


def write_turtle(snapshot: Snapshot, public_url: str, kinds: Iterable[KindName]) -> Iterator[bytes]:
    """Write the same in Turtle."""
    return _turtle(_every_node(snapshot, public_url, kinds))


def record_resource(snapshot: Snapshot, public_url: str, stored: StoredRecord, media_type: str) -> bytes:
    """A record with the quotes of the document that introduced it, in JSON-LD or Turtle."""
    introduced_it = EVIDENCE.c.document_id == func.coalesce(RECORD.c.document_id, RECORD.c.id)
    quotes = snapshot.rows(annotated().where(RECORD.c.id == stored.id, introduced_it).order_by(EVIDENCE.c.start))
    base = _base(snapshot, public_url)
    nodes = [_record(orjson.loads(stored.body), base), *(_quote(row, base) for row in quotes)]
    return b"".join({MEDIA_TYPE: _jsonld, TURTLE: _turtle}[media_type](nodes))


def _base(snapshot: Snapshot, public_url: str) -> str:
    """The beginning of all IRIs: the public URL, or else the URN of the dataset."""
    return public_url or f"urn:uuid:{snapshot.dataset}"


def _every_node(snapshot: Snapshot, public_url: str, kinds: Iterable[KindName]) -> Iterator[Json]:
    base = _base(snapshot, public_url)
    for rows in every_record(snapshot, kinds):
        yield from (_record(orjson.loads(row.body), base) for row in rows)
    for rows in every_quote(snapshot, annotated().where(RECORD.c.kind.in_(kinds))):
        yield from (_quote(row, base) for row in rows)


def _jsonld(nodes: Nodes) -> Iterator[bytes]:
    yield b'{"@context":%b,"@graph":[' % orjson.dumps(CONTEXT)
    separator = b"\n"
    for node in nodes:
        yield separator + orjson.dumps(node)
        separator = b",\n"
    yield b"\n]}\n"


def _turtle(nodes: Nodes) -> Iterator[bytes]:
    return chain([prefixes(CONTEXT).encode()], (turtle(node, CONTEXT).encode() for node in nodes))


def _record(record: Json, base: str) -> Json:
    """A record as a node: its IRI is that of its page, and its fields are those of its JSON, without nulls."""
    kind = KindName(record["kind"])
    actor_type = ActorType(record["type"]) if kind == KindName.ACTOR else None
    path = f"{base}/{KINDS[kind].plural}/"
    iri = path + record["id"]
    fields = {name: value for name, value in record.items() if name not in ("kind", "id", "url", "evidence")}
    if url := fields.get("source_url"):
        fields["source_url"] = quote(url, _URL)
    views = [*(speaker["actor"] for speaker in record.get("speakers", ())), record.get("holder")]
    known = [found for found in record.get("identifiers", ()) if found["scheme"] in _SAME_AS]
    fields |= {
        "formerly": [path + former for former in record["formerly"]],
        "wasAttributedTo": [_iri(view, base) for view in views if view],
        "sameAs": [_SAME_AS[found["scheme"]] + quote(found["value"], "") for found in known],
    }
    type_ = schema_type(kind, actor_type, verbatim=record.get("verbatim", False))
    types = [type_, f"dossier:{kind.capitalize()}"]
    return {"id": iri, "type": types} | _members(fields | _times(record, kind), base, f"{iri}#")


def _times(record: Json, kind: KindName) -> Json:
    """The date of a record by schema.org, beside that of its JSON."""
    dated_by = KINDS[kind].dated_by
    date = record[dated_by] if dated_by else None
    if date is None:
        return {}
    if kind in (KindName.EVENT, KindName.RELATIONSHIP):
        return {"startDate": date["earliest"], "endDate": date["latest"]}
    return {"datePublished" if kind == KindName.DOCUMENT else "temporal": date["edtf"]}


def _members(fields: Json, base: str, iri: str) -> Json:
    """The fields of an object as members of a node, without those that are null or empty."""
    return {
        f"dossier:{name}" if name in ANNOTATION_TERMS else name: _value(value, base, f"{iri}/{name}")
        for name, value in fields.items()
        if value not in (None, [], {})
    }


def _value(value: Any, base: str, iri: str) -> Any:
    """A value in JSON-LD. An object in a record is a part of it: its IRI ends in its JSON Pointer."""
    if isinstance(value, list):
        return [_value(item, base, f"{iri}/{index}") for index, item in enumerate(value)]
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"  # a number of JSON becomes xsd:double in RDF
    if not isinstance(value, dict):
        return value
    if value.keys() == Ref.model_fields.keys():
        return {"id": _iri(value, base), "name": value["name"]}
    return {"id": iri} | _members(value, base, iri)


def _iri(ref: Json, base: str) -> str:
    return f"{base}/{KINDS[ref['kind']].plural}/{ref['id']}"


def _quote(row: Any, base: str) -> Json:
    """A quote as a node: a Web Annotation, with links to the document and to the record or its parts."""
    node = annotation(row, base).model_dump(mode="json", by_alias=True, exclude_none=True)
    record = node["body"][0]["source"]["id"]
    node["supports"] = [f"{record}#{pointer}" for pointer in row.supports] or [record]
    node["target"]["wasQuotedFrom"] = f"{base}/{KINDS[KindName.DOCUMENT].plural}/{row.document_slug}"
    return node
