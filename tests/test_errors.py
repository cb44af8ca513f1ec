"""Errors: all have one shape, and name a valid alternative."""

from typing import Any

import httpx
import pytest

from tests.services.api import PLURALS, example_path, get, operations, with_query
from tests.services.databases import Databases
from tests.services.problems import problem


def takes_any_text(schema: dict[str, Any]) -> bool:
    """True if a parameter accepts any text, as `q` does."""
    for kind in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if kind.get("type") == "string" and not {"pattern", "enum", "format"} & set(kind):
            return True
    return False


@pytest.fixture
def paths(api: httpx.Client) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every operation: its example path, and its part of the OpenAPI document."""
    return {path: (example_path(path, operation), operation) for path, operation in operations(api).items()}


def test_every_operation_answers_its_own_example(api: httpx.Client, paths: dict[str, tuple[str, Any]]) -> None:
    for path, _ in paths.values():
        assert api.get(path).status_code == 200, path


def test_unknown_parameters_are_refused_everywhere(api: httpx.Client, paths: dict[str, tuple[str, Any]]) -> None:
    for path, operation in paths.values():
        content = problem(api.get(with_query(path, limitt=1)), 422)
        assert content["errors"][0]["parameter"] == "limitt"
        if any(parameter["name"] == "limit" for parameter in operation.get("parameters", ())):
            assert "'limit'" in content["errors"][0]["detail"]


def test_single_values_given_twice_are_refused_everywhere(api: httpx.Client, paths: dict[str, tuple[str, Any]]) -> None:
    tried = 0
    for path, operation in paths.values():
        for parameter in operation.get("parameters", ()):
            repeats = parameter["schema"].get("type") == "array" and parameter.get("explode", True)
            if parameter["in"] == "query" and not repeats:
                content = problem(
                    api.get(
                        with_query(path).copy_add_param(parameter["name"], "1").copy_add_param(parameter["name"], "1")
                    ),
                    422,
                )
                assert content["errors"] == [
                    {"parameter": parameter["name"], "detail": "takes one value, and was given more; give it once"}
                ]
                tried += 1
    assert tried > 50


def test_bad_values_are_refused_everywhere(api: httpx.Client, paths: dict[str, tuple[str, Any]]) -> None:
    tried = 0
    for path, operation in paths.values():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and not takes_any_text(parameter["schema"]):
                content = problem(api.get(with_query(path, **{parameter["name"]: "No Such~Value"})), 422)
                assert [error["parameter"] for error in content["errors"]] == [parameter["name"]]
                tried += 1
    assert tried > 80


def test_methods_that_are_not_there_are_refused_everywhere(
    api: httpx.Client, paths: dict[str, tuple[str, Any]]
) -> None:
    for path, _ in paths.values():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = api.request(method, path)
            problem(answer, 405)
            assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_slash_at_the_end_is_another_path(api: httpx.Client, paths: dict[str, tuple[str, Any]]) -> None:
    for path, _ in paths.values():
        problem(api.get(path.split("?")[0] + "/"), 404)


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v2/actors", "/v1/actors/russia/nothing", "/V1"])
def test_unknown_paths_are_problems(api: httpx.Client, path: str) -> None:
    assert "/docs" in problem(api.get(path), 404)["detail"]


@pytest.mark.parametrize("plural", PLURALS)
def test_unknown_ids_name_the_nearest(api: httpx.Client, plural: str) -> None:
    known = api.get(f"/v1/{plural}", params={"limit": 1}).json()["items"][0]["id"]
    for path in (f"/v1/{plural}/{known}x", f"/v1/{plural}/{known}x/evidence"):
        assert f"'{known}'" in problem(api.get(path), 404)["detail"]


@pytest.mark.parametrize("identifier", ["Russia", "a--b", "a" * 81, "a_b", "%00"])
def test_ids_that_cannot_be_are_invalid(api: httpx.Client, identifier: str) -> None:
    content = problem(api.get(f"/v1/actors/{identifier}"), 422)
    assert content["errors"][0]["parameter"] == "id"


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/v1/actors?type=stat", "'state'"),
        ("/v1/actors?sort=-nam", "'-name'"),
        ("/v1/events.csv?fields=dat", "'date'"),
        ("/v1/events?topic=diplomacy", "'diplomatic'"),
        ("/v1/vocabularies/modalities", "'modality'"),
        ("/v1/sanctions?date_form=2022-01-01", "'date_from'"),
    ],
)
def test_what_is_nearly_right_is_named(api: httpx.Client, path: str, nearest: str) -> None:
    answer = api.get(path)
    assert nearest in problem(answer, answer.status_code)["detail"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "many", ""])
def test_limits_have_bounds(api: httpx.Client, limit: str) -> None:
    problem(api.get("/v1/actors", params={"limit": limit}), 422)


def test_a_cursor_of_another_question_says_to_start_again(api: httpx.Client) -> None:
    cursor = api.get("/v1/actors", params={"limit": 1}).json()["next"].split("cursor=")[1]
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for path in (
        f"/v1/events?cursor={cursor}",
        f"/v1/actors?sort=-name&cursor={cursor}",
        f"/v1/actors?type=state&cursor={cursor}",
        f"/v1/actors?cursor={flipped}",
        "/v1/actors?cursor=forged",
        f"/v1/vocabularies?cursor={cursor}",
    ):
        assert "start again" in problem(api.get(path), 422)["detail"]


def test_every_type_of_problem_has_a_page_that_explains_it(api: httpx.Client) -> None:
    for path in ("/v1/nothing", "/v1/actors?x=1"):
        page = api.get(api.get(path).json()["type"])
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
    problem(api.get("/problems/no-such"), 404)


def test_a_failure_shows_no_internals(database: Any, tmp_path: Any) -> None:
    from sqlalchemy import text

    from app.database.transactions import writing
    from tests.services.serving import serving

    engine = database("empty")
    with writing(engine) as connection:
        connection.execute(text("UPDATE dataset SET updated_at = 'not a date'"))
    with serving(str(engine.url)) as url:
        content = problem(get(f"{url}/v1"), 500)
    assert "not a date" not in str(content)
    assert "X-Request-ID" in content["detail"]


@pytest.mark.faults
def test_a_database_that_is_not_there_is_a_503_that_says_so(databases: Databases) -> None:
    from tests.services.serving import serving

    with serving(databases.new("nothing")) as url:
        assert problem(get(f"{url}/v1/actors"), 503)["detail"].startswith("The database cannot be read")
        assert problem(get(f"{url}/readyz"), 503)
        assert get(f"{url}/healthz").status_code == 200
