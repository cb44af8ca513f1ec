"""Examples for the OpenAPI document, from the dataset, so that they work when tried."""

import re
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import select

from app.api.anchors import mentions, quotes
from app.api.graph import GraphQuery, read_graph
from app.api.references import references
from app.api.timeline import ENTRIES
from app.api.vocabularies import vocabulary
from app.model.kinds import KINDS
from app.model.shape import KindName
from app.model.tables import EVIDENCE, RECORD
from app.query.facets import count_values
from app.query.filters import filters_of
from app.query.listing import Listing, read_all
from app.query.lookup import StoredRecord, find_record
from app.query.parameters import BaseQuery
from app.query.snapshot import Snapshot

Json = dict[str, Any]

_MOST = 100
"""The maximum number of records of a kind, and of edges, that examples are chosen from. It bounds their cost."""


class Examples:
    """An item of each collection, and values of the parameters of its operations. An empty dataset has few of them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.items: dict[str, Json] = {"vocabularies": vocabulary(snapshot, "event_type").model_dump(mode="json")}
        """By the name of a collection."""
        self._values: dict[str, Json] = {}
        """By the name of a collection: values of parameters, by their names."""
        self._keys: dict[str, list[int]] = {}
        """By the name of a kind's collection: the keys of its records with the most evidence."""
        for kind in KINDS.values():
            best = select(RECORD.c.id, RECORD.c.body).where(RECORD.c.kind == kind.name).limit(_MOST)
            rows = snapshot.rows(best.order_by(RECORD.c.evidence_count.desc(), RECORD.c.slug))
            records = [orjson.loads(row.body) for row in rows]
            if records:
                self.items[kind.plural] = records[0]
                self._values[kind.plural] = _values(records)
                self._keys[kind.plural] = [row.id for row in rows]
            if records and kind.name == KindName.EVENT:
                self._add_lists(next((event for event in records if _day(event) and event["topics"]), records[0]))

    def values(self, path: str, query: type[BaseQuery]) -> Json:
        """Values of the parameters of an operation. Each value, given alone, finds an item. None: no value does."""
        collection, _, rest = path.removeprefix("/v1/").partition("/")
        collection = collection.partition(".")[0]
        values = self._values.get(collection, {})
        keys = self._keys.get(collection)
        if keys and rest == "{id}/references":
            return values | self._referred(keys)
        if keys and not rest:
            records = select(RECORD.c.id).where(RECORD.c.id.in_(keys))
            facets = {name: found for name, found in filters_of(query).items() if found.pairs}
            counts = {name: count_values(self._snapshot, facet, records) for name, facet in facets.items()}
            return values | {name: count[0]["value"] for name, count in counts.items() if count}
        return values

    def _referred(self, keys: Iterable[int]) -> Json:
        """The id of the first of some records that others refer to, and the kind of one that does; else no examples."""
        for key in keys:
            for found in self._first(references(key)):
                [record] = self._snapshot.rows(select(RECORD.c.slug).where(RECORD.c.id == key))
                return {"id": record.slug, "kind": found["record"]["kind"]}
        return dict.fromkeys(("kind", "limit"))

    def _add_lists(self, event: Json) -> None:
        """Add the collections that have records of several kinds, with values from an event."""
        values = _values([event])
        self._values |= dict.fromkeys(("search", "suggest", "timeline", "export", "changes"), values)
        for entry in self._first(ENTRIES):
            self.items["timeline"] = entry
        for quote in self._first(quotes(EVIDENCE.c.record_id == self._stored(event).id)):
            self.items["evidence"] = quote
            self._values["evidence"] = values | _values([quote])
        for mention in self._first(mentions()):
            self.items["mentions"] = mention
            self._values["mentions"] = _values([mention]) | {"actor": mention["actor"]["id"]}
        graph = read_graph(self._snapshot, GraphQuery(limit=_MOST))
        for edge in graph["edges"]:
            record = orjson.loads(self._stored(edge["record"]).body)
            if edge["date"] and edge["kind"] != KindName.ACTOR and record["topics"]:
                ends = edge["source"], edge["target"]
                nodes = [node for node in graph["nodes"] if node["id"] in ends]
                self.items["graph"] = {"nodes": nodes, "edges": [edge], "truncated": True, "warnings": []}
                self._values["graph"] = _values([record]) | dict(zip(("actor", "with_actor"), ends, strict=True))
                return

    def _stored(self, ref: Json) -> StoredRecord:
        return find_record(self._snapshot, KINDS[KindName(ref["kind"])], ref["id"])

    def _first(self, listing: Listing) -> list[Json]:
        """The first item of a list, if it has any."""
        return [orjson.loads(item) for item in read_all(self._snapshot, listing, BaseQuery(), 1)]


def _values(items: Iterable[Json]) -> Json:
    """Values of parameters that the items have, each from the first item with one."""
    found: Json = {}
    for item in items:
        own = {name: value for name, value in item.items() if isinstance(value, str | bool | int)}
        own["document"] = (item["document"] or item)["id"]
        if name := item.get("name"):
            word = max(re.findall(r"\w+", name) or [str(name)], key=lambda word: (word[:1].isupper(), len(word)))
            own |= {"q": word, "prefix": word[:4].lower()}
        if topics := item.get("topics"):
            own["topic"] = topics[0]
        if evidence := item.get("evidence"):
            own["passage"] = evidence[0]["passage"]
        if actors := item.get("actors"):
            own |= dict.fromkeys(("actor", "with_actor"), actors[0]["id"])
        if identifiers := item.get("identifiers"):
            own["identifier"] = "{scheme}:{value}".format_map(identifiers[0])
        if day := _day(item):
            own |= {"date_from": day[:4], "date_to": day[:4], "year": int(day[:4])}
        found = own | found
    return found


def _day(item: Json) -> str | None:
    """The first or last day of a record's date."""
    dated_by = KINDS[KindName(item["kind"])].dated_by if "kind" in item else None
    date = item[dated_by] if dated_by else None
    return date and (date["earliest"] or date["latest"])
