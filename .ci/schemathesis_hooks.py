"""Real cursors for the fuzzer: nobody can make one up, so a made-up one would only ever find the cursor wrong."""

import os
from typing import Any

import requests
import schemathesis


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Where a case has a cursor that could be one, put there that of the same question's second page, or none."""
    cursor = case.query.get("cursor")
    if not isinstance(cursor, str) or not 0 < len(cursor) <= LONGEST:
        return
    question = {name: value for name, value in case.query.items() if name != "cursor"}
    first = case.operation.Case(
        method=case.method, path_parameters=case.path_parameters, query=question | {"limit": 1}
    )
    request = first.as_transport_kwargs(base_url=case.operation.base_url)
    answer = requests.request(**request, timeout=10)
