"""What the fuzzer cannot know from the contract: which cursors there are, and which fields an answer has when."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import schemathesis

LONGEST_CURSOR = 1000

session = requests.Session()


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Put the cursor of the same question's second page where a case made one up; where there is none, send none.

    A made-up cursor is refused, whatever the rest of the question is, and so would hide how that is answered.
    One that cannot be a cursor (too long, empty, no string) stays, and must be refused.
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
    """Without `fields` an answer has every field of its shape; the contract cannot say why there may be fewer."""
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
    """The shape that a schema refers to."""
    shape: dict[str, Any] = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return shape
