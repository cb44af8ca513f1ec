"""The graph: actors as nodes, and the connections that records state as edges."""

from collections import Counter
from typing import Annotated, Any, Literal

import orjson
from fastapi import Query
from pydantic import Field
from sqlalchemy import true
from starlette.responses import Response, StreamingResponse

from app.api.downloads import TAG
from app.api.parameters import OR_EARLIER, OR_LATER, TopicQuery, optional, several
from app.api.shapes import Warnings, success
from app.formats.base_path import base_path, with_base
from app.formats.graph import GEXF, GRAPHML, Content, gexf, graphml
from app.formats.table import MEDIA_TYPE as CSV
from app.formats.table import rows
from app.http.responses import answer, named
from app.http.routing import PublicUrlDep, SnapshotDep, api_router
from app.model.actor import ACTOR_KIND
from app.model.dates import Date
from app.model.edges import EDGES
from app.model.kinds import ref
from app.model.shape import Ref, Shape, Slug
from app.model.tables import RECORD_DATE
from app.model.vocabularies import ActorType, Modality, RelationshipStatus, SanctionStatus
from app.query import graph
from app.query.filters import Filter, conditions, warnings
from app.query.ids import keys_of
from app.query.parameters import DIGITS, FirstDay, Ids, LastDay
from app.query.record_filters import OF_ALL_ACTORS, on_or_after, on_or_before
from app.query.rows import content
from app.query.snapshot import Snapshot

router = api_router("graph")
files = api_router("graph", TAG)

Drawing = Literal[*EDGES]  # type: ignore[valid-type]
_ACTOR = (ACTOR_KIND.name,)
_DATE = (RECORD_DATE.c.earliest, RECORD_DATE.c.latest)
"""The date of an edge, which may differ from the date of its record."""


class GraphNode(Shape):
    """An actor, as a node."""

    id: Slug = Field(description="The actor's id.", examples=["north-korea"])
    name: str = Field(description="Its name.", examples=["North Korea"])
    type: ActorType = Field(description="Its type.", examples=["state"])
    country: str | None = Field(
        description="The ISO 3166-1 alpha-2 code of its country; `SU` for the Soviet Union.", examples=["KP"]
    )
    mention_count: int = Field(description="Number of its mentions in all documents.", examples=[37])
    url: str = Field(description="Its path on this server.", examples=["/v1/actors/north-korea"])


class GraphEdge(Shape):
    """A connection of two actors: a tie, an act or a statement."""

    id: str = Field(
        description="The id, unique in the dataset: the record, a JSON Pointer to the part of it that draws the edge "
        "(empty for the whole record), the source and the target.",
        examples=["relationship/russia-north-korea-partnership:russia:north-korea"],
    )
    source: Slug = Field(description="The id of the source node.", examples=["russia"])
    target: Slug = Field(description="The id of the target node.", examples=["north-korea"])
    kind: Drawing = Field(description="The kind of the record that draws the edge.", examples=["relationship"])
    type: str = Field(
        description="The record's `type`; for a sanction, `sanction`; for an actor, `role` or `part_of`.",
        examples=["partnership"],
    )
    directed: bool = Field(description="False if the edge is the same in both directions.", examples=[False])
    date: Date | None = Field(description="The date of the edge, or null if the text gives none.")
    modality: Modality | None = Field(description="The modality of an event; null for other kinds.")
    status: RelationshipStatus | SanctionStatus | None = Field(
        description="The status of a relationship or a sanction; null for other kinds.", examples=["current"]
    )
    weight: int = Field(description="Number of edges between the same two nodes in this response.", examples=[3])
    record: Ref = Field(description="The record that draws the edge.")
    document: Ref = Field(description="The document that introduced the record.")


class Graph(Shape):
    """Actors, and the edges between them."""

    nodes: list[GraphNode] = Field(description="The actors of the edges and of the parameter `actor`, sorted by id.")
    edges: list[GraphEdge] = Field(
        description="The edges: with `actor`, the nearest first; then those with the most evidence first."
    )
    truncated: bool = Field(description="True if there are more edges than `limit`.", examples=[False])
    warnings: Warnings


class GraphQuery(TopicQuery):
    """The parameters of the graph."""

    actor: Annotated[Ids, Filter(lambda *_: true(), kinds=_ACTOR)] = several("Actor at the centre of the graph.")
    with_actor: Annotated[Ids, OF_ALL_ACTORS] = Field(
        default=(),
        max_length=10,
        description="Actor that the record must be, or have in `actors`. Repeat to require all of several.",
    )
    depth: Annotated[int, Field(ge=1, le=3), DIGITS] = Field(
        default=1, description="With `actor`: the maximum distance in edges, in any direction.", examples=[2]
    )
    kind: tuple[Drawing, ...] = several("Kind of record that draws the edges.", len(EDGES))
    modality: tuple[Modality, ...] = several(
        "Modality of events. Use `actual` and `habitual` to leave out planned, hypothetical and negated ones. Edges "
        "without a modality are included.",
        5,
    )
    date_from: Annotated[FirstDay | None, on_or_after(*_DATE)] = optional(f"Edges {OR_LATER}")
    date_to: Annotated[LastDay | None, on_or_before(*_DATE)] = optional(f"Edges {OR_EARLIER}")
    limit: Annotated[int, Field(ge=1, le=5000), DIGITS] = Field(
        default=1000, description="Maximum number of edges.", examples=[100]
    )


@router.get("", response_model=Graph, summary="Get the graph of actors and their connections")
def get_graph(params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep) -> Response:
    """Actors as nodes; what records say of two actors as edges between them.

    With `actor`, an ego graph: the actors at most `depth` edges away, and every edge between them. Otherwise, the whole
    graph.

    | record | edge |
    |---|---|
    | relationship | subject → object; undirected if `symmetric` |
    | event | each `actor` → each `recipient`, and → the `host` of a visit; in a mutual event (consult, agree, \
cooperate), each two `actor`s, undirected |
    | statement | each speaker → each actor that the statement is about or shows a stance toward |
    | sanction | authority → each target |
    | actor | person → the organisation of each role; part → whole |

    Filters apply to the edges first; distances are counted over the remaining ones. No edge connects an actor with
    itself. Events may be planned or hypothetical: use `modality` to leave these out.
    """
    return answer(snapshot, orjson.dumps(read_graph(snapshot, params) | {"warnings": warnings(snapshot, params)}))


@files.get(
    ".gexf",
    response_class=StreamingResponse,
    responses=success("The file.", GEXF),
    summary="Download the graph for Gephi (GEXF)",
)
def download_graph_gexf(
    params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The graph in GEXF, for Gephi.

    Nested fields become attributes such as `record_url` and `date_earliest`, nulls are left out, an edge's `type`
    becomes `edge_type`, and `label` is the name. The bounds of an edge's date are also its `start` and `end`, which
    Gephi's timeline uses; an edge without a date is always shown. All edges are written as directed, because many
    programs can't read a mixed graph; the attribute `directed` has the real value. If Gephi asks how to merge parallel
    edges, choose "Don't merge" to keep them all.
    """
    content = gexf(_sent(snapshot, params, public_url), snapshot.updated_at[:10])
    return answer(snapshot, content, GEXF, **named("graph.gexf"))


@files.get(
    ".graphml",
    response_class=StreamingResponse,
    responses=success("The file.", GRAPHML),
    summary="Download the graph for networkx and Cytoscape (GraphML)",
)
def download_graph_graphml(
    params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The graph in GraphML, for networkx, Cytoscape and most other programs. Attributes are as in GEXF."""
    content = graphml(_sent(snapshot, params, public_url))
    return answer(snapshot, content, GRAPHML, **named("graph.graphml"))


@files.get(
    "/nodes.csv",
    response_class=StreamingResponse,
    responses=success("The file.", CSV),
    summary="Download the nodes of the graph (CSV)",
)
def download_graph_nodes(
    params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The nodes of the graph in CSV. `label` is the name."""
    nodes = map(orjson.dumps, _sent(snapshot, params, public_url)["nodes"])
    return answer(snapshot, b"".join(rows(nodes, GraphNode, renamed={"name": "label"})), CSV, **named("nodes.csv"))


@files.get(
    "/edges.csv",
    response_class=StreamingResponse,
    responses=success("The file.", CSV),
    summary="Download the edges of the graph (CSV)",
)
def download_graph_edges(
    params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep, public_url: PublicUrlDep
) -> Response:
    """The edges of the graph in CSV. `type` is called `edge_type`, because Gephi reads another meaning into `type`."""
    edges = map(orjson.dumps, _sent(snapshot, params, public_url)["edges"])
    content = b"".join(rows(edges, GraphEdge, {"record"}, renamed={"type": "edge_type"}))
    return answer(snapshot, content, CSV, **named("edges.csv"))


def read_graph(snapshot: Snapshot, params: GraphQuery) -> dict[str, Any]:
    """The graph of a query, as the content of its JSON."""
    kinds = [kind for kind in EDGES if not params.kind or kind in params.kind]
    edges = graph.Edges(snapshot, kinds, list(conditions(snapshot, params)), params.modality)
    if params.actor:
        rows = edges.around(keys_of(snapshot, _ACTOR, params.actor).values(), params.depth, params.limit)
    else:
        rows = edges.whole(params.limit)
    weights = Counter(_pair(row) for row in rows.edges)
    return {
        "nodes": [content(GraphNode, row, {"url": ref(row.kind, row.id, row.name)["url"]}) for row in rows.nodes],
        "edges": [content(GraphEdge, row, {"id": _edge_id(row), "weight": weights[_pair(row)]}) for row in rows.edges],
        "truncated": rows.truncated,
    }


def _sent(snapshot: Snapshot, params: GraphQuery, public_url: str) -> Content:
    """The JSON of the graph as it is sent, decoded."""
    content: Content = orjson.loads(with_base(orjson.dumps(read_graph(snapshot, params)), base_path(public_url)))
    return content


def _pair(row: Any) -> frozenset[str]:
    return frozenset((row.source, row.target))


def _edge_id(row: Any) -> str:
    return f"{row.record_kind}/{row.record_slug}{row.part}:{row.source}:{row.target}"
