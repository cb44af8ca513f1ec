"""Hooks for what OpenAPI cannot express: valid cursors, days that exist, and when a response has all fields."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import schemathesis

LONGEST_CURSOR = 1000

session = requests.Session()


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Replace generated days and cursors by valid ones."""
    for name in ("date_from", "date_to"):
        if re.fullmatch("[0-9]{4}-[0-9]{2}-(29|30|31)", str(case.query.get(name))):
            case.query[name] = case.query[name][:-2] + "28"
    use_cursor(case)


def use_cursor(case: schemathesis.Case) -> None:
    """Replace a generated cursor by the cursor of the second page; remove it if there is no second page.

    The service rejects generated cursors, so they would prevent a test of the other parameters. A value that cannot
    be a cursor (too long, empty, not a string) is kept: the service must reject it.
    """
    made_up = case.query.get("cursor")
    if not isinstance(made_up, str) or not 0 < len(made_up) <= LONGEST_CURSOR:
        return
    del case.query["cursor"]
    first_page = case.operation.Case(
        method=case.method, path_parameters=case.path_parameters, query=case.query | {"limit": 1}
    )
    answer = session.request(**first_page.as_transport_kwargs(base_url=case.operation.base_url), timeout=10)
    following = answer.links.get("next")
    if following:
        [case.query["cursor"]] = parse_qs(urlsplit(following["url"]).query)["cursor"]


@schemathesis.check
def whole_unless_narrowed(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """A response has every field of its schema unless the request has `fields`; OpenAPI cannot express this rule."""
    if "fields" in case.query or response.status_code != requests.codes.ok:
        return
    contract = case.operation.schema.raw_schema
    content = contract["paths"][case.operation.path]["get"]["responses"]["200"]["content"]
    schema = content.get("application/json", {}).get("schema", {})
    if response.headers["content-type"] != ["application/json"]:
        return
    answered = [response.json()]
    if "$ref" in schema:
        schema = resolve(contract, schema)["properties"].get("items", {}).get("items", {})
        answered = answered[0].get("items", [])
    for whole in schema.get("anyOf", ())[:1]:
        fields = set(resolve(contract, whole)["properties"])
        for item in answered:
            if set(item) != fields:
                raise AssertionError(f"without `fields`, an answer lacks {sorted(fields - set(item))}")


def resolve(contract: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a `$ref` refers to."""
    shape: dict[str, Any] = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return shape
