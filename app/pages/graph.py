"""The graph as a picture: actors as nodes, and the ties between them as curves, with a list of the same."""

from cmath import rect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import pi, sqrt
from textwrap import wrap
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from app.api.graph import GraphQuery, read_graph
from app.http.routing import PublicUrlDep, SnapshotDep, TargetDep
from app.model.edges import EDGES
from app.model.shape import KindName
from app.model.tables import RECORD
from app.model.vocabularies import ActorType, Modality
from app.pages.layout import layout
from app.pages.links import with_query
from app.pages.page import page, page_router
from app.pages.picture import line_style, picture, shorten, surroundings, text_width
from app.pages.words import words
from app.query.listing import RequestTarget
from app.query.parameters import DIGITS
from app.query.snapshot import Snapshot

router = page_router("/graph")

MOST_NODES = 300
DEFAULT_EDGES, MOST_EDGES = 200, 500
"""The number of edges in a picture by default, and at most."""
_MOST_DOCUMENTS = 200
_FAN, _ARROW, _CLEAR = 16.0, 10.0, 2.0
"""The distance of two curves between the same nodes, the length of an arrowhead, and its distance from the node."""
_FRAME, _LINE, _LINE_HEIGHT = 24.0, 20, 1.2
"""The space around the graph, the characters in a line of a label, and its height in units of the font's size."""
_SHAPES: dict[str, tuple[int, float, float]] = {
    ActorType.PERSON: (4, 1.0, 0.0),
    ActorType.PARTY: (5, 0.5, 0.0),
    ActorType.BODY: (4, 1.0, 0.5),
    ActorType.INTERNATIONAL_ORGANISATION: (6, 1.0, 0.0),
    ActorType.OUTLET: (3, 1.0, 0.5),
    ActorType.COMPANY: (4, 0.4, 0.5),
    ActorType.ORGANISATION: (5, 1.0, 0.0),
    ActorType.GROUP: (8, 0.7, 0.0),
}
"""The polygon of each type of actor: its corners, its inner radius, and its turn. Others, as states, are circles."""
_LABELS = {kind: "role or part" if kind == KindName.ACTOR else str(kind) for kind in EDGES}
"""The edges of each kind in words."""
_BOUNDS = ("earliest", "latest")

Edge = Mapping[str, Any]
Key = tuple[str, str, bool, str, str]
"""What edges that share a curve have in common: source, target, whether they are directed, kind and line style."""


class GraphPictureQuery(GraphQuery):
    """The parameters of the graph. A picture has fewer edges than the JSON."""

    limit: Annotated[int, Field(ge=1, le=MOST_EDGES), DIGITS] = DEFAULT_EDGES


@dataclass
class Node:
    """An actor at its place."""

    number: int
    actor: Mapping[str, Any]
    ties: int
    """The number of its edges in the picture."""
    at: complex = 0j
    is_labelled_above: bool = False

    @property
    def radius(self) -> float:
        return min(30.0, 6 + 3 * sqrt(self.ties))

    @property
    def font(self) -> float:
        return min(20.0, 11 + sqrt(self.ties))

    @property
    def lines(self) -> list[str]:
        """The lines of its label."""
        first, *rest = wrap(self.actor["name"], _LINE) or [self.actor["name"]]
        return [first, shorten(" ".join(rest), 0.6 * _LINE * self.font, self.font)] if rest else [first]

    @property
    def box(self) -> tuple[float, float]:
        """The width and height with the label below."""
        width = max(text_width(line, self.font) for line in self.lines)
        return max(2 * self.radius, width), 2 * self.radius + _LINE_HEIGHT * self.font * len(self.lines)

    @property
    def baseline(self) -> float:
        """The position of the label's first line."""
        above = self.radius + _LINE_HEIGHT * self.font * (len(self.lines) - 1) + 0.4 * self.font
        return self.at.imag + (-above if self.is_labelled_above else self.radius + self.font)

    @property
    def corners(self) -> str:
        """The corners of its shape; empty for a circle."""
        return polygon(self.actor["type"], self.at.real, self.at.imag, self.radius)


@dataclass(frozen=True)
class Tie:
    """The edges of one kind, direction and line style between two nodes, as one curve."""

    id: str
    source: Node
    target: Node
    directed: bool
    kind: str
    style: str
    edges: Sequence[Edge]
    path: str
    middle: complex

    @property
    def records(self) -> dict[str, str]:
        """The names of its records by their paths."""
        return {edge["record"]["url"]: edge["record"]["name"] for edge in self.edges}

    @property
    def term(self) -> str:
        """The modality or status of its edges in words, if it is drawn in a style; else empty."""
        return words(self.edges[0]["modality"] or self.edges[0]["status"]) if self.style else ""

    @property
    def facts(self) -> str:
        """The modality and the bounds of the date of each edge, for the script of the page: `actual/2014-03-01/`."""
        return " ".join(
            "/".join([edge["modality"] or "", *(str(edge["date"][name] or "") for name in _BOUNDS if edge["date"])])
            for edge in self.edges
        )


@dataclass(frozen=True)
class Drawing:
    """A graph, laid out."""

    nodes: Sequence[Node]
    ties: Sequence[Tie]
    width: float
    height: float


@router.get("")
def graph_page(
    params: Annotated[GraphPictureQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The page: filters, the picture, and the list."""
    content = _content(snapshot, params, target)
    return page(
        snapshot,
        "graph.html",
        public_url,
        path="/graph",
        description="Who does what to whom: the actors of all texts, and what the records say of two of them.",
        json=with_query("/v1/graph", target.parameters),
        svg=with_query("/graph.svg", target.parameters),
        params=params,
        options=_options(snapshot, content["drawing"].nodes),
        **content,
    )


@router.get(".svg")
def graph_svg(
    params: Annotated[GraphPictureQuery, Query()], snapshot: SnapshotDep, target: TargetDep, public_url: PublicUrlDep
) -> Response:
    """The picture alone."""
    return picture(snapshot, "graph.svg", public_url, **_content(snapshot, params, target))


def _content(snapshot: Snapshot, params: GraphPictureQuery, target: RequestTarget) -> dict[str, Any]:
    graph = read_graph(snapshot, params)
    drawn = _cut(graph["edges"], params.actor)
    nodes = [node for node in graph["nodes"] if node["id"] in drawn]
    edges = [edge for edge in graph["edges"] if {edge["source"], edge["target"]} <= drawn]
    return surroundings(target) | {
        "drawing": draw(nodes, edges),
        "edges": edges,
        "truncated": graph["truncated"],
        "hidden": len(graph["nodes"]) - len(nodes),
        "types": [each for each in ActorType if any(node["type"] == each for node in nodes)],
        "labels": _LABELS,
        "polygon": polygon,
        "here": with_query("/graph", target.parameters),
    }


def _cut(edges: Iterable[Edge], actors: Iterable[str]) -> set[str]:
    """The ids of the nodes to draw: the given actors, then those of the first edges."""
    ends = (edge[end] for edge in edges for end in ("source", "target"))
    return set(list(dict.fromkeys([*actors, *ends]))[:MOST_NODES])


def _options(snapshot: Snapshot, nodes: Iterable[Node]) -> dict[str, list[tuple[str, str, None]]]:
    """The values to choose from in the form."""
    documents = select(RECORD.c.slug, RECORD.c.name).where(RECORD.c.kind == KindName.DOCUMENT)
    rows = snapshot.rows(documents.order_by(RECORD.c.sort_name).limit(_MOST_DOCUMENTS))
    return {
        "actor": sorted(((node.actor["id"], node.actor["name"], None) for node in nodes), key=lambda each: each[1]),
        "kind": [(kind, label.capitalize(), None) for kind, label in _LABELS.items()],
        "modality": [(each, each.label, None) for each in Modality],
        "topic": [(topic, words(topic).capitalize(), None) for topic in sorted(snapshot.terms("topic"))],
        "document": [(row.slug, row.name, None) for row in rows],
        "depth": [("1", "1 step away", None), ("2", "2 steps", None), ("3", "3 steps", None)],
    }


def draw(actors: Sequence[Mapping[str, Any]], edges: Sequence[Edge]) -> Drawing:
    """Lay out actors, and the edges between them."""
    ties = Counter(edge[end] for edge in edges for end in ("source", "target"))
    nodes = {actor["id"]: Node(number, actor, ties[actor["id"]]) for number, actor in enumerate(actors)}
    groups = _groups(edges)
    boxes = [node.box for node in nodes.values()]
    pairs = [(nodes[one].number, nodes[other].number, _FAN * len(curves)) for (one, other), curves in groups.items()]
    centres = layout(tuple(boxes), tuple(pairs))
    pull = [0.0] * len(nodes)
    for one, other, _ in pairs:
        pull[one] += (centres[other] - centres[one]).imag
        pull[other] += (centres[one] - centres[other]).imag
    for node, (_, height), centre, down in zip(nodes.values(), boxes, centres, pull, strict=True):
        node.is_labelled_above = down > 0  # on the side with less lines
        lower = (height / 2 - node.radius) * (1 if node.is_labelled_above else -1)
        node.at = centre + complex(_FRAME, _FRAME + lower)
    corners = [centre + complex(*box) / 2 for centre, box in zip(centres, boxes, strict=True)]
    width = max((corner.real for corner in corners), default=0.0) + 2 * _FRAME
    height = max((corner.imag for corner in corners), default=0.0) + 2 * _FRAME
    return Drawing(list(nodes.values()), list(_ties(nodes, groups)), width, height)


def _groups(edges: Iterable[Edge]) -> dict[tuple[str, str], dict[Key, list[Edge]]]:
    """The edges of each pair of nodes by the curve that they share."""
    groups: dict[tuple[str, str], dict[Key, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        one, other = sorted((edge["source"], edge["target"]))
        source, target = (edge["source"], edge["target"]) if edge["directed"] else (one, other)
        style = line_style(edge["modality"], edge["status"])
        groups[one, other][source, target, edge["directed"], edge["kind"], style].append(edge)
    return groups


def _ties(nodes: Mapping[str, Node], groups: Mapping[tuple[str, str], Mapping[Key, list[Edge]]]) -> Iterator[Tie]:
    """The curves: fanned out between each two nodes."""
    numbers = count(1)
    for (one, other), curves in groups.items():
        across = nodes[other].at - nodes[one].at
        normal = across * 1j / abs(across)
        for place, (key, grouped) in enumerate(curves.items()):
            source, target, directed, kind, style = key
            bend = normal * _FAN * 2 * (place - (len(curves) - 1) / 2)
            ends = nodes[source], nodes[target]
            yield Tie(f"tie-{next(numbers)}", *ends, directed, kind, style, grouped, *_curve(*ends, bend, directed))


def _curve(source: Node, target: Node, bend: complex, directed: bool) -> tuple[str, complex]:
    """A quadratic Bézier curve between two nodes, which leaves space for an arrowhead, and its middle.

    `bend` moves the control point of the curve.
    """
    control = (source.at + target.at) / 2 + bend
    start, end = (
        node.at + _unit(control - node.at) * (node.radius + _CLEAR + length)
        for node, length in ((source, 0), (target, _ARROW * directed))
    )
    return f"M{_pair(start)}Q{_pair(control)} {_pair(end)}", (start + 2 * control + end) / 4


def polygon(type: str, x: float, y: float, radius: float) -> str:
    """The corners of the shape of a type of actor; empty for a circle."""
    shape = _SHAPES.get(type)
    if shape is None:
        return ""
    corners, inner, turn = shape
    radii = (radius * 1.15,) if inner == 1 else (radius * 1.25, radius * 1.25 * inner)
    points = corners * len(radii)
    return " ".join(
        _pair(complex(x, y) + rect(radii[number % len(radii)], 2 * pi * (number / points + turn / corners) - pi / 2))
        for number in range(points)
    )


def _unit(vector: complex) -> complex:
    return vector / abs(vector) if vector else 1


def _pair(at: complex) -> str:
    return f"{at.real:.1f},{at.imag:.1f}"
