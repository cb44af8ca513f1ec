"""The graph: actors, and what records say joins them."""

from typing import Annotated, Any, Literal

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.formats.graph import GRAPHS, WRITERS
from app.http.negotiation import JSON
from app.http.responses import answer
from app.http.routing import SnapshotDep, TargetDep, api_router
from app.model.dates import Date
from app.model.kinds import EDGES, ref
from app.model.record import RecordTopic
from app.model.shape import KindName, Ref, Shape, Slug, TermName
from app.model.tables import RECORD_DATE
from app.model.vocabularies import ActorType, Modality
from app.problems import responses
from app.query import graph
from app.query.filters import OF_DOCUMENT, conditions, find, on_or_after, on_or_before, one_of
from app.query.parameters import DIGITS, BaseQuery, Day, term_of
from app.query.snapshot import Snapshot

router = api_router("graph")

Drawing = Literal["relationship", "event", "statement", "sanction"]
_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The graph.",
        "content": {media_type: {"schema": {"type": "string"}} for media_type in WRITERS},
    }
}


class GraphNode(Shape):
    """An actor, as a node."""

    id: Slug = Field(description="The actor's id.", examples=["north-korea"])
    name: str = Field(description="Its name.", examples=["North Korea"])
    type: ActorType = Field(description="What sort of actor it is.", examples=["state"])
    country: str | None = Field(
        description="The country it is, or belongs to: ISO 3166-1 alpha-2; `SU` for the Soviet Union.", examples=["KP"]
    )
    url: str = Field(description="Its path on this server.", examples=["/v1/actors/north-korea"])


class GraphEdge(Shape):
    """Something that joins two actors: a tie, or what one does or says about the other."""

    id: str = Field(
        description="Unique in every graph of the dataset: the record, the part of it (a JSON Pointer) where that "
        "alone is meant, the source and the target.",
        examples=["relationship/russia-north-korea-partnership:russia:north-korea"],
    )
    source: Slug = Field(description="The node that it starts from.", examples=["russia"])
    target: Slug = Field(description="The node that it leads to.", examples=["north-korea"])
    kind: Drawing = Field(description="The kind of the record that draws it.", examples=["relationship"])
    type: str = Field(
        description="The record's `type`; for a sanction its `status`, and for how an actor keeps it the `conduct`.",
        examples=["partnership"],
    )
    directed: bool = Field(description="Whether it matters which node is the source.", examples=[False])
    date: Date | None = Field(description="When; null where the text does not say.")
    record: Ref = Field(description="The record that draws it.")


class Graph(Shape):
    """Actors, and what joins them."""

    nodes: list[GraphNode] = Field(description="The actors that edges join, and those asked for, by id.")
    edges: list[GraphEdge] = Field(
        description="The edges: around an actor the nearest first; then those with the most evidence first."
    )
    truncated: bool = Field(description="Whether there are more edges than `limit`.", examples=[False])


class GraphQuery(BaseQuery):
    """The parameters of the graph."""

    actor: tuple[Slug, ...] = Field(
        default=(), max_length=50, description="Only what lies around this actor; repeat it for several."
    )
    depth: Annotated[int, Field(ge=1, le=3), DIGITS] = Field(
        default=1, description="With `actor`: how many edges away from it, whichever way they point."
    )
    kind: tuple[Drawing, ...] = Field(
        default=(),
        max_length=len(EDGES),
        description="Only edges that this kind of record draws; repeat it for either.",
    )
    modality: tuple[Modality, ...] = Field(
        default=(),
        max_length=5,
        description="Of events, and of how sanctions are kept, only edges that are so: `actual` and `habitual` leave "
        "out what is planned, imagined or denied. Other edges have no modality, and stay. Repeat it for either.",
    )
    topic: Annotated[tuple[TermName, ...], one_of(RecordTopic.topic)] = Field(
        default=(),
        max_length=50,
        description="Only edges drawn by records about this topic; repeat it for either.",
        json_schema_extra=term_of("topic"),
    )
    document: Annotated[tuple[Slug, ...], OF_DOCUMENT] = Field(
        default=(),
        max_length=50,
        description="Only edges drawn by records that this document introduced or gives evidence for.",
    )
    date_from: Annotated[Day | None, on_or_after(RECORD_DATE)] = Field(
        default=None,
        description="Only edges that may fall on this day or later: their dates overlap it, open ends included. "
        "Undated edges are left out.",
    )
    date_to: Annotated[Day | None, on_or_before(RECORD_DATE)] = Field(
        default=None, description="Only edges that may fall on this day or earlier; likewise."
    )
    limit: Annotated[int, Field(ge=1, le=5000), DIGITS] = Field(default=1000, description="How many edges at most.")
    format: Literal["json", "gexf", "graphml"] | None = Field(
        default=None,
        description="`gexf` (for Gephi) and `graphml` (for most tools) have the same graph; it beats `Accept`.",
    )

    def is_quick(self) -> bool:
        """Never: it looks at all that joins actors."""
        return False


@router.get("", operation_id="get_graph", response_model=Graph, responses=responses() | _FORMATS)
def get_graph(params: Annotated[GraphQuery, Query()], snapshot: SnapshotDep, target: TargetDep) -> Response:
    """Actors as nodes; relationships, events, statements and sanctions as edges between them.

    The whole graph, or with `actor` its ego graph: the actors at most `depth` edges away, and every edge between them.

    | record | edge |
    |---|---|
    | relationship | subject → object; without a direction if it is `symmetric` |
    | event | each two participants: `actor` → `recipient` and `actor` → `affected`, else without a direction |
    | statement | each speaker → each actor that it is about or shows an attitude toward |
    | sanction | its authority → each target; and who enforces, evades or ignores it → each target |

    Filters choose the edges first, and distances are counted over what is left. Nothing joins an actor with itself. An
    event may be only planned or imagined, and so may what somebody does about a sanction: `modality` leaves that out.

    In GEXF and GraphML, nested fields become attributes such as `record_url` and `date_earliest`, what is null is
    absent, an edge's `type` is called `edge_type`, and `label` is the name. All edges are written as directed, as many
    programs read nothing mixed: the attribute `directed` tells which are. Gephi asks at import how to merge parallel
    edges: choose not to, to keep one edge for each thing that joins two actors.
    """
    found = orjson.dumps(read_graph(snapshot, params))
    if target.media_type == JSON:
        return answer(snapshot, found)
    content = WRITERS[target.media_type](found, snapshot.updated_at[:10])
    extension = next(name for name, media_type in GRAPHS.items() if media_type == target.media_type)
    disposition = f'attachment; filename="dossier.{extension}"'
    return answer(snapshot, content, target.media_type, **{"Content-Disposition": disposition})


def read_graph(snapshot: Snapshot, params: GraphQuery) -> dict[str, Any]:
    """The graph that a question is about, JSON-ready."""
    kinds = [kind for kind in EDGES if not params.kind or kind in params.kind]
    edges = graph.Edges(snapshot, kinds, list(conditions(snapshot, params)), params.modality)
    if params.actor:
        found = edges.around(find(snapshot, KindName.ACTOR, params.actor), params.depth, params.limit)
    else:
        found = edges.whole(params.limit)
    return {
        "nodes": [_node(row) for row in found.nodes],
        "edges": [_edge(row) for row in found.edges],
        "truncated": found.truncated,
    }


def _node(row: Any) -> dict[str, Any]:
    actor = ref(KindName.ACTOR, row.slug, row.name)
    return {"id": row.slug, "name": row.name, "type": row.type, "country": row.country, "url": actor["url"]}


def _edge(row: Any) -> dict[str, Any]:
    date = {name: getattr(row, name) for name in Date.model_fields}
    return {
        "id": f"{row.kind}/{row.slug}{row.part}:{row.source}:{row.target}",
        "source": row.source,
        "target": row.target,
        "kind": row.kind,
        "type": row.type,
        "directed": bool(row.directed),
        "date": date if date["text"] is not None else None,
        "record": ref(row.kind, row.slug, row.name),
    }
