"""Several values of a parameter: repeated or separated by commas, they ask the same."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.services.api import example_path, items, operations, with_query
from tests.services.problems import problem


def arrays(api: httpx.Client) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each parameter with several values, with an example path of its operation."""
    for path, operation in operations(api).items():
        for parameter in operation.get("parameters", ()):
            if parameter["schema"].get("type") == "array":
                yield example_path(path, operation), parameter


def test_arrays_are_repeated_in_generated_clients(api: httpx.Client) -> None:
    found = list(arrays(api))
    assert len(found) > 200
    for _, parameter in found:
        assert (parameter.get("style", "form"), parameter.get("explode", True)) == ("form", True)
    description = api.get("/openapi.json").json()["info"]["description"]
    assert "separate them by commas" in description
    assert not [1 for _, parameter in found if "separated by commas" in parameter["description"]]


@pytest.mark.parametrize(
    ("path", "repeated"),
    [
        ("/v1/events", {"type": ["consult", "agree"], "topic": ["diplomatic", "economic"]}),
        ("/v1/events", {"actor": ["russia", "china"], "with_actor": ["north-korea", "kim-jong-un"]}),
        ("/v1/events", {"sort": ["-evidence_count", "name"], "facets": ["type", "modality"], "passage": ["2", "7"]}),
        ("/v1/actors", {"country": ["KP", "RU"], "identifier": ["wikidata:Q423", "wikidata:Q159"]}),
        ("/v1/statements", {"about": ["actor/north-korea", "actor/russia"]}),
        ("/v1/search", {"q": ["trade"], "year": ["2014", "2022"], "facets": ["kind", "topic"]}),
        ("/v1/timeline", {"kind": ["event", "figure"], "modality": ["actual", "habitual"]}),
        ("/v1/graph", {"actor": ["russia", "china"], "kind": ["event", "relationship"]}),
        ("/v1/evidence", {"kind": ["sanction", "figure"], "sort": ["-document", "start"]}),
        ("/v1/events.csv", {"fields": ["name", "date"], "sort": ["-name"], "type": ["consult", "agree"]}),
        ("/v1/export", {"kind": ["figure", "sanction"]}),
    ],
)
def test_repeated_values_and_commas_ask_the_same(api: httpx.Client, path: str, repeated: dict[str, list[str]]) -> None:
    one, other = (
        api.get(path, params=asked)
        for asked in (repeated, {name: ",".join(values) for name, values in repeated.items()})
    )
    assert one.status_code == other.status_code == 200
    assert one.content == other.content
    assert len(one.content) > 500
    mixed = httpx.QueryParams(
        [(name, part) for name, values in repeated.items() for part in (*values[:1], ",".join(values[1:])) if part]
    )
    assert api.get(path, params=mixed).content == one.content


def test_a_cursor_is_valid_for_the_url_that_it_comes_from(api: httpx.Client) -> None:
    asked = {"type": ["consult", "agree"], "sort": ["-date", "name"]}
    commas = {name: ",".join(values) for name, values in asked.items()}
    wanted = items(api, str(httpx.URL("/v1/events").copy_merge_params(asked)), limit=50)
    assert len(wanted) > 5
    for question in (asked, commas):
        assert items(api, str(httpx.URL("/v1/events").copy_merge_params(question)), limit=2) == wanted


def test_an_empty_part_is_a_mistake_everywhere(api: httpx.Client) -> None:
    for path, parameter in arrays(api):
        if parameter["name"] != "series":
            [error] = problem(api.get(with_query(path, **{parameter["name"]: ","})), 422)["errors"]
            assert (error["parameter"], "is empty" in error["detail"]) == (parameter["name"], True)
    for value in ("consult,", ",consult", "consult,,agree", ""):
        [error] = problem(api.get("/v1/events", params={"type": value}), 422)["errors"]
        assert "is empty" in error["detail"]


def test_values_are_counted_and_checked_after_they_are_split(api: httpx.Client) -> None:
    ids = [f"a-{number}" for number in range(201)]
    assert api.get("/v1/events", params={"id": ",".join(ids[:200])}).status_code == 200
    assert "200 items" in problem(api.get("/v1/events", params={"id": ",".join(ids)}), 422)["detail"]
    assert "'agrea'" in problem(api.get("/v1/events?type=consult,agrea"), 422)["detail"]
    assert "given twice" in problem(api.get("/v1/events?sort=name,-date,name"), 422)["detail"]
    assert "given twice" in problem(api.get("/v1/events?facets=type&facets=type"), 422)["detail"]


def test_free_text_is_never_split(api: httpx.Client) -> None:
    whole = items(api, "/v1/search", q="trade, sanctions")
    assert whole == items(api, "/v1/search", q="trade sanctions")
    assert "takes one value" in problem(api.get("/v1/search?q=trade&q=sanctions"), 422)["detail"]
    [document] = items(api, "/v1/documents")
    assert items(api, "/v1/documents", series=document["series"]) == [document]
    both = api.get("/v1/documents", params={"series": ["A, with a comma", document["series"]]}).json()["items"]
    assert both == [document]
    assert items(api, "/v1/documents", series=f"A,{document['series']}") == []
