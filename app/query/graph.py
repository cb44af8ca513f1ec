"""The graph: actors, connected by the edges that records draw. The whole graph, or the part around some actors."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Boolean, ColumnElement, and_, or_, select, true, type_coerce, union

from app.model.dates import Date
from app.model.edges import EDGES
from app.model.shape import KindName
from app.model.tables import ACTOR, RECORD, RECORD_ACTOR, RECORD_DATE
from app.model.vocabularies import Modality
from app.query.rows import ref_columns
from app.query.snapshot import Snapshot

SOURCE, TARGET, DOCUMENT = (RECORD.alias(name) for name in ("source", "target", "introduced_by"))


@dataclass(frozen=True)
class GraphRows:
    """The rows of edges, and of the actors that they connect."""

    nodes: Sequence[Any]
    """`kind`, `id`, `name`, `type`, `country` and `mention_count` of actors, by id."""
    edges: Sequence[Any]
    """The columns of `GraphEdge`, and `part` of the record."""
    truncated: bool
    """True if there are more edges than the limit."""


@dataclass(frozen=True)
class Edges:
    """The edges that some records draw."""

    snapshot: Snapshot
    kinds: Collection[KindName]
    where: Sequence[ColumnElement[bool]] = ()
    """Conditions on the records, and on `RECORD_DATE`, the date of the edge."""
    modalities: Collection[Modality] = ()
    """The modalities of edges that have one. Empty: any."""

    def whole(self, limit: int) -> GraphRows:
        """The graph of all edges, or of the `limit` edges with the most evidence."""
        edges = self._read(limit + 1)
        return self._graph(edges, (), limit)

    def around(self, actors: Iterable[int], depth: int, limit: int) -> GraphRows:
        """The ego graph of some actors: the actors at most `depth` edges away, in any direction, and their edges.

        If there are more than `limit` edges, the nearest are kept, then those with the most evidence.
        """
        start = set(actors)
        edges: list[Any] = []
        reached, passed = start, set[int]()
        for step in range(depth + 1):
            if not reached or len(edges) > limit:
                break
            edges += self._read(limit + 1 - len(edges), reached, passed, both_ends=step == depth)
            passed |= reached
            reached = _ends(edges) - passed
        return self._graph(edges, start, limit)

    def _read(
        self, limit: int, near: Collection[int] = (), passed: Collection[int] = (), *, both_ends: bool = False
    ) -> list[Any]:
        """Edges with the most evidence first: all, or those with an end in `near` and none in `passed`."""
        drawn = [query for kind, queries in EDGES.items() if kind in self.kinds for query in queries]
        ends, before = select(_keys("near", near)), select(_keys("passed", passed))
        if near:  # only records that name an actor, and the actor itself, can draw an edge to it; an index finds them
            records = select(RECORD_ACTOR.c.record_id).where(RECORD_ACTOR.c.actor_id.in_(ends)).union(ends)
            drawn = [query.where(query.selected_columns.record_id.in_(records)) for query in drawn]
        edge = union(*drawn).subquery("edge")
        real = or_(edge.c.modality.is_(None), edge.c.modality.in_(self.modalities)) if self.modalities else true()
        query = (
            select(edge.c.source_id, edge.c.target_id, edge.c.part, edge.c.type, edge.c.modality, edge.c.status)
            .add_columns(*ref_columns("record", RECORD), *ref_columns("document", DOCUMENT))
            .add_columns(type_coerce(edge.c.directed, Boolean).label("directed"), RECORD.c.kind)
            .add_columns(SOURCE.c.slug.label("source"), TARGET.c.slug.label("target"))
            .add_columns(*(RECORD_DATE.c[name].label(f"date_{name}") for name in Date.model_fields))
            .join_from(edge, RECORD, RECORD.c.id == edge.c.record_id)
            .join(DOCUMENT, DOCUMENT.c.id == RECORD.c.document_id)
            .join(SOURCE, SOURCE.c.id == edge.c.source_id)
            .join(TARGET, TARGET.c.id == edge.c.target_id)
            .outerjoin(
                RECORD_DATE, and_(RECORD_DATE.c.record_id == edge.c.record_id, RECORD_DATE.c.pointer == edge.c.date)
            )
            .where(*self.where, real)
            .order_by(RECORD.c.evidence_count.desc(), RECORD.c.kind, RECORD.c.slug)
            .order_by(edge.c.part, SOURCE.c.slug, TARGET.c.slug)
            .limit(limit)
        )
        if near:
            touches = and_ if both_ends else or_
            query = query.where(touches(edge.c.source_id.in_(ends), edge.c.target_id.in_(ends)))
        if passed:
            query = query.where(edge.c.source_id.not_in(before), edge.c.target_id.not_in(before))
        return self.snapshot.rows(query)

    def _graph(self, edges: Sequence[Any], actors: Collection[int], limit: int) -> GraphRows:
        shown = edges[:limit]
        query = (
            select(RECORD.c.kind, RECORD.c.slug.label("id"), RECORD.c.name, ACTOR.c.type, ACTOR.c.country)
            .add_columns(RECORD.c.mention_count)
            .join_from(RECORD, ACTOR, ACTOR.c.id == RECORD.c.id)
            .where(RECORD.c.id.in_(_ends(shown) | set(actors)))
            .order_by(RECORD.c.slug)
        )
        return GraphRows(self.snapshot.rows(query), shown, len(edges) > limit)


def _ends(edges: Iterable[Any]) -> set[int]:
    return {key for row in edges for key in (row.source_id, row.target_id)}


def _keys(name: str, keys: Collection[int]) -> CTE:
    """Keys as a CTE, so that a statement sends each key once, although it uses them several times."""
    return select(RECORD.c.id).where(RECORD.c.id.in_(keys)).cte(name)
