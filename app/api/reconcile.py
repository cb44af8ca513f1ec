"""The Reconciliation Service API 0.2 of the W3C community group, for OpenRefine.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from typing import Annotated, Any, Literal, Self, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from app.formats import reconciliation
from app.formats.reconciliation import MAX_QUERIES, TYPES, kind_of, properties_of
from app.http.conditional import entity_tag
from app.http.responses import JSON, answer
from app.http.routing import FormDep, PublicUrlDep, SnapshotDep, api_router
from app.model.folding import fold
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.problems import MAX_MISTAKES, ContentTooLarge, Invalid, ProblemError, invalid
from app.query.completion import complete
from app.query.reconciliation import PROPERTIES, Sought, entity_id, reconcile, records_by_id
from app.query.snapshot import Snapshot
from app.suggest import explain, hint

router = api_router("reconcile")

_MAX_IDS = 200
_MAX_TEXT = 200
"""Of longer names and values, the beginning is compared."""
T = TypeVar("T")


def _texts(value: Any) -> list[str]:
    """The values of a property as texts. Raises PydanticCustomError if one has another type."""
    texts: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        match each:
            case str() | bool() | int() | float():
                texts.append(str(each))
            case {"id": str(id)}:
                texts.append(name if isinstance(name := each.get("name"), str) else id)
            case _:
                raise PydanticCustomError("value", "must be text, a number, true or false, or an object with an id")
    return texts


class PropertyValue(BaseModel):
    """A property that the record should have, with its possible values."""

    pid: Literal[*PROPERTIES]  # type: ignore[valid-type]
    v: Annotated[list[str], BeforeValidator(_texts), Field(max_length=20)]


class ReconciliationQuery(BaseModel):
    """A query of a batch."""

    model_config = ConfigDict(extra="forbid")

    query: str = ""
    type: Annotated[
        list[Literal[*TYPES]],  # type: ignore[valid-type]
        BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
        Field(max_length=len(TYPES)),
    ] = []
    limit: int = Field(default=5, ge=1)
    properties: list[PropertyValue] = Field(default=[], max_length=len(PROPERTIES))
    type_strict: Literal["any", "all", "should"] = "should"

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if "query" not in self.model_fields_set and not self.properties:
            raise PydanticCustomError("nothing", "needs `query` or `properties`")
        return self

    def sought(self) -> Sought:
        """The query in terms of records. A record must have one of its types, whatever `type_strict` says.

        Only actors have the properties, so a query with properties and without types is for an actor.
        """
        return Sought(
            self.query[:_MAX_TEXT],
            {kind_of(each) for each in self.type or ([KindName.ACTOR] if self.properties else TYPES)},
            {each for each in self.type if each not in KINDS},
            {each.pid: [value[:_MAX_TEXT] for value in each.v] for each in self.properties},
        )


class ExtensionProperty(BaseModel):
    """A property to fetch. It has no settings."""

    id: str


class ExtensionQuery(BaseModel):
    """A request for the properties of some entities."""

    ids: list[str] = Field(max_length=_MAX_IDS)
    properties: list[ExtensionProperty] = Field(max_length=50)


@router.api_route("", methods=["GET", "POST"], include_in_schema=False)
def reconciliation_service(
    form: FormDep, snapshot: SnapshotDep, request: Request, public_url: PublicUrlDep
) -> Response:
    """The manifest, or the answers to a batch of queries or to a request for properties."""
    if "queries" in form:
        queries = _parsed(form, "queries", dict[str, ReconciliationQuery])
        return _answer(request, snapshot, {key: _result(snapshot, query) for key, query in queries.items()})
    if "extend" in form:
        return _answer(request, snapshot, _extension(snapshot, _parsed(form, "extend", ExtensionQuery)))
    if form or request.method == "POST":
        name = next(iter(form), "queries")
        raise invalid(name, f"there is no such field here{hint(name, ('queries', 'extend'))}" if form else "is missing")
    if public_url:
        return answer(
            snapshot, orjson.dumps(reconciliation.manifest(public_url)), ETag=entity_tag(snapshot, public_url)
        )
    # Clients need absolute URLs. The address of this connection is of use on this machine only, so nobody may store it.
    host, port = request.scope.get("server") or ("localhost", 80)
    content = reconciliation.manifest(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
    return Response(orjson.dumps(content), headers={"Cache-Control": "no-store"}, media_type=JSON)


@router.get("/suggest/entity", include_in_schema=False)
def suggest_entities(form: FormDep, snapshot: SnapshotDep, request: Request) -> Response:
    """Records whose names begin with a prefix, as `/v1/suggest` finds them, or the record with this id."""
    prefix = form.get("prefix", "")[:_MAX_TEXT]
    ids = [*map(entity_id, records_by_id(snapshot, [prefix]).values()), *map(entity_id, complete(snapshot, prefix))]
    types = [type_ for type_ in form.get("type", "").split(",") if type_ in TYPES]
    wanted = Sought(prefix, {kind_of(each) for each in types or TYPES}, {each for each in types if each not in KINDS})
    found = [reconciliation.suggestion(each) for each in records_by_id(snapshot, ids).values() if wanted.takes(each)]
    return _answer(request, snapshot, {"result": found[_number(form, "cursor", 0) :]})


@router.get("/suggest/type", include_in_schema=False)
def suggest_types(form: FormDep, snapshot: SnapshotDep, request: Request) -> Response:
    """Types with a word that begins with a prefix."""
    return _answer(request, snapshot, _completed(form, TYPES))


@router.get("/suggest/property", include_in_schema=False)
def suggest_properties(form: FormDep, snapshot: SnapshotDep, request: Request) -> Response:
    """Properties of queries with a word that begins with a prefix."""
    return _answer(
        request, snapshot, _completed(form, {name: properties_of(KindName.ACTOR)[name] for name in PROPERTIES})
    )


@router.get("/properties", include_in_schema=False)
def propose_properties(form: FormDep, snapshot: SnapshotDep, request: Request) -> Response:
    """The properties that can be fetched for the records of a type; without one, for actors."""
    type_ = form.get("type", KindName.ACTOR)
    found = list(properties_of(kind_of(type_)).values()) if type_ in TYPES else []
    limit = _number(form, "limit", len(found))
    return _answer(request, snapshot, {"type": type_, "limit": limit, "properties": found[:limit]})


def _result(snapshot: Snapshot, query: ReconciliationQuery) -> dict[str, Any]:
    return {"result": [reconciliation.candidate(each) for each in reconcile(snapshot, query.sought(), query.limit)]}


def _extension(snapshot: Snapshot, query: ExtensionQuery) -> dict[str, Any]:
    known = {name: described for kind in KINDS for name, described in properties_of(kind).items()}
    for each in query.properties:
        if each.id not in known:
            raise invalid("extend", f"there is no property '{each.id[:40]}'{hint(each.id[:40], known)}")
    records = records_by_id(snapshot, query.ids)
    names = [each.id for each in query.properties]
    return {
        "meta": [{"id": name, "name": known[name]["name"]} for name in names],
        "rows": {
            each: {name: reconciliation.values(records.get(each, {}), name) for name in names} for each in query.ids
        },
    }


def _completed(form: dict[str, str], choices: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The choices with a word that begins with the prefix of a form, or with its id."""
    prefix = fold(form.get("prefix", ""))
    found = [
        choice
        for choice in choices.values()
        if any(word.startswith(prefix) for word in (choice["id"], fold(choice["name"]), *fold(choice["name"]).split()))
    ]
    return {"result": found[_number(form, "cursor", 0) :]}


def _number(form: dict[str, str], name: str, default: int) -> int:
    value = form.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else default


def _parsed(form: dict[str, str], name: str, type_: type[T]) -> T:
    """The JSON in a field. Raises ContentTooLarge for too many queries, and Invalid for what the type does not take."""
    try:
        content = orjson.loads(form[name])
    except orjson.JSONDecodeError as error:
        raise invalid(name, f"must be JSON: {error}") from None
    if name == "queries" and isinstance(content, dict) and len(content) > MAX_QUERIES:
        raise ContentTooLarge(
            f"The batch has {len(content):,} queries; at most {MAX_QUERIES} are possible. Send fewer at a time."
        )
    try:
        return TypeAdapter(type_).validate_python(content)
    except ValidationError as error:
        mistakes = [
            ProblemError(
                parameter=name, pointer="".join(f"/{step}" for step in each["loc"]), detail=explain(each, type_)
            )
            for each in error.errors()[:MAX_MISTAKES]
        ]
        detail = "; ".join(f"{name}{each.pointer}: {each.detail}" for each in mistakes)
        raise Invalid(detail, mistakes) from None


def _answer(request: Request, snapshot: Snapshot, content: dict[str, Any]) -> Response:
    body = orjson.dumps(content)
    if request.method == "POST":
        return Response(body, headers={"Cache-Control": "no-store"}, media_type=JSON)
    return answer(snapshot, body)
