"""Hooks for what the OpenAPI document cannot express: valid cursors, and days that exist."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import schemathesis

LONGEST_CURSOR = 4000

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
