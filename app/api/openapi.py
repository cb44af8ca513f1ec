"""The OpenAPI document: FastAPI's own, completed from the data it describes."""

import re
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from sqlalchemy import select

from app import __version__
from app.api.graph import GraphQuery, read_graph
from app.api.timeline import ENTRIES, TimelineQuery
from app.api.vocabularies import vocabulary
from app.http.responses import ALWAYS_SHOWN
from app.model.kinds import KINDS
from app.model.tables import RECORD
from app.problems import EXAMPLES, MEDIA_TYPE, Problem, ProblemDetails
from app.query.listing import RequestTarget, read_page
from app.query.parameters import COMMA_SEPARATED, VOCABULARY
from app.query.snapshot import Snapshot

DESCRIPTION = """
The structured analysis of geopolitical commentary. Every record (actor, event, sanction, statement, relationship,
figure, assessment) carries the exact quotes that support it, and `text[start:end] == exact` holds for each, always.

* Offsets count **Unicode code points**, from 0, end-exclusive. JavaScript strings count UTF-16 units:
  use `Array.from(text)`.
* Lists answer `{items, total, next}`: follow `next` as it is given until it is null.
* A repeated parameter means *or*; different parameters mean *and*.
* Errors are RFC 9457 problem details, and say what would be right.
* `ETag` with `If-None-Match` makes asking again cheap.
"""

TAGS = [
    {"name": "dataset", "description": "What the service holds, and in which revision."},
    {"name": "actors", "description": "States, people, bodies, parties, outlets, companies and groups."},
    {"name": "events", "description": "What happened, keeps happening, is planned or is only imagined."},
    {
        "name": "sanctions",
        "description": "Legal restrictions: who imposed them, what they forbid, how they are kept.",
    },
    {"name": "statements", "description": "What somebody said or wrote, in their words or in a report."},
    {"name": "relationships", "description": "Lasting ties between two actors."},
    {"name": "figures", "description": "Quantities that the texts give, and how exact they are."},
    {"name": "assessments", "description": "What the authors conclude, expect, explain or ask."},
    {"name": "documents", "description": "The texts themselves, in passages and sentences."},
    {"name": "search", "description": "All kinds at once, by words, ranked."},
    {"name": "timeline", "description": "What has a date, in one order of time, or counted by year or month."},
    {"name": "graph", "description": "Actors as nodes, and what joins them as edges; also for Gephi and networkx."},
    {"name": "vocabularies", "description": "The terms that fields can have, with their definitions."},
    {"name": "changes", "description": "What happened to records since a revision: what keeps a mirror in step."},
    {"name": "export", "description": "The whole dataset, in other formats too."},
    {"name": "service", "description": "Whether the service is alive and ready."},
]

_REQUEST_ID = {
    "description": "Names this request in the log; yours, if you sent one.",
    "schema": {"type": "string"},
}
_ETAG = {
    "description": "Identifies this state of the answer; send it back as `If-None-Match`.",
    "schema": {"type": "string"},
}
_LINK = {
    "description": "The next page, as `next` has it, with `rel` next; absent on the last.",
    "schema": {"type": "string"},
}
_LAST = [
    "topic",
    "date_from",
    "date_to",
    "document",
    "passage",
    "id",
    "revision_from",
    "facets",
    "sort",
    "fields",
    "limit",
    "cursor",
    "format",
]
"""Parameters that many lists have: they come after those that one list has."""
_BY_DEFAULT = "Successful Response"
"""What FastAPI calls an answer that nobody described."""
_SCHEMA = "#/components/schemas/"


def describe(app: FastAPI, snapshot: Snapshot, public_url: str) -> dict[str, Any]:
    """The OpenAPI document of an app over a dataset: its terms as enums, its records as examples."""
    document = get_openapi(
        title="Dossier",
        version=__version__,
        summary="Geopolitical commentary as data, every fact tied to the words it came from.",
        description=DESCRIPTION.strip(),
        routes=app.routes,
        tags=TAGS,
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
    examples = _examples(snapshot)
    for path, item in document["paths"].items():
        for operation in item.values():
            operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
            operation.get("parameters", []).sort(key=_place)
            _parameters(operation, snapshot)
            _success(path, operation, components["schemas"], examples)
            for problem in EXAMPLES:
                if str(problem.status) in operation["responses"]:
                    name = type(problem).__name__
                    components.setdefault("responses", {})[name] = _problem(problem)
                    operation["responses"][str(problem.status)] = {"$ref": f"#/components/responses/{name}"}
            operation["responses"] = dict(sorted(operation["responses"].items()))
    _schemas(components["schemas"], examples)
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


def _place(parameter: dict[str, Any]) -> int:
    """Where a parameter stands: the path's first, then words, the list's own filters, and what many lists have."""
    if parameter["in"] == "path":
        return -2
    if parameter["name"] == "q":
        return -1
    return _LAST.index(parameter["name"]) + 1 if parameter["name"] in _LAST else 0


def _parameters(operation: dict[str, Any], snapshot: Snapshot) -> None:
    """Say of each parameter how it is written, and which terms it takes."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        options = [option for option in schema.pop("anyOf", ()) if option != {"type": "null"}]
        if options:
            # Absent is the only way to give no value.
            [option] = options
            schema |= option
        if schema.pop(COMMA_SEPARATED, False):
            parameter |= {"style": "form", "explode": False}
        vocabulary = schema.pop(VOCABULARY, None)
        if vocabulary:
            schema["items"] = {"type": "string", "enum": sorted(snapshot.terms(vocabulary))}
        for name in ("title", "description"):
            schema.pop(name, None)
        if parameter.get("required") and "examples" in schema:
            parameter["example"] = schema.pop("examples")[0]
        if not schema.get("default", True):
            del schema["default"]


def _success(path: str, operation: dict[str, Any], schemas: dict[str, Any], examples: dict[str, Any]) -> None:
    """Show what the path answers, and with which id it can be tried."""
    success = operation["responses"]["200"]
    content = success["content"].get("application/json")
    target = {parameter["name"] for parameter in operation.get("parameters", ())}
    if content:
        shape = schemas[_name(content["schema"].get("anyOf", [content["schema"]])[0])]
        if success["description"] == _BY_DEFAULT:
            success["description"] = shape["description"]
        if "fields" in target and "items" in shape["properties"]:
            items = shape["properties"]["items"]
            items["items"] = _or_part(items["items"], schemas)
        elif "fields" in target:
            content["schema"] = _or_part(content["schema"], schemas)
    success["headers"] = {"X-Request-ID": _REQUEST_ID}
    if not path.startswith("/v1"):
        return
    success["headers"]["ETag"] = _ETAG
    operation["responses"]["304"] = {
        "description": "What `If-None-Match` names is still true.",
        "headers": success["headers"],
    }
    if "cursor" in target:
        success["headers"] = success["headers"] | {"Link": _LINK}
    plural, _, rest = path.removeprefix("/v1").removeprefix("/").partition("/")
    example = examples.get(plural)
    if example is None:
        return
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = example[parameter["name"]]
    if path == "/v1/graph":
        content["example"] = example
    elif not rest:
        total = {"value": 1, "relation": "eq"}
        content["example"] = {"items": [example], "total": total, "next": None, "facets": None}
    elif rest in ("{id}", "{name}"):
        content["example"] = example


def _or_part(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a shape, or of those of its fields that `fields` asks for."""
    if "anyOf" in schema:
        return schema
    name = _name(schema)
    whole = schemas[name]
    title = whole["title"].removesuffix("Public")
    schemas[f"{name}Part"] = whole | {
        "title": f"{title}Part",
        "description": f"What `fields` leaves of `{title}`.",
        "required": [field for field in ALWAYS_SHOWN if field in whole["properties"]],
    }
    return {"anyOf": [schema, {"$ref": f"{_SCHEMA}{name}Part"}]}


def _name(schema: dict[str, Any]) -> str:
    """The name of the shape that a schema refers to."""
    return str(schema["$ref"]).removeprefix(_SCHEMA)


def _schemas(schemas: dict[str, Any], examples: dict[str, Any]) -> None:
    """Say no more of a field of an answer than is true: which kind its record is of, and no default."""
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
    """The document with names of schemas that mean something outside: `Event` for `EventPublic`."""
    schemas = document["components"]["schemas"]
    names = {name: schema["title"].removesuffix("Public") for name, schema in schemas.items()}
    for name, schema in schemas.items():
        schema["title"] = names[name]
    text = re.sub(f'(?<="{_SCHEMA})[^"]+(?=")', lambda found: names[found[0]], orjson.dumps(document).decode())
    renamed: dict[str, Any] = orjson.loads(text)
    renamed["components"]["schemas"] = {
        names[name]: schema for name, schema in sorted(renamed["components"]["schemas"].items())
    }
    return renamed


def _examples(snapshot: Snapshot) -> dict[str, Any]:
    """A record of each kind that there is, by plural: the one with the most evidence; and what else is answered."""
    examples: dict[str, Any] = {}
    for kind in KINDS.values():
        query = select(RECORD.c.body).where(RECORD.c.kind == kind.name)
        row = snapshot.connection.execute(
            query.order_by(RECORD.c.evidence_count.desc(), RECORD.c.slug).limit(1)
        ).first()
        if row is not None:
            examples[kind.plural] = orjson.loads(row.body)
    examples["vocabularies"] = vocabulary(snapshot, "event_type").model_dump(mode="json")
    for entry in read_page(snapshot, ENTRIES, TimelineQuery(limit=1), RequestTarget("/v1/timeline")).items:
        examples["timeline"] = orjson.loads(entry)
    examples["graph"] = read_graph(snapshot, GraphQuery(limit=1))
    return examples
