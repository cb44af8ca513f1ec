"""Operations of bounded cost run in the event loop; all others read in a thread."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from app.main import create_app
from app.model.kinds import KINDS
from app.settings import Settings
from tests.services.api import example_path, operations, with_query

INDEXED = "an index finds the record"
PAGE = "without filters, an index gives the page in order, and the total is counted up to a maximum, once per revision"
IN_LOOP = {
    **{f"get_{kind.name}": INDEXED for kind in KINDS.values()},
    **{f"list_{kind.plural}": PAGE for kind in KINDS.values()},
    "suggest": "an index finds the names",
}
"""The operations that may read in the event loop, with the reason."""
WITHOUT_DATABASE = {"get_health", "get_metrics"}
UNFILTERED = {"limit": "3", "evidence": "none", "sort": "-id"}
"""The parameters that keep a list of records in the event loop."""


class Reads:
    """A service that tells whether it read in the event loop."""

    def __init__(self, url: str) -> None:
        app = create_app(Settings(database_url=url, cache_mb=0, log_level="error"))
        self.quick: list[bool] = []
        app.state.store.observe = lambda quick, _seconds: self.quick.append(quick)
        self.engine = app.state.store.engine
        self.transport = httpx.ASGITransport(app)

    def of(self, path: str | httpx.URL) -> tuple[int, list[bool]]:
        """The status of the response, and for each read whether it was in the event loop."""

        async def get() -> int:
            async with httpx.AsyncClient(transport=self.transport, base_url="http://dossier.example") as client:
                return (await client.get(path)).status_code

        self.quick.clear()
        return asyncio.run(get()), list(self.quick)


@pytest.fixture
def reads(seeded_database: str) -> Iterator[Reads]:
    reads = Reads(seeded_database)
    yield reads
    reads.engine.dispose()


@pytest.fixture(scope="module")
def seeded_database(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("databases").seeded
    return url


@pytest.mark.sqlite
def test_only_operations_of_bounded_cost_run_in_the_event_loop(reads: Reads, api: httpx.Client) -> None:
    seen = {}
    for path, operation in operations(api).items():
        status, quick = reads.of(example_path(path, operation))
        assert status == 200, path
        assert len(quick) == (operation["operationId"] not in WITHOUT_DATABASE), path
        seen[operation["operationId"]] = any(quick)
    assert {name for name, quick in seen.items() if quick} == set(IN_LOOP)


@pytest.mark.sqlite
@pytest.mark.parametrize("plural", [kind.plural for kind in KINDS.values()])
def test_a_list_with_a_filter_or_a_facet_runs_in_a_thread(reads: Reads, api: httpx.Client, plural: str) -> None:
    path = f"/v1/{plural}"
    for parameter in operations(api)[path]["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        if name in UNFILTERED:
            assert reads.of(with_query(path, **{name: UNFILTERED[name]})) == (200, [True]), name
        elif name != "cursor":
            schema = schema.get("items", schema)
            if "$ref" in schema:
                schema = api.get("/openapi.json").json()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            choices = [
                *schema.get("enum", ())[:1],
                "1",
                "true",
                "2014-01-01",
                "KP",
                "en",
                "actor/russia",
                "wikidata:Q159",
                "russia",
            ]
            answers = [reads.of(with_query(path, **{name: choice})) for choice in choices]
            assert (200, [False]) in answers, name
            assert (200, [True]) not in answers, name
    assert reads.of(with_query(path, sort="name,-id")) == (200, [False])
    assert reads.of(f"{path}.csv") == (200, [False])
    page = api.get(with_query(path, limit=1)).json()
    if page["next"]:
        assert reads.of(page["next"]) == (200, [True])
