"""The questions of the benchmark: types of request, each with many variants for every contender."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random
from urllib.parse import urlencode

from app.model.tokens import words
from app.model.vocabularies import TOPICS, EventType
from app.query.search import parse
from tests.bench.client import Client
from tests.bench.databases import Database
from tests.bench.walking import positions

EVENTS = "/v1/events"
WARM = 16
"""Number of paths requested repeatedly; the others are requested once."""
_MOST_PATHS = 20_000
"""Maximum number of paths per question; more than one round can request."""
_LIMIT = 50
_DAYS = (date(1990, 1, 1), date(2024, 12, 31))
_PAGE = {"kind": "event", "_size": _LIMIT, "_shape": "objects", "_nosuggest": 1}
_HITS = """
    select record.kind, record.slug, record.name, record.summary, bm25(search, 10.0, 6.0, 3.0, 2.0, 0.0) as score,
        snippet(search, -1, '<mark>', '</mark>', '…', 30) as snippet,
        (select count(*) from search where search match :q) as total
    from search join record on record.id = search.rowid where search match :q order by score limit 50
"""
_PARTNERS = """
    select initiator.slug, partner.slug from event_participant as first
    join event_participant as second on second.owner_id = first.owner_id and second.actor_id <> first.actor_id
    join record as initiator on initiator.id = first.actor_id join record as partner on partner.id = second.actor_id
    where first.role = 'actor' order by first.owner_id, second.ordinal limit 50000
"""


@dataclass(frozen=True)
class Question:
    """A type of request: paths of its variants for each contender, in the same order."""

    name: str
    differs: str
    """Description of the difference between variants."""
    dossier: list[str]
    tutorial: list[str]
    datasette: list[str]


PAGES = ("html_home", "html_record", "html_actor", "html_list", "html_reader")
"""The questions for pages in HTML, which only Dossier and (a) answer."""
NAMES = ("page", "record", "filtered", "faceted", "deep", "search", "worst", "304", *PAGES)
"""The questions of a run; `with_actor` and `initiator` are for Dossier alone."""


def questions(
    database: Database, client: Client, names: tuple[str, ...] = NAMES, *, pages: int = 1_000
) -> list[Question]:
    """Generate the named questions for a database, with a client of the Dossier that serves it.

    `pages` is the maximum number of cursors collected per list; each takes a request.
    """
    with closing(sqlite3.connect(database.path)) as connection:
        generator = _Generator(database, client, connection, pages)
        generators: dict[str, Callable[[], Question]] = {
            "page": generator.page,
            "record": generator.record,
            "filtered": generator.filtered,
            "faceted": generator.faceted,
            "deep": generator.deep,
            "search": generator.search,
            "worst": generator.worst,
            "304": generator.not_modified,
            "html_home": generator.html_home,
            "html_record": partial(generator.html_record, "html_record", "event"),
            "html_actor": partial(generator.html_record, "html_actor", "actor"),
            "html_list": generator.html_list,
            "html_reader": partial(generator.html_record, "html_reader", "document"),
            "with_actor": partial(generator.partners, "with_actor", "actor={}&with_actor={}"),
            "initiator": partial(generator.partners, "initiator", "initiator={}"),
        }
        return [generators[name]() for name in names]


class _Generator:
    """Generates questions, deterministically for each database."""

    def __init__(self, database: Database, client: Client, connection: sqlite3.Connection, pages: int) -> None:
        self._client = client
        self._connection = connection
        self._pages = pages
        self._random = Random(database.size)
        self._table = f"/{database.path.stem}"
        rows = connection.execute("select slug, earliest, id from record where kind = 'event' order by earliest, id")
        self._events = rows.fetchall()
        self._summaries = [
            summary for (summary,) in connection.execute("select summary from record order by id limit 50000")
        ]
        self._partners = connection.execute(_PARTNERS).fetchall()
        self._random.shuffle(self._partners)

    def page(self) -> Question:
        """A page of events near the beginning of the list."""
        return self._positions("page", "where the page begins, in the first part of the list", 1)

    def deep(self) -> Question:
        """A page of events near the end of the list."""
        first = max(len(self._events) * 9 // 10 - self._pages, len(self._events) // 2)
        return self._positions("deep", "where the page begins, in the last part of the list", first)

    def record(self) -> Question:
        """One event."""
        events = self._random.sample(self._events, min(_MOST_PATHS, len(self._events)))
        slugs = [slug for slug, _, _ in events]
        return Question(
            "record",
            "which event it is",
            [f"{EVENTS}/{slug}" for slug in slugs],
            [f"/events/{slug}" for slug in slugs],
            [f"{self._table}/record/{key}.json?_shape=objects" for _, _, key in events],
        )

    def filtered(self) -> Question:
        """A page of events filtered by years and by type, topic or both, sorted by date or name."""
        variants = list(self._filters(_MOST_PATHS))
        return Question(
            "filtered",
            "the years, the type, the topic, the order",
            [f"{EVENTS}?{urlencode(filters)}" for filters in variants],
            [f"/events?{urlencode(filters)}" for filters in variants],
            [f"{self._table}/record.json?{urlencode(_to_datasette(filters))}" for filters in variants],
        )

    def faceted(self) -> Question:
        """A page of events filtered by years, with facets for type, topic and actor."""
        spans = list(self._spans(_MOST_PATHS))
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
        """A search for two words that occur together in a record."""
        pairs = list(self._pairs(_MOST_PATHS))
        words = [urlencode({"q": " ".join(pair)}) for pair in pairs]
        return Question(
            "search",
            "the two words",
            [f"/v1/search?{query}" for query in words],
            [f"/search?{query}" for query in words],
            [self._hits(" ".join(pair)) for pair in pairs],
        )

    def worst(self) -> Question:
        """Searches that cost most: beginnings of one letter, frequent words, sixteen terms; with all facets."""
        letters = [f"{letter}*" for letter in "abcdefghijklmnoprstuvw"]
        frequent = words("the of and in to a on with by for at as from its was or")
        queries = [*letters, *frequent]
        queries += [" ".join((some * 2)[at : at + 16]) for some in (letters, frequent) for at in range(len(some))]
        self._random.shuffle(queries)
        return Question(
            "worst",
            "the words and beginnings, up to sixteen",
            [f"/v1/search?{urlencode({'q': query, 'facets': 'kind,topic,document,year'})}" for query in queries],
            [],
            [self._hits(query) for query in queries],
        )

    def _hits(self, query: str) -> str:
        """Datasette's path for the same hits, with their total and snippets."""
        match = " AND ".join(term.fts5() for term in parse(query))
        return f"{self._table}.json?{urlencode({'sql': _HITS, 'q': match, '_shape': 'objects'})}"

    def not_modified(self) -> Question:
        """A page of events that the client has cached."""
        cursors = positions(self._client, EVENTS, 1, WARM)
        return Question("304", "nothing", [f"{EVENTS}?cursor={cursor}" for cursor in cursors], [], [])

    def html_home(self) -> Question:
        """The first page."""
        return Question("html_home", "nothing", ["/"], [], [])

    def html_record(self, name: str, kind: str) -> Question:
        """The page of a record of a kind."""
        rows = self._connection.execute("select slug from record where kind = ? order by slug", [kind]).fetchall()
        slugs = self._random.sample([slug for (slug,) in rows], min(_MOST_PATHS, len(rows)))
        return Question(name, f"which {kind} it is", [f"/{kind}s/{slug}" for slug in slugs], [], [])

    def html_list(self) -> Question:
        """The page of a list of events."""
        cursors = positions(self._client, EVENTS, 1, self._pages)
        paths = [f"/events?cursor={cursor}" for cursor in cursors]
        return Question("html_list", "where it begins, in the first part of the list", paths, [], [])

    def partners(self, name: str, query: str) -> Question:
        """Events filtered by the initiator of an event, with another participant or alone, in the same order."""
        paths = [f"{EVENTS}?{query.format(*pair)}" for pair in self._partners[:_MOST_PATHS]]
        return Question(name, "the actors", paths, [], [])

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
        """Generate distinct date ranges of one to ten years."""
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
        """Generate distinct pairs of words, each pair from one record's summary."""
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
    """Convert filters to Datasette's query parameters, with subqueries for other tables than `record`."""
    parameters: list[tuple[str, object]] = [*_PAGE.items()]
    parameters += [("latest__gte", filters["date_from"]), ("earliest__lte", filters["date_to"])]
    if "type" in filters:
        parameters.append(("_where", f"id in (select id from event where type = '{filters['type']}')"))
    if "topic" in filters:
        parameters.append(("_where", f"id in (select record_id from record_topic where topic = '{filters['topic']}')"))
    parameters.append(("_sort_desc", "earliest") if filters["sort"] == "-date" else ("_sort", "sort_name"))
    return parameters
