"""The graph: actors as nodes, and the connections that records state as edges."""

from collections import Counter
from typing import Annotated, Any, Literal

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.parameters import OR_EARLIER, OR_LATER, TopicQuery, optional, several
from app.api.shapes import success
from app.formats.graph import GRAPH_FORMATS
from app.http.responses import answer
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.actor import ACTOR_KIND
from app.model.dates import Date
from app.model.edges import EDGES
from app.model.kinds import ref
from app.model.shape import Ref, Shape, Slug
from app.model.tables import RECORD_DATE
from app.model.vocabularies import ActorType, Modality, RelationshipStatus, SanctionStatus
from app.problems import responses
from app.query import graph
from app.query.filters import conditions, keys_of
from app.query.parameters import DIGITS, FirstDay, Ids, LastDay
from app.query.record_filters import OF_ALL_ACTORS, on_or_after, on_or_before
from app.query.rows import content
from app.query.snapshot import Snapshot

router = api_router("graph")

Drawing = Literal[*EDGES]  # type: ignore[valid-type]
GraphFormatName = Literal["json", *GRAPH_FORMATS]  # type: ignore[valid-type]
_DATE = (RECORD_DATE.c.earliest, RECORD_DATE.c.latest)
"""The date of an edge, which may differ from the date of its record."""
_FORMATS = success("The graph.", *(each.media_type for each in GRAPH_FORMATS.values()))


class GraphNode(Shape):
    """An actor, as a node."""

    id: Slug = Field(description="The actor's id.", examples=["north-korea"])
    name: str = Field(description="Its name.", examples=["North Korea"])
    type: ActorType = Field(description="Its type.", examples=["state"])
    country: str | None = Field(
        description="The ISO 3166-1 alpha-2 code of its country; `SU` for the Soviet Union.", examples=["KP"]
    )
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


class GraphQuery(TopicQuery):
    """The parameters of the graph."""

    actor: Ids = several("Actor at the centre of the graph.")
    with_actor: Annotated[Ids, OF_ALL_ACTORS] = Field(
        default=(),
        max_length=10,
        description="Actor that the record must be, or have in `actors`. Repeat to require all of several.",
    )
    depth: Annotated[int, Field(ge=1, le=3), DIGITS] = Field(
        default=1, description="With `actor`: the maximum distance in edges, regardless of their direction."
    )
    kind: tuple[Drawing, ...] = several("Kind of record that draws the edges.", len(EDGES))
    modality: tuple[Modality, ...] = several(
        "Modality of events. Use `actual` and `habitual` to leave out planned, hypothetical and negated ones. Edges "
        "without a modality are included.",
        5,
    )
    date_from: Annotated[FirstDay | None, on_or_after(*_DATE)] = optional(f"Edges {OR_LATER}")
    date_to: Annotated[LastDay | None, on_or_before(*_DATE)] = optional(f"Edges {OR_EARLIER}")
    limit: Annotated[int, Field(ge=1, le=5000), DIGITS] = Field(default=1000, description="Maximum number of edges.")
    format: GraphFormatName | None = optional(
        "`gexf` (for Gephi) and `graphml` (for most other programs) send the same graph. Overrides `Accept`."
    )


@router.get("", response_model=Graph, responses=responses() | _FORMATS)
def get_graph(params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
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

    In GEXF and GraphML, nested fields become attributes such as `record_url` and `date_earliest`, nulls are left out,
    an edge's `type` becomes `edge_type`, and `label` is the name. All edges are written as directed, because many
    programs can't read a mixed graph; the attribute `directed` has the real value. If Gephi asks how to merge parallel
    edges, choose "Don't merge" to keep them all.
    """
    found = orjson.dumps(read_graph(snapshot, params))
    for name, chosen in GRAPH_FORMATS.items():
        if target.media_type == chosen.media_type:
            disposition = {"Content-Disposition": f'attachment; filename="dossier.{name}"'}
            return answer(snapshot, chosen.write(found, snapshot.updated_at[:10]), chosen.media_type, **disposition)
    return answer(snapshot, found)


def read_graph(snapshot: Snapshot, params: GraphQuery) -> dict[str, Any]:
    """The graph of a query, as the content of its JSON."""
    kinds = [kind for kind in EDGES if not params.kind or kind in params.kind]
    edges = graph.Edges(snapshot, kinds, list(conditions(snapshot, params)), params.modality)
    if params.actor:
        rows = edges.around(keys_of(snapshot, ACTOR_KIND.name, params.actor), params.depth, params.limit)
    else:
        rows = edges.whole(params.limit)
    weights = Counter(_pair(row) for row in rows.edges)
    return {
        "nodes": [content(GraphNode, row, {"url": ref(row.kind, row.id, row.name)["url"]}) for row in rows.nodes],
        "edges": [content(GraphEdge, row, {"id": _edge_id(row), "weight": weights[_pair(row)]}) for row in rows.edges],
        "truncated": rows.truncated,
    }


def _pair(row: Any) -> frozenset[str]:
    return frozenset((row.source, row.target))


def _edge_id(row: Any) -> str:
    return f"{row.record_kind}/{row.record_slug}{row.part}:{row.source}:{row.target}"
