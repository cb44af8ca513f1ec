"""Records in the terms of the Reconciliation Service API: entities, types, properties and their values."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from app import __version__
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.vocabularies import ActorType
from app.query.reconciliation import Candidate, entity_id

MAX_QUERIES = 50
"""The maximum number of queries in a batch."""
_PREVIEW = {"width": 420, "height": 340}
_RENAMED = {"identifiers": "identifier", "roles": "role"}
"""Properties that are not called like their field, because a query gives one value."""
_NO_PROPERTIES = {"kind", "url", "evidence", "formerly"}

Described = dict[str, str]
"""A type or a property: its `id`, `name` and `description`."""


def manifest(url: str) -> dict[str, Any]:
    """The description of the service at a public URL."""
    service = f"{url}/v1/reconcile"
    return {
        "versions": ["0.2"],
        "name": "Dossier",
        "identifierSpace": f"{url}/",
        "schemaSpace": f"{url}/v1/vocabularies",
        "documentation": f"{url}/guide/reconciliation",
        "logo": f"{url}/assets/favicon.png",
        "serviceVersion": __version__,
        "defaultTypes": list(TYPES.values()),
        "view": {"url": f"{url}/{{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", **_PREVIEW},
        "suggest": {
            name: {"service_url": service, "service_path": f"/suggest/{name}"}
            for name in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [],
        },
        "batchSize": MAX_QUERIES,
    }


def candidate(found: Candidate) -> dict[str, Any]:
    """A candidate for a query, with the comparisons behind its score."""
    return {
        "id": entity_id(found.record),
        "name": found.record["name"],
        "description": found.record["summary"],
        "type": types_of(found.record),
        "score": found.score,
        "match": found.match,
        "features": [
            {"id": "name", "value": found.similarity},
            *({"id": name, "value": agrees} for name, agrees in found.agrees.items() if agrees is not None),
        ],
    }


def suggestion(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record that completes a prefix."""
    named = {"id": entity_id(record), "name": record["name"], "description": record["summary"]}
    return {**named, "notable": types_of(record)}


def types_of(record: Mapping[str, Any]) -> list[Described]:
    """The types of a record, the narrower first: the type of an actor, and the kind."""
    narrower = [record["type"]] if record["kind"] == KindName.ACTOR else []
    return [{name: TYPES[each][name] for name in ("id", "name")} for each in (*narrower, record["kind"])]


def kind_of(type_: str) -> KindName:
    """The kind of the records of a type."""
    return KindName.ACTOR if type_ in {*ActorType} else KindName(type_)


@cache
def properties_of(kind: KindName) -> dict[str, Described]:
    """The properties of a kind, by id: its fields, apart from those about the record itself."""
    public = KINDS[kind].public
    fields = {name: field.description for name, field in public.model_fields.items()}
    fields |= {name: field.description for name, field in public.model_computed_fields.items()}
    names = {name: _RENAMED.get(name, name) for name in fields if name not in _NO_PROPERTIES}
    return {property_: _described(property_, fields[name] or "") for name, property_ in names.items()}


def values(record: Mapping[str, Any], property_: str) -> list[dict[str, Any]]:
    """The values of a property; empty if the record has none."""
    field = next((name for name, renamed in _RENAMED.items() if renamed == property_), property_)
    return _cells(record.get(field))


def _cells(value: Any) -> list[dict[str, Any]]:
    """A value as cells of a table. Of an object that needs several cells, the first member or its `text` is taken."""
    match value:
        case None:
            return []
        case bool():
            return [{"str": str(value).lower()}]
        case str():
            return [{"str": value}]
        case int():
            return [{"int": value}]
        case float():
            return [{"float": value}]
        case list():
            return [cell for item in value for cell in _cells(item)]
        case {"url": _, "name": str(name)}:
            return [{"id": entity_id(value), "name": name}]
        case {"earliest": str(day), "latest": latest} if day == latest:
            return [{"date": f"{day}T00:00:00Z"}]
        case {"edtf": str(written)}:
            return [{"str": written}]
        case {"scheme": scheme, "value": str(identifier)}:
            return [{"str": f"{scheme}:{identifier}"}]
        case _:
            first, *others = value.values()
            members = (first, *others) if isinstance(first, dict) else (value.get("text"), first, *others)
            return next((cells for member in members if (cells := _cells(member))), [])


def _described(id: str, description: str) -> Described:
    return {"id": id, "name": id.replace("_", " ").capitalize(), "description": description}


TYPES: dict[str, Described] = {kind.value: _described(kind.value, KINDS[kind].description) for kind in KINDS} | {
    term.value: {"id": term.value, "name": term.label, "description": term.definition} for term in ActorType
}
"""The types of records by id: the kinds, and the types of actors."""
