"""Costs that stay bounded: a page of a long document's coverage, and the cache of prepared statements."""

from collections.abc import Callable
from contextlib import closing
from itertools import cycle, permutations
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, update

from app.api.events import EventsQuery
from app.api.parameters import records_query
from app.api.records import records_of
from app.database.transactions import reading, writing
from app.model.event import EVENT_KIND
from app.model.tables import DOCUMENT, EVIDENCE, RECORD, SENTENCE
from app.query.listing import RequestTarget, read_page
from app.query.snapshot import Snapshot
from tests.services.api import get
from tests.services.serving import serving
from tests.test_event_loop import Reads

LINES = 20_000
LINE = "This line is quoted. "
STEPS = 100_000
"""Steps of SQLite's virtual machine between two calls of the counter."""


@pytest.fixture
def long_document(database: Callable[[Any], Engine]) -> tuple[Engine, str]:
    """The seed's document with many more sentences, each quoted by a record; and its id."""
    engine = database("seeded")
    with writing(engine) as connection:
        slug = connection.execute(select(RECORD.c.slug).where(RECORD.c.kind == "document")).scalar_one()
        document, text = connection.execute(select(DOCUMENT.c.id, DOCUMENT.c.text)).one()
        records = cycle(connection.execute(select(RECORD.c.id).where(RECORD.c.kind == "event")).scalars())
        connection.execute(update(DOCUMENT).values(text=text + LINE * LINES))
        spans = [(len(text) + at * len(LINE), len(text) + at * len(LINE) + len(LINE) - 1) for at in range(LINES)]
        common = {"document_id": document, "passage": 2}
        connection.execute(insert(SENTENCE), [{"start": start, "end": end} | common for start, end in spans])
        quote = {"exact": LINE.strip(), "prefix": "", "suffix": "", "supports": []} | common
        quotes = [
            {"id": f"long-{start}", "record_id": next(records), "start": start, "end": end} | quote
            for start, end in spans
        ]
        connection.execute(insert(EVIDENCE), quotes)
    return engine, slug


@pytest.mark.sqlite
def test_a_page_of_coverage_costs_the_same_in_a_long_document(long_document: tuple[Engine, str]) -> None:
    engine, slug = long_document
    url = engine.url.render_as_string(hide_password=False)
    steps: dict[str, int] = {}
    for parameters in ("limit=200", "limit=200&sort=-start", "limit=200&cited=false", "limit=200&passage=2"):
        counted = [0]

        def count(counted: list[int] = counted) -> int:
            counted[0] += 1
            return 0

        reads = Reads(url)
        event.listen(reads.engine, "connect", lambda driver, _, count=count: driver.set_progress_handler(count, STEPS))
        status, quick = reads.of(f"/v1/documents/{slug}/coverage?{parameters}")
        reads.engine.dispose()
        assert (status, quick) == (200, [False])
        steps[parameters] = counted[0] * STEPS
    # The number of cited sentences in the whole document is linear in its length; it was quadratic: billions of steps.
    assert max(steps.values()) < 400 * LINES, steps


@pytest.mark.sqlite
def test_a_page_of_passages_costs_the_same_in_a_long_document(long_document: tuple[Engine, str]) -> None:
    engine, slug = long_document
    with serving(engine.url.render_as_string(hide_password=False)) as url:
        page = get(f"{url}/v1/documents/{slug}/passages?limit=1&type=heading").json()
        assert len(page["items"]) == 1
        assert len(page["items"][0]["sentences"]) < 10
    with closing(engine.raw_connection()) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT passage, count(*) FROM evidence WHERE document_id = 1 AND start BETWEEN 1 AND 2 "
            "GROUP BY passage"
        ).fetchall()
    assert any("document_id=? AND start>? AND start<?" in row[-1] for row in plan), plan


def test_statements_are_kept_for_single_sort_keys_only(database: Callable[[Any], Engine]) -> None:
    listing = records_of(EVENT_KIND)
    keys = [key.name for key in listing.keys]
    query = records_query(EventsQuery, listing)
    engine = database("seeded")
    with reading(engine) as connection:
        snapshot = Snapshot(connection)
        for length in (1, 2, 3):
            for names in permutations(keys, length):
                for signs in ("", "-" * length):
                    sort = [f"{sign}{name}" for sign, name in zip(signs or [""] * length, names, strict=True)]
                    target = RequestTarget("/v1/events", (("sort", ",".join(sort)),))
                    params = query.model_validate({"sort": sort, "limit": 1})
                    page = read_page(snapshot, listing, params, target)
                    assert page.next is not None
                    cursor = page.next.rpartition("cursor=")[2]
                    read_page(snapshot, listing, params.model_copy(update={"cursor": cursor}), target)
    assert {len(sort) for sort, _ in listing.prepared} == {1}
    assert len(listing.prepared) <= 4 * len(keys)
