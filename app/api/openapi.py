"""The OpenAPI document: FastAPI's, completed with terms and examples from the dataset."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from app import __version__
from app.api.examples import Examples
from app.api.parameters import PRESENTATION, DatedQuery
from app.api.vocabularies import find_vocabulary
from app.formats.base_path import base_path, with_base
from app.http.routing import ApiRoute
from app.http.unknown import unknown_parameter
from app.model.kinds import KINDS
from app.problems import EXAMPLES, MEDIA_TYPE, UNAVAILABLE, Moved, Problem, ProblemDetails, invalid
from app.query.filters import VOCABULARY
from app.query.lookup import find_record
from app.query.snapshot import Snapshot

DESCRIPTION = """
Who did what to whom, when, and who says so: commentary by think tanks as actors, events, sanctions, statements and the
author's judgements. Every record has the exact words that it comes from.

* Try: [meetings](/v1/events?type=consult) · [a search for “sanctions”](/v1/search?q=sanctions) ·
[what happened, in order](/v1/timeline) · [who is connected to whom](/v1/graph)
* Read on: [guides](/guide) · [Swagger UI](/docs) · [ReDoc](/redoc) · [pages for reading](/)

Several values of a parameter mean *or*: repeat it, or separate them by commas. Different parameters mean *and*. Lists
are pages: follow `next` until it is null.
"""

TAGS = {
    "dataset": "The dataset: its revision and its collections.",
    **{kind.plural: kind.description for kind in KINDS.values()},
    "mentions": "The places where the texts mention actors.",
    "evidence": "The quotes that support the records.",
    "search": "Ranked search in records of all kinds, and completion of their names.",
    "timeline": "Dated records in order, or their number by year or month.",
    "graph": "Actors as nodes, and their connections as edges.",
    "vocabularies": "The terms that fields can have, and their definitions.",
    "changes": "The changes of records since a revision, for mirrors.",
    "export": "The whole dataset, in several formats.",
    "service": "The health of the service.",
    "downloads": "Whole lists as CSV, for spreadsheets and pandas; the graph for Gephi and networkx.",
}

_ETAG = {
    "description": "The version of the response. Sent back as `If-None-Match`, it gets a 304 if nothing has changed.",
    "schema": {"type": "string"},
}
_LINK = {"description": "The next page (`rel=next`). Absent on the last page.", "schema": {"type": "string"}}
_LOCATION = {"description": "The path of the record, with its present id.", "schema": {"type": "string"}}
_UNDESCRIBED = "Successful Response"
"""FastAPI's default description of a response."""
_SCHEMA = "#/components/schemas/"
_KINDS = {kind.plural: kind for kind in KINDS.values()}
_UNTRIED = {"cursor", "since"}
"""The parameters without examples: their values come from responses."""
_UNKNOWN = object()
_PATHS = re.compile(r'(?<=\]\()(?=/)|(?<=")(?=/(?:v1|problems)\b[^"]*"(?!:))')
"""The beginnings of paths in JSON: links in descriptions, and whole texts that are no names of members."""


def describe(app: FastAPI, snapshot: Snapshot, public_url: str) -> dict[str, Any]:
    """The OpenAPI document of an app, with the dataset's terms as enums and its records as examples."""
    document = get_openapi(
        title="Dossier",
        version=__version__,
        summary="Geopolitical commentary as data, with a quote for every fact.",
        description=DESCRIPTION.strip(),
        routes=app.routes,
        tags=[{"name": name, "description": description} for name, description in TAGS.items()],
        servers=[{"url": public_url}] if public_url else None,
        license_info={"name": "MIT", "identifier": "MIT"},
        contact={"name": "Dossier"},
    )
    document["security"] = []
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    details = ProblemDetails.model_json_schema(ref_template=_SCHEMA + "{model}")
    schemas |= details.pop("$defs") | {"ProblemDetails": details}
    models = {
        context.path: context.original_route.query_model
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, ApiRoute)
    }
    examples = Examples(snapshot)
    for path, item in document["paths"].items():
        for operation in item.values():
            _describe_parameters(operation, snapshot, examples.values(path, models[path]))
            _describe_success(path, operation, schemas, examples.items)
            _describe_problems(path, operation, snapshot)
    _describe_schemas(schemas, examples.items)
    return _under(base_path(public_url), _renamed(document))


def _describe_parameters(operation: dict[str, Any], snapshot: Snapshot, values: Mapping[str, Any]) -> None:
    """Complete the parameters with their terms and with examples.

    An operation's own filters come first, then those that lists share, then the parameters that filter nothing.
    """
    parameters = operation.get("parameters", [])
    shared = DatedQuery.model_fields
    parameters.sort(key=lambda each: (each["in"] == "query", each["name"] in PRESENTATION, each["name"] in shared))
    for parameter in parameters:
        name, schema = parameter["name"], parameter["schema"]
        for option in schema.pop("anyOf", ()):  # a parameter is left out instead of null
            schema |= option if option != {"type": "null"} else {}
        if vocabulary := schema.pop(VOCABULARY, None):
            schema["items"] = {"type": "string", "enum": sorted(snapshot.terms(vocabulary))}
        for inherited in ("title", "description"):
            schema.pop(inherited, None)
        value = values.get(name, _UNKNOWN)
        if value is None:
            schema.pop("examples", None)
        elif value is not _UNKNOWN and name not in _UNTRIED:
            schema.setdefault("examples", [[value] if schema.get("type") == "array" else value])
        if parameter.get("required") and "examples" in schema:
            parameter["example"] = schema.pop("examples")[0]  # as this, Swagger UI fills it in
        if not schema.get("default", True):
            del schema["default"]


def _describe_problems(path: str, operation: dict[str, Any], snapshot: Snapshot) -> None:
    """Document the errors of an operation once, with an example that it really answers."""
    responses = operation["responses"]
    responses.pop("422", None)
    examples = {str(type(problem).status): (problem, where) for problem, where in EXAMPLES.items()}
    for status, response in responses.items():
        if status in examples:
            response["content"] = _problem(*examples[status])
    if "{id}" in path:
        responses[str(Moved.status)] = {"description": inspect.getdoc(Moved), "headers": {"Location": _LOCATION}}
    slip, where = _slip(path, operation, snapshot)
    responses["4XX"] = {
        "description": "The request has a mistake. `detail` says what is wrong, and what is valid.",
        "content": _problem(slip, where),
    }
    responses["5XX"] = {
        "description": "The service failed or is not ready. The request may be correct: try again later.",
        "content": _problem(UNAVAILABLE, where),
    }


def _problem(problem: Problem, path: str) -> dict[str, Any]:
    """The content of the response of a problem."""
    return {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMA}ProblemDetails"}, "example": problem.content(path)}}


def _slip(path: str, operation: dict[str, Any], snapshot: Snapshot) -> tuple[Problem, str]:
    """A typical mistake in a request of an operation, a misspelt id or parameter, and the requested path."""
    parameters = operation.get("parameters", ())
    examples = {each["name"]: str(each.get("example", "example")) for each in parameters if each["in"] == "path"}
    misspelt = {name: example[:-1].rstrip("-_") for name, example in examples.items() if name != "page"}
    try:
        if "id" in misspelt:
            find_record(snapshot, _KINDS[path.split("/")[2]], misspelt["id"])
        elif "name" in misspelt:
            find_vocabulary(snapshot, misspelt["name"])
        misspelt = {}
    except Problem as problem:
        return problem, path.format_map(examples | misspelt)
    except Moved:
        pass  # the misspelt id is a former one
    names = [each["name"] for each in parameters if each["in"] == "query"]
    wrong = next((name[:-1] for name in names if len(name) > 3), "q")
    return invalid(wrong, unknown_parameter(wrong, names)), path.format_map(examples)


def _describe_success(path: str, operation: dict[str, Any], schemas: dict[str, Any], items: dict[str, Any]) -> None:
    """Complete the successful response with headers and an example."""
    success = operation["responses"]["200"]
    content = success["content"].get("application/json")
    if content and success["description"] == _UNDESCRIBED:
        success["description"] = schemas[_name(content["schema"])]["description"]
    if not path.startswith("/v1"):
        return
    parameters = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
    success["headers"] = {"ETag": _ETAG} | ({"Link": _LINK} if "cursor" in parameters else {})
    collection, _, rest = path.removeprefix("/v1").removeprefix("/").partition("/")
    item = items.get(collection)
    if item is None:
        return
    for parameter in parameters.values():
        if parameter["in"] == "path":
            parameter.setdefault("example", item.get(parameter["name"]))
    if rest in ("{id}", "{name}") or path == "/v1/graph":
        content["example"] = item
    elif not rest:
        total = {"value": 1, "relation": "eq"}
        content["example"] = {"items": [item], "total": total, "next": None, "facets": None, "warnings": []}


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


def _under(base: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document with the base path in its links and examples. The paths of operations are relative to the server."""
    under: dict[str, Any] = orjson.loads(_PATHS.sub(base, with_base(orjson.dumps(document), base).decode()))
    return under


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
