"""The OpenAPI document: FastAPI's own, completed from the data it describes."""

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from sqlalchemy import select

from app import __version__
from app.model.kinds import KINDS
from app.model.layout import table_of
from app.model.record import Record
from app.model.terms import OPEN_TERMS
from app.problems import MEDIA_TYPE, ProblemDetails
from app.query.question import COMMA_SEPARATED, VOCABULARY
from app.query.reader import Reader

RECORD = table_of(Record)

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
    {"name": "vocabularies", "description": "The terms that fields can have, with their definitions."},
    {"name": "service", "description": "Whether the service is alive and ready."},
]

_HEADERS = {
    "ETag": {
        "description": "Identifies this state of the answer; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "X-Request-ID": {
        "description": "Names this request in the log; yours, if you sent one.",
        "schema": {"type": "string"},
    },
}


def describe(app: FastAPI, reader: Reader, public_url: str) -> dict[str, Any]:
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
    schemas = document["components"]["schemas"]
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"ProblemDetails": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    examples = _examples(reader)
    for path, item in document["paths"].items():
        for operation in item.values():
            _parameters(operation, reader)
            _problems(operation, path)
            _success(path, operation, examples)
    return document


def _parameters(operation: dict[str, Any], reader: Reader) -> None:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if schema.pop(COMMA_SEPARATED, False):
            parameter |= {"style": "form", "explode": False}
        vocabulary = schema.pop(VOCABULARY, None)
        if vocabulary:
            term = table_of(OPEN_TERMS[vocabulary]).c.term
            schema["items"] = {
                "type": "string",
                "enum": [row.term for row in reader.rows(select(term).order_by(term))],
            }
        schema.pop("title", None)


def _problems(operation: dict[str, Any], path: str) -> None:
    for response in operation["responses"].values():
        content = response.get("content", {}).get(MEDIA_TYPE)
        if content is not None:
            response["headers"] = {"X-Request-ID": _HEADERS["X-Request-ID"]}


def _success(path: str, operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Show what the path answers, and with which id it can be tried."""
    success = operation["responses"].get("200")
    if success is None:
        return
    success["headers"] = _HEADERS if path.startswith("/v1") else {"X-Request-ID": _HEADERS["X-Request-ID"]}
    plural = path.split("/")[2] if path.startswith("/v1/") else ""
    body = examples.get(plural)
    if body is None:
        return
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = body["id"]
    content = success.get("content", {}).get("application/json")
    if content is None:
        return
    if path == f"/v1/{plural}":
        content["example"] = {"items": [body], "total": {"value": 1, "relation": "eq"}, "next": None}
    elif path == f"/v1/{plural}/{{id}}":
        content["example"] = body


def _examples(reader: Reader) -> dict[str, Any]:
    """A record of each kind that there is, by plural: the one with the most evidence."""
    examples = {}
    for kind in KINDS.values():
        query = select(RECORD.c.body).where(RECORD.c.kind == kind.name)
        row = reader.connection.execute(query.order_by(RECORD.c.evidence_count.desc(), RECORD.c.slug).limit(1)).first()
        if row is not None:
            examples[kind.plural] = orjson.loads(row.body)
    examples["vocabularies"] = {"id": "event_type"}
    return examples
