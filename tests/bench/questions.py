"""What is asked: for each question a long list of paths that differ, and what other contenders call the same."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from urllib.parse import urlencode

from app.model.tokens import stem
from app.model.vocabularies import TOPICS, EventType
from tests.bench.client import Client
from tests.bench.databases import Database
from tests.bench.walking import positions

EVENTS = "/v1/events"
WARM = 16
"""How many paths are asked again and again; the rest are asked once."""
_MANY = 20_000
"""How many paths a list has at most: more than a round gets through."""
_LIMIT = 50
_DAYS = (date(1990, 1, 1), date(2024, 12, 31))
_PAGE = {"kind": "event", "_size": _LIMIT, "_shape": "objects", "_nosuggest": 1}
_HITS = """
    select record.kind, record.slug, record.name, record.summary, bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0) as score,
        snippet(search, -1, '<mark>', '</mark>', '…', 30) as snippet
    from search join record on record.id = search.rowid where search match :q order by score limit 50
"""


@dataclass(frozen=True)
class Question:
    """A question in many variants, in the words of each contender; the same place is the same variant."""

    name: str
    differs: str
    """What differs from one variant to the next."""
    dossier: list[str]
    tutorial: list[str]
    datasette: list[str]


NAMES = ("page", "record", "filtered", "faceted", "deep", "search", "304")


def questions(
    database: Database, client: Client, names: tuple[str, ...] = NAMES, *, pages: int = 1_000
) -> list[Question]:
    """The questions with these names, for a database and a client of Dossier that serves it.

    `pages` is how many places of a list are collected at most, which takes a request each.
    """
    with closing(sqlite3.connect(database.path)) as connection:
        asked = _Asked(database, client, connection, pages)
        makers: dict[str, Callable[[], Question]] = {
            "page": asked.page,
            "record": asked.record,
            "filtered": asked.filtered,
            "faceted": asked.faceted,
            "deep": asked.deep,
            "search": asked.search,
            "304": asked.not_modified,
        }
        return [makers[name]() for name in names]


class _Asked:
    """Makes questions; all of them are the same for the same database."""

    def __init__(self, database: Database, client: Client, connection: sqlite3.Connection, pages: int) -> None:
        self._client = client
        self._pages = pages
        self._random = Random(database.size)
        self._table = f"/{database.path.stem}"
        rows = connection.execute("select slug, earliest, id from record where kind = 'event' order by earliest, id")
        self._events = rows.fetchall()
        self._summaries = [
            summary for (summary,) in connection.execute("select summary from record order by id limit 50000")
        ]

    def page(self) -> Question:
        """A page of events, from any place near the beginning of the list."""
        return self._positions("page", "where the page begins, in the first part of the list", 1)

    def deep(self) -> Question:
        """A page of events, from far down the list."""
        first = max(len(self._events) * 9 // 10 - self._pages, len(self._events) // 2)
        return self._positions("deep", "where the page begins, in the last part of the list", first)

    def record(self) -> Question:
        """One event."""
        events = self._random.sample(self._events, min(_MANY, len(self._events)))
        slugs = [slug for slug, _, _ in events]
        return Question(
            "record",
            "which event it is",
            [f"{EVENTS}/{slug}" for slug in slugs],
            [f"/events/{slug}" for slug in slugs],
            [f"{self._table}/record/{key}.json?_shape=objects" for _, _, key in events],
        )

    def filtered(self) -> Question:
        """A page of events of some years, of a type, a topic or both, the latest first or by name."""
        asked = list(self._filters(_MANY))
        return Question(
            "filtered",
            "the years, the type, the topic, the order",
            [f"{EVENTS}?{urlencode(filters)}" for filters in asked],
            [f"/events?{urlencode(filters)}" for filters in asked],
            [f"{self._table}/record.json?{urlencode(_to_datasette(filters))}" for filters in asked],
        )

    def faceted(self) -> Question:
        """A page of the events of some years, with how many have each type, topic and actor."""
        spans = list(self._spans(_MANY))
        between = "id in (select id from record where latest >= '{date_from}' and earliest <= '{date_to}')"
        facets = [
            ("_facet", "type"),
            ("_facet", "modality"),
            ("_size", _LIMIT),
            ("_shape", "objects"),
            ("_nosuggest", 1),
        ]
        return Question(
            "faceted",
            "the years",
            [f"{EVENTS}?{urlencode(span)}&facets=type,topic,actor" for span in spans],
            [f"/events?{urlencode(span)}&facets=type&facets=topic&facets=actor" for span in spans],
            [f"{self._table}/event.json?{urlencode([*facets, ('_where', between.format(**span))])}" for span in spans],
        )

    def search(self) -> Question:
        """What has two words that stand together in some record."""
        pairs = list(self._pairs(_MANY))
        words = [urlencode({"q": " ".join(pair)}) for pair in pairs]
        stems = [" AND ".join(map(stem, pair)) for pair in pairs]
        return Question(
            "search",
            "the two words",
            [f"/v1/search?{query}" for query in words],
            [f"/search?{query}" for query in words],
            [f"{self._table}.json?{urlencode({'sql': _HITS, 'q': query, '_shape': 'objects'})}" for query in stems],
        )

    def not_modified(self) -> Question:
        """A page that the client has already."""
        cursors = positions(self._client, EVENTS, 1, WARM)
        return Question("304", "nothing", [f"{EVENTS}?cursor={cursor}" for cursor in cursors], [], [])

    def _positions(self, name: str, differs: str, first: int) -> Question:
        cursors = positions(self._client, EVENTS, first, self._pages)
        dated = [(earliest, key) for _, earliest, key in self._events if earliest]
        places = [dated[min(first + at, len(dated)) - 1] for at in range(len(cursors))]
        return Question(
            name,
            differs,
            [f"{EVENTS}?limit={_LIMIT}&cursor={cursor}" for cursor in cursors],
            [f"/events?limit={_LIMIT}&offset={first + at}" for at in range(len(cursors))],
            [
                f"{self._table}/record.json?{urlencode(_PAGE | {'_sort': 'earliest', '_next': f'{earliest},{key}'})}"
                for earliest, key in places
            ],
        )

    def _spans(self, count: int) -> Iterator[dict[str, str]]:
        """Spans of some years, no two alike."""
        seen: set[tuple[date, date]] = set()
        first, last = _DAYS
        while len(seen) < count:
            start = first + timedelta(days=self._random.randrange((last - first).days))
            end = start + timedelta(days=self._random.randrange(365, 3650))
            if (start, end) not in seen:
                seen.add((start, end))
                yield {"date_from": start.isoformat(), "date_to": end.isoformat()}

    def _filters(self, count: int) -> Iterator[dict[str, str]]:
        topics = [topic.term for topic in TOPICS[:12]]
        for span in self._spans(count):
            filters = dict(span)
            which = self._random.randrange(3)
            if which != 1:
                filters["type"] = self._random.choice(list(EventType)).value
            if which != 0:
                filters["topic"] = self._random.choice(topics)
            yield filters | {"sort": self._random.choice(["-date", "name"])}

    def _pairs(self, count: int) -> Iterator[tuple[str, str]]:
        """Pairs of words, each from the summary of some record, no two alike."""
        seen: set[tuple[str, str]] = set()
        for _ in range(count * 4):
            words = {word for word in self._random.choice(self._summaries).split() if word.isalpha() and len(word) > 4}
            if len(words) > 1:
                first, second = self._random.sample(sorted(words), 2)
                if (first, second) not in seen:
                    seen.add((first, second))
                    yield first.lower(), second.lower()
            if len(seen) == count:
                return


def _to_datasette(filters: dict[str, str]) -> list[tuple[str, object]]:
    """Filters as Datasette has them: on the columns of `record`, and by subqueries for what lies in other tables."""
    asked: list[tuple[str, object]] = [*_PAGE.items()]
    asked += [("latest__gte", filters["date_from"]), ("earliest__lte", filters["date_to"])]
    if "type" in filters:
        asked.append(("_where", f"id in (select id from event where type = '{filters['type']}')"))
    if "topic" in filters:
        asked.append(("_where", f"id in (select record_id from record_topic where topic = '{filters['topic']}')"))
    asked.append(("_sort_desc", "earliest") if filters["sort"] == "-date" else ("_sort", "sort_name"))
    return asked
