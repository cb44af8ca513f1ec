"""Oracle of the graph: draws edges from all records, without any code of the service."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import networkx

from tests.oracles.plain import Record, Records

Edge = dict[str, Any]
DRAWING = ("relationships", "events", "statements", "sanctions", "actors")
MUTUAL = {"consult", "agree", "cooperate"}


def drawn(record: Record) -> Iterator[Edge]:
    """The distinct edges of a record."""
    found: dict[str, Edge] = {}
    for source, target, sort, directed, date, part in DRAW[record["kind"]](record):
        if source["id"] != target["id"]:
            identity = f"{record['kind']}/{record['id']}{part}:{source['id']}:{target['id']}"
            found[identity] = {
                "id": identity,
                "source": source["id"],
                "target": target["id"],
                "kind": record["kind"],
                "type": sort,
                "directed": directed or found.get(identity, {}).get("directed", False),
                "date": date,
                "modality": record["modality"] if record["kind"] == "event" else None,
                "status": record["status"] if record["kind"] in ("relationship", "sanction") else None,
                "record": {name: record[name] for name in ("kind", "id", "name", "url")},
                "document": record["document"],
            }
    yield from found.values()


Drawn = Iterator[tuple[Record, Record, str, bool, Any, str]]


def of_relationship(record: Record) -> Drawn:
    yield record["subject"], record["object"], record["type"], not record["symmetric"], record["period"], ""


def of_event(record: Record) -> Drawn:
    def having(role: str) -> list[Record]:
        return [participant["actor"] for participant in record["participants"] if participant["role"] == role]

    visited = having("host") if record["mode"] == "visit" else []
    for actor in having("actor"):
        for other in having("recipient") + visited:
            yield actor, other, record["type"], True, record["date"], ""
        for other in having("actor") if record["type"] in MUTUAL else []:
            if actor["id"] < other["id"]:
                yield actor, other, record["type"], False, record["date"], ""


def of_statement(record: Record) -> Drawn:
    for speaker in record["speakers"]:
        for spoken_of in [*record["about"], *(stance["toward"] for stance in record["stances"])]:
            if spoken_of["kind"] == "actor":
                yield speaker["actor"], spoken_of, record["type"], True, record["date"], ""


def of_sanction(record: Record) -> Drawn:
    for target in record["targets"] if record["authority"] else []:
        yield record["authority"], target, "sanction", True, record["adopted"], ""


def of_actor(record: Record) -> Drawn:
    for number, role in enumerate(record["roles"]):
        if role["organisation"]:
            yield record, role["organisation"], "role", True, role["period"], f"/roles/{number}"
    if record["part_of"]:
        yield record, record["part_of"], "part_of", True, None, "/part_of"


DRAW: dict[str, Callable[[Record], Drawn]] = {
    "relationship": of_relationship,
    "event": of_event,
    "statement": of_statement,
    "sanction": of_sanction,
    "actor": of_actor,
}


def may_fall(edge: Edge, start: str, end: str) -> bool:
    """True if an edge's date overlaps a range of days."""
    earliest, latest = (edge["date"] or {}).get("earliest"), (edge["date"] or {}).get("latest")
    return bool(earliest or latest) and (earliest or "") <= end and start <= (latest or "9999-12-31") and start <= end


class Drawer:
    """Every edge of a service's records."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.actors = {actor["id"]: actor for actor in records.of["actors"]}
        self.edges = [(record, edge) for plural in DRAWING for record in records.of[plural] for edge in drawn(record)]

    def graph(self, asked: list[tuple[str, str]], actors: list[str], depth: int, limit: int) -> dict[str, Any]:
        """The expected response: edges of matching records, around `actors` up to `depth`, at most `limit`."""
        kinds = {value for name, value in asked if name == "kind"} or set(DRAW)
        modalities = {value for name, value in asked if name == "modality"}
        with_actors = {value for name, value in asked if name == "with_actor"}
        of_record = [pair for pair in asked if pair[0] in ("topic", "document")]
        span = {"date_from": "0001-01-01", "date_to": "9999-12-31"} | {n: v for n, v in asked if n.startswith("date")}
        dated = any(name.startswith("date") for name, _ in asked)
        chosen = [
            (record, edge)
            for record, edge in self.edges
            if record["kind"] in kinds
            and self.records.meets(record, of_record)
            and with_actors <= {record["id"] * (record["kind"] == "actor"), *(a["id"] for a in record["actors"])}
            and (not modalities or edge["modality"] in {None, *modalities})
            and (not dated or may_fall(edge, span["date_from"], span["date_to"]))
        ]
        away = self.distances([edge for _, edge in chosen], actors, depth) if actors else dict.fromkeys(self.actors, 0)
        inside = [(record, edge) for record, edge in chosen if {edge["source"], edge["target"]} <= away.keys()]
        inside.sort(key=lambda pair: self.place(pair[0], pair[1], away))
        edges = [edge for _, edge in inside[:limit]]
        pairs = Counter(frozenset((edge["source"], edge["target"])) for edge in edges)
        edges = [edge | {"weight": pairs[frozenset((edge["source"], edge["target"]))]} for edge in edges]
        shown = {end for edge in edges for end in (edge["source"], edge["target"])} | set(actors)
        nodes = [self.actors[actor] for actor in sorted(shown) if actor in self.actors]
        return {
            "nodes": [
                {name: node[name] for name in ("id", "name", "type", "country", "mention_count", "url")}
                for node in nodes
            ],
            "edges": edges,
            "truncated": len(inside) > limit,
            "warnings": [],
        }

    def place(self, record: Record, edge: Edge, away: dict[str, int]) -> tuple[Any, ...]:
        """The sort key of an edge: nearest first, then most evidence."""
        near = min(away[edge["source"]], away[edge["target"]])
        part = edge["id"].split(":")[0].removeprefix(f"{record['kind']}/{record['id']}")
        return near, -record["evidence_count"], record["kind"], record["id"], part, edge["source"], edge["target"]

    def distances(self, edges: list[Edge], actors: list[str], depth: int) -> dict[str, int]:
        """The distance of each actor within `depth` of `actors`, ignoring the direction of edges."""
        graph = networkx.MultiGraph((edge["source"], edge["target"]) for edge in edges)
        graph.add_nodes_from(actor for actor in actors if actor in self.actors)
        away: dict[str, int] = {}
        for actor in actors:
            if actor in graph:
                around = networkx.ego_graph(graph, actor, depth)
                for other, distance in networkx.single_source_shortest_path_length(around, actor).items():
                    away[other] = min(distance, away.get(other, distance))
        return away
