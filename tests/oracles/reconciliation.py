"""The shapes of the Reconciliation Service API 0.2 as JSON Schemas, written from the rules of the specification.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from csv import reader
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator

Schema = dict[str, Any]


class Spelling(NamedTuple):
    """A spelling of an actor, and what a person makes of it."""

    text: str
    actor: str
    """The id of the actor; `-` if it is none or may be several."""
    certain: str
    """`yes` if a person would not hesitate."""


def spellings() -> list[Spelling]:
    """Spellings of the actors of the seed and of the second commentary, and of others."""
    with Path(__file__).with_suffix(".tsv").open(encoding="utf-8", newline="") as file:
        return [Spelling(*row) for row in reader(file, delimiter="\t", quoting=3)]


def _object(required: Schema, optional: Schema | None = None, *, closed: bool = False) -> Schema:
    more = {"additionalProperties": False} if closed else {}
    return {"type": "object", "required": list(required), "properties": required | (optional or {}), **more}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _by_id(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _template(placeholder: str) -> Schema:
    return {"type": "string", "pattern": f".*{placeholder}.*"}


_TEXT, _NUMBER, _FLAG, _INTEGER = ({"type": name} for name in ("string", "number", "boolean", "integer"))
_NAMED = _object({"id": _TEXT, "name": _TEXT}, {"description": _TEXT})
_TYPE = _NAMED | {"properties": _NAMED["properties"] | {"broader": _list(_NAMED)}}
_TYPES = _list({"anyOf": [_TEXT, _object({"id": _TEXT}, {"name": _TEXT})]})
_VIEW = _object({"url": _template(r"\{\{id\}\}")})
_SUGGEST = _object(
    {},
    {
        "service_url": _TEXT,
        "service_path": _TEXT,
        "flyout_service_url": _TEXT,
        "flyout_service_path": _template(r"\$\{id\}"),
    },
)
_VALUE = {"anyOf": [_TEXT, _NUMBER, _FLAG, _object({"id": _TEXT}, {"name": _TEXT})]}
_SETTING = _object({"name": _TEXT, "label": _TEXT, "type": {"enum": ["number", "text", "checkbox", "select"]}})
_PROPERTY = _object({"pid": _TEXT, "v": {"anyOf": [_VALUE, _list(_VALUE)]}})
_CELL = {
    "anyOf": [
        {"const": {}},
        _object({"id": _TEXT, "name": _TEXT}, {"description": _TEXT}, closed=True),
        _object({"str": _TEXT}, closed=True),
        _object({"int": _INTEGER}, closed=True),
        _object({"float": _NUMBER}, closed=True),
        _object(
            {"date": {"type": "string", "pattern": r"^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$"}},
            closed=True,
        ),
    ]
}

MANIFEST = _object(
    {
        "versions": _list(_TEXT, contains={"const": "0.2"}),
        "name": _TEXT,
        "identifierSpace": _TEXT,
        "schemaSpace": _TEXT,
    },
    {
        "documentation": _TEXT,
        "serviceVersion": _TEXT,
        "logo": _TEXT,
        "view": _VIEW,
        "feature_view": _VIEW,
        "defaultTypes": _list(_TYPE, uniqueItems=True),
        "suggest": _object({}, {"entity": _SUGGEST, "property": _SUGGEST, "type": _SUGGEST}),
        "preview": _object({**_VIEW["properties"], "width": _INTEGER, "height": _INTEGER}),
        "extend": _object(
            {},
            {
                "propose_properties": _object({}, {"service_url": _TEXT, "service_path": _TEXT}),
                "property_settings": _list(_SETTING),
            },
        ),
        "batchSize": _INTEGER,
    },
)
QUERIES = _by_id(
    _object(
        {},
        {
            "query": _TEXT,
            "type": {"anyOf": [_TEXT, _list(_TEXT)]},
            "limit": {"type": "number", "exclusiveMinimum": 0},
            "properties": _list(_PROPERTY),
            "type_strict": {"enum": ["any", "all", "should"]},
        },
        closed=True,
    )
    | {"anyOf": [{"required": ["query"]}, {"required": ["properties"], "properties": {"properties": {"minItems": 1}}}]}
)
RESULTS = _by_id(
    _object(
        {
            "result": _list(
                _object(
                    {"id": _TEXT, "name": _TEXT, "score": _NUMBER},
                    {
                        "description": _TEXT,
                        "match": _FLAG,
                        "type": _TYPES,
                        "features": _list(_object({}, {"id": _TEXT, "value": {"anyOf": [_FLAG, _NUMBER]}})),
                    },
                )
            )
        }
    )
)
ENTITIES = _object({"result": _list(_object({"id": _TEXT, "name": _TEXT}, {"description": _TEXT, "notable": _TYPES}))})
PROPERTIES = _object({"result": _list(_NAMED)})
TYPES = _object({"result": _list(_TYPE)})
EXTENSION_QUERY = _object(
    {"ids": _list(_TEXT), "properties": _list(_object({"id": _TEXT}, {"settings": {"type": "object"}}))}
)
EXTENSION = _object({"meta": _list(_NAMED), "rows": _by_id(_by_id(_list(_CELL)))})
PROPOSAL = _object({"properties": _list(_NAMED)}, {"type": _TEXT, "limit": _NUMBER})


def is_valid(schema: Schema, content: Any) -> bool:
    """True if JSON has a shape."""
    return bool(Draft202012Validator(schema).is_valid(content))


def check(schema: Schema, content: Any) -> None:
    """Raise an error that says where JSON has another shape."""
    Draft202012Validator(schema).validate(content)
