"""The OpenAPI document: FastAPI's, completed with terms and examples from the dataset."""

import re
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from sqlalchemy import select

from app import __version__
from app.api.evidence import QUOTES, QuotesQuery
from app.api.graph import GraphQuery, read_graph
from app.api.mentions import MENTIONS, MentionsQuery
from app.api.parameters import PRESENTATION, DatedQuery
from app.api.timeline import ENTRIES, TimelineQuery
from app.api.vocabularies import vocabulary
from app.model.kinds import KINDS
from app.model.tables import RECORD
from app.problems import EXAMPLES, MEDIA_TYPE, Problem, ProblemDetails
from app.query.fields import ALWAYS_SHOWN
from app.query.filters import VOCABULARY
from app.query.listing import RequestTarget, read_page
from app.query.parameters import COMMA_SEPARATED
from app.query.snapshot import Snapshot

DESCRIPTION = """
The structured analysis of geopolitical commentary. Every record (actor, event, sanction, statement, relationship,
figure, assessment) has the exact quotes that support it: `text[start:end] == exact` holds for every quote.

* Offsets count **Unicode code points** from 0; `end` is exclusive. JavaScript strings count UTF-16 units instead:
  use `Array.from(text)`.
* Lists are pages with `items`, `total` and `next`: follow `next` unchanged until it is null.
* A repeated parameter means *or*; different parameters mean *and*.
* Errors are RFC 9457 problem details; `detail` says what is valid.
* Send a response's `ETag` back as `If-None-Match` to make repeated requests cheap.
"""

TAGS = {
    "dataset": "The dataset: its revision and its collections.",
    **{kind.plural: kind.description for kind in KINDS.values()},
    "evidence": "The quotes that support the records.",
    "mentions": "The places where the texts mention actors.",
    "search": "Ranked search in records of all kinds, and completion of their names.",
    "timeline": "Dated records in order, or their number by year or month.",
    "graph": "Actors as nodes, and their connections as edges; also as files for Gephi and networkx.",
    "vocabularies": "The terms that fields can have, and their definitions.",
    "changes": "The changes of records since a revision, for mirrors.",
    "export": "The whole dataset, in several formats.",
    "service": "The health of the service.",
}

_REQUEST_ID = {"description": "The id of the request in the log: as sent, or a new one.", "schema": {"type": "string"}}
_ETAG = {"description": "The version of the response. Send it back as `If-None-Match`.", "schema": {"type": "string"}}
_LINK = {"description": "The next page (`rel=next`). Absent on the last page.", "schema": {"type": "string"}}
_UNDESCRIBED = "Successful Response"
"""FastAPI's default description of a response."""
_SCHEMA = "#/components/schemas/"


def describe(app: FastAPI, snapshot: Snapshot, public_url: str) -> dict[str, Any]:
    """The OpenAPI document of an app, with the dataset's terms as enums and its records as examples."""
    document = get_openapi(
        title="Dossier",
        version=__version__,
        summary="Geopolitical commentary as data, with a quote for every fact.",
        description=DESCRIPTION.strip(),
        routes=app.routes,
        tags=[{"name": name, "description": description} for name, description in TAGS.items()],
        servers=[{"url": public_url or "/", "description": "This server."}],
        license_info={"name": "MIT", "identifier": "MIT"},
        contact={"name": "Dossier"},
    )
    document["security"] = []
    components = document["components"]
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    details = ProblemDetails.model_json_schema(ref_template=_SCHEMA + "{model}")
    components["schemas"] |= details.pop("$defs") | {"ProblemDetails": details}
    components["responses"] = {}
    problems = {str(problem.status): problem for problem in EXAMPLES}
    examples = _examples(snapshot)
    for path, item in document["paths"].items():
        for operation in item.values():
            operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
            _describe_parameters(operation, snapshot)
            _describe_success(path, operation, components["schemas"], examples)
            for status in sorted(operation["responses"].keys() & problems.keys()):
                name = type(problems[status]).__name__
                components["responses"][name] = _problem(problems[status])
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
            operation["responses"] = dict(sorted(operation["responses"].items()))
    _describe_schemas(components["schemas"], examples)
    return _renamed(document)


def _problem(example: Problem) -> dict[str, Any]:
    """The response of a type of problem."""
    return {
        "description": type(example).__doc__,
        "headers": {"X-Request-ID": _REQUEST_ID},
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMA}ProblemDetails"}, "example": example.content(EXAMPLES[example])}
        },
    }


def _describe_parameters(operation: dict[str, Any], snapshot: Snapshot) -> None:
    """Complete the parameters with their serialisation and their terms.

    A list's own filters come first, then those that lists share, then the parameters that filter nothing.
    """
    parameters = operation.get("parameters", [])
    parameters.sort(key=lambda each: (each["name"] in PRESENTATION, each["name"] in DatedQuery.model_fields))
    for parameter in parameters:
        schema = parameter["schema"]
        for option in schema.pop("anyOf", ()):  # a parameter is left out instead of null
            schema |= option if option != {"type": "null"} else {}
        if schema.pop(COMMA_SEPARATED, False):
            parameter |= {"style": "form", "explode": False}
        if vocabulary := schema.pop(VOCABULARY, None):
            schema["items"] = {"type": "string", "enum": sorted(snapshot.terms(vocabulary))}
        for name in ("title", "description"):
            schema.pop(name, None)
        if parameter.get("required") and "examples" in schema:
            parameter["example"] = schema.pop("examples")[0]
        if not schema.get("default", True):
            del schema["default"]


def _describe_success(path: str, operation: dict[str, Any], schemas: dict[str, Any], examples: dict[str, Any]) -> None:
    """Complete the successful response with headers, and with examples that work when tried."""
    success = operation["responses"]["200"]
    content = success["content"].get("application/json")
    parameters = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
    if content:
        shape = schemas[_name(content["schema"])]
        if success["description"] == _UNDESCRIBED:
            success["description"] = shape["description"]
        if "fields" in parameters and "items" in shape["properties"]:
            items = shape["properties"]["items"]
            items["items"] = _or_part(items["items"], schemas)
        elif "fields" in parameters:
            content["schema"] = _or_part(content["schema"], schemas)
    success["headers"] = {"X-Request-ID": _REQUEST_ID}
    if not path.startswith("/v1"):
        return
    success["headers"]["ETag"] = _ETAG
    operation["responses"]["304"] = {
        "description": "The version named by `If-None-Match` is current.",
        "headers": success["headers"],
    }
    if "cursor" in parameters:
        success["headers"] = success["headers"] | {"Link": _LINK}
    plural, _, rest = path.removeprefix("/v1").removeprefix("/").partition("/")
    example = examples.get(plural)
    if example is None:
        return
    for parameter in parameters.values():
        if parameter["in"] == "path":
            parameter["example"] = example[parameter["name"]]
    if rest in ("{id}", "{name}") or path == "/v1/graph":
        content["example"] = example
    elif not rest:
        total = {"value": 1, "relation": "eq"}
        content["example"] = {"items": [example], "total": total, "next": None, "facets": None}


def _or_part(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a shape, or of a part of it if `fields` is given."""
    if "anyOf" in schema:
        return schema
    name = _name(schema)
    whole = schemas[name]
    title = whole["title"].removesuffix("Public")
    schemas[f"{name}Part"] = whole | {
        "title": f"{title}Part",
        "description": f"The fields of `{title}` that `fields` selects.",
        "required": [field for field in ALWAYS_SHOWN if field in whole["properties"]],
    }
    return {"anyOf": [schema, {"$ref": f"{_SCHEMA}{name}Part"}]}


def _name(schema: dict[str, Any]) -> str:
    """The name of the shape that a schema refers to."""
    return str(schema["$ref"]).removeprefix(_SCHEMA)


def _describe_schemas(schemas: dict[str, Any], examples: dict[str, Any]) -> None:
    """Complete the fields of responses with the kind of each record, and remove defaults, which only inputs have."""
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
            field.pop("default", None)
            if "const" in field:
                field.setdefault("description", f"Always `{field['const']}`.")
    for kind in KINDS.values():
        fields = schemas[kind.public.__name__]["properties"]
        fields["kind"] = {"type": "string", "const": kind.name, "description": fields["kind"]["description"]}
        for name in ("id", "url"):
            fields[name].pop("examples", None)
            if kind.plural in examples:
                fields[name]["examples"] = [examples[kind.plural][name]]


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the public names of schemas: `Event` for `EventPublic`."""
    schemas = document["components"]["schemas"]
    names = {name: schema["title"].removesuffix("Public") for name, schema in schemas.items()}
    for name, schema in schemas.items():
        schema["title"] = names[name]
    text = re.sub(f'(?<="{_SCHEMA})[^"]+(?=")', lambda match: names[match[0]], orjson.dumps(document).decode())
    renamed: dict[str, Any] = orjson.loads(text)
    renamed["components"]["schemas"] = {
        names[name]: schema for name, schema in sorted(renamed["components"]["schemas"].items())
    }
    return renamed


def _examples(snapshot: Snapshot) -> dict[str, Any]:
    """An example for each collection: for a kind, the record with the most evidence."""
    examples: dict[str, Any] = {}
    for kind in KINDS.values():
        bodies = select(RECORD.c.body).where(RECORD.c.kind == kind.name)
        for row in snapshot.rows(bodies.order_by(RECORD.c.evidence_count.desc(), RECORD.c.slug).limit(1)):
            examples[kind.plural] = orjson.loads(row.body)
    examples["vocabularies"] = vocabulary(snapshot, "event_type").model_dump(mode="json")
    for name, listing, query in (
        ("evidence", QUOTES, QuotesQuery),
        ("mentions", MENTIONS, MentionsQuery),
        ("timeline", ENTRIES, TimelineQuery),
    ):
        for item in read_page(snapshot, listing, query(limit=1), RequestTarget(f"/v1/{name}")).items:
            examples[name] = orjson.loads(item)
    examples["graph"] = read_graph(snapshot, GraphQuery(limit=1))
    return examples
