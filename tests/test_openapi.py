"""The OpenAPI document: titles, examples that work, errors documented once."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.model.kinds import KINDS
from tests.paths import COMMENTARY
from tests.services.api import client_of, example_path, operations, with_query
from tests.services.databases import Databases
from tests.services.problems import problem
from tests.services.serving import serving

UNTRIED = {"cursor", "since"}
NONE_IN_THE_SEED = {
    ("sanctions", "trigger"),
    ("figures", "source"),
    ("assessments", "contrasts_with"),
    ("documents", "author"),
    ("documents", "actor"),  # documents have no `actors`
    ("documents", "with_actor"),
    ("documents/{id}/references", "kind"),  # no record refers to its document except in `document`
    ("documents/{id}/references", "limit"),
}
"""Filters that no record of the seed meets."""
Json = dict[str, Any]


@pytest.fixture(scope="module")
def contract(seeded_url: str) -> Json:
    with client_of(seeded_url) as client:
        document: Json = client.get("/openapi.json").json()
        return document


def number_of_items(answer: httpx.Response) -> int:
    """The number of items, rows, nodes, terms or lines in a response."""
    media_type = answer.headers["content-type"].partition(";")[0]
    if media_type == "text/csv":
        return len(list(csv.DictReader(io.StringIO(answer.text))))
    if media_type in ("application/json", "application/ld+json"):
        content = answer.json()
        lists = (content[name] for name in ("items", "edges", "terms") if name in content)
        return len(next(lists, content))
    return len(answer.text.splitlines())


def examples(operation: Json) -> Iterator[tuple[str, list[Any]]]:
    """The examples of each query parameter."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            found = parameter["schema"].get("examples", [])
            yield parameter["name"], [parameter["example"]] if "example" in parameter else found


def test_every_example_of_every_parameter_finds_something(api: httpx.Client) -> None:
    tried, without = 0, set()
    for path, operation in operations(api).items():
        for name, values in examples(operation):
            if not values:
                without.add((path.removeprefix("/v1/").removesuffix(".csv"), name))
            for value in values:
                sent = ",".join(map(str, value)) if isinstance(value, list) else value
                sent = str(sent).lower() if isinstance(sent, bool) else sent
                answer = api.get(with_query(example_path(path, operation), **{name: sent}))
                assert answer.status_code == 200, (path, name, value, answer.text)
                assert number_of_items(answer) > 0, (path, name, value)
                tried += 1
    assert {pair for pair in without if pair[1] not in UNTRIED} == NONE_IN_THE_SEED
    assert tried > 400


def test_examples_of_path_parameters_work(api: httpx.Client) -> None:
    for path, operation in operations(api).items():
        answer = api.get(example_path(path, operation))
        assert answer.status_code == 200, path
        assert path == "/v1/documents/{id}/references" or number_of_items(answer), path


def test_an_untouched_request_sends_no_optional_parameter(contract: Json) -> None:
    """Swagger UI fills a field in with `example` and `examples` of a parameter, but not with those of its schema."""
    for path, item in contract["paths"].items():
        for parameter in item["get"].get("parameters", ()):
            assert ("example" in parameter) == bool(parameter.get("required")), (path, parameter["name"])
            assert "examples" not in parameter


def test_examples_are_from_the_dataset(databases: Databases) -> None:
    with serving(databases.loaded("seeded", COMMENTARY)) as url, client_of(url) as client:
        for path, operation in operations(client).items():
            for name, values in examples(operation):
                for value in values:
                    sent = ",".join(map(str, value)) if isinstance(value, list) else str(value).removeprefix("T")
                    sent = {"rue": "true", "False": "false"}.get(sent, sent)
                    answer = client.get(with_query(example_path(path, operation), **{name: sent}))
                    assert answer.status_code == 200, (path, name, value, answer.text)


def test_an_empty_dataset_is_described_too(databases: Databases) -> None:
    with serving(databases.new("empty")) as url, client_of(url) as client:
        assert len(operations(client)) > 60


def test_errors_are_documented_once_with_one_that_really_occurs(api: httpx.Client, contract: Json) -> None:
    for path, item in contract["paths"].items():
        documented = item["get"]["responses"]
        beside = {"409"} if path == "/v1/changes" else {"301"} if "{id}" in path else set()
        assert set(documented) == {"200", "4XX", "5XX"} | beside, path
        for status in set(documented) - {"200", "301"}:
            content = documented[status]["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}
            assert {"type", "title", "status", "detail", "instance", "errors"} == set(content["example"])
        example = documented["4XX"]["content"]["application/problem+json"]["example"]
        wrong = {error["parameter"]: "1" for error in example["errors"]}
        assert problem(api.get(example["instance"], params=wrong), example["status"]) == example, path


def test_titles_are_as_a_person_writes_them(contract: Json) -> None:
    titles = {item["get"]["operationId"]: item["get"]["summary"] for item in contract["paths"].values()}
    assert len(set(titles.values())) == len(titles)
    assert titles["list_events"] == "List events"
    assert titles["get_actor_dossier"] == "Get everything on one actor"
    for name, title in titles.items():
        assert title != name.replace("_", " ").title() or name == "list_events", name
        assert title[0].isupper()
        assert not title.endswith(".")
        assert "_" not in title


def test_tags_are_in_the_order_of_what_matters(contract: Json) -> None:
    tags = [tag["name"] for tag in contract["tags"]]
    assert tags[:9] == ["dataset", *(kind.plural for kind in KINDS.values())]
    assert tags[-1] == "downloads"
    used = {tag for item in contract["paths"].values() for tag in item["get"]["tags"]}
    assert used == set(tags)


def test_own_parameters_come_first_and_common_ones_last(contract: Json) -> None:
    names = [parameter["name"] for parameter in contract["paths"]["/v1/events"]["get"]["parameters"]]
    assert names[:4] == ["type", "mode", "quad", "modality"]
    assert set(names[-5:]) == {"limit", "cursor", "evidence", "facets", "sort"}
    for path, item in contract["paths"].items():
        places = [parameter["in"] for parameter in item["get"].get("parameters", ())]
        assert places == sorted(places), path


def test_servers_are_named_only_with_a_public_url(contract: Json, databases: Databases) -> None:
    assert "servers" not in contract
    with serving(databases.seeded, "https://dossier.example") as url, client_of(url) as client:
        assert client.get("/openapi.json").json()["servers"] == [{"url": "https://dossier.example"}]


def test_no_operation_answers_a_union_or_a_part_of_a_record(contract: Json) -> None:
    assert not [name for name in contract["components"]["schemas"] if name.endswith("Part") and "Dossier" not in name]
    for path, item in contract["paths"].items():
        for content in item["get"]["responses"]["200"]["content"].values():
            assert "anyOf" not in content["schema"], path
    for kind in KINDS.values():
        shape = contract["components"]["schemas"][kind.name.capitalize()]
        assert set(shape["required"]) == set(shape["properties"])
