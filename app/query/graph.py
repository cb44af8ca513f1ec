"""The graph of actors that records draw: all of it, or what lies around some of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, and_, or_, select, true, union

from app.model.kinds import EDGES, KINDS
from app.model.references import references_of
from app.model.shape import KindName
from app.model.tables import ACTOR, RECORD, RECORD_DATE
from app.model.vocabularies import Modality
from app.query.snapshot import Snapshot

SOURCE, TARGET = RECORD.alias("source"), RECORD.alias("target")


@dataclass(frozen=True)
class GraphRows:
    """Rows of edges, and of the actors that they join."""

    nodes: Sequence[Any]
    """`slug`, `name`, `type`, `country`; by slug."""
    edges: Sequence[Any]
    """`kind`, `slug`, `name` and `part` of the record, `source`, `target`, `type`, `directed`, and a date."""
    truncated: bool
    """Whether there are more edges than were asked for."""


@dataclass(frozen=True)
class Edges:
    """The edges that some records draw."""

    snapshot: Snapshot
    kinds: Collection[KindName]
    where: Sequence[ColumnElement[bool]] = ()
    """What is asked of the records, and of `DATE`, which dates the edge."""
    modalities: Collection[Modality] = ()
    """How real the edges are that can be planned or imagined; none given: anyhow."""

    def whole(self, most: int) -> GraphRows:
        """The graph of all edges; where there are more than so many, of those with the most evidence."""
        found = self._read(most + 1)
        return self._graph(found, (), most)

    def around(self, actors: Iterable[int], depth: int, most: int) -> GraphRows:
        """The actors at most `depth` edges away from some, whichever way these point, and all edges between them.

        This is what networkx calls the ego graph. Of more than so many edges, the nearest are kept, and of those alike
        the ones with the most evidence: so never much more is read than is kept.
        """
        start = set(actors)
        found: list[Any] = []
        reached, passed = start, set[int]()
        for step in range(depth + 1):
            if not reached or len(found) > most:
                break
            found += self._read(most + 1 - len(found), reached, passed, both_ends=step == depth)
            passed |= reached
            reached = _ends(found) - passed
        return self._graph(found, start, most)

    def _read(
        self, most: int, near: Collection[int] = (), passed: Collection[int] = (), *, both_ends: bool = False
    ) -> list[Any]:
        """Edges, those with the most evidence first: all, or those that touch actors near and none passed."""
        draw = [query for kind, queries in EDGES.items() if kind in self.kinds for query in queries]
        ends, before = select(_keys("near", near)), select(_keys("passed", passed))
        if near:
            records = _speaking_of(self.kinds, ends)
            draw = [query.where(query.selected_columns.record_id.in_(records)) for query in draw]
        edge = union(*draw).subquery("edge")
        real = or_(edge.c.modality.is_(None), edge.c.modality.in_(self.modalities)) if self.modalities else true()
        query = (
            select(edge, RECORD.c.kind, RECORD.c.slug, RECORD.c.name)
            .add_columns(SOURCE.c.slug.label("source"), TARGET.c.slug.label("target"))
            .add_columns(
                RECORD_DATE.c.text,
                RECORD_DATE.c.edtf,
                RECORD_DATE.c.earliest,
                RECORD_DATE.c.latest,
                RECORD_DATE.c.approximate,
            )
            .join_from(edge, RECORD, RECORD.c.id == edge.c.record_id)
            .join(SOURCE, SOURCE.c.id == edge.c.source_id)
            .join(TARGET, TARGET.c.id == edge.c.target_id)
            .outerjoin(
                RECORD_DATE, and_(RECORD_DATE.c.record_id == edge.c.record_id, RECORD_DATE.c.pointer == edge.c.date)
            )
            .where(*self.where, real)
            .order_by(RECORD.c.evidence_count.desc(), RECORD.c.kind, RECORD.c.slug)
            .order_by(edge.c.part, SOURCE.c.slug, TARGET.c.slug)
            .limit(most)
        )
        if near:
            touches = and_ if both_ends else or_
            query = query.where(touches(edge.c.source_id.in_(ends), edge.c.target_id.in_(ends)))
        if passed:
            query = query.where(edge.c.source_id.not_in(before), edge.c.target_id.not_in(before))
        return self.snapshot.rows(query)

    def _graph(self, found: Sequence[Any], actors: Collection[int], most: int) -> GraphRows:
        edges = found[:most]
        keys = _ends(edges) | set(actors)
        query = (
            select(RECORD.c.slug, RECORD.c.name, ACTOR.c.type, ACTOR.c.country)
            .join_from(RECORD, ACTOR, ACTOR.c.id == RECORD.c.id)
            .where(RECORD.c.id.in_(keys))
            .order_by(RECORD.c.slug)
        )
        return GraphRows(self.snapshot.rows(query), edges, len(found) > most)


def _ends(edges: Iterable[Any]) -> set[int]:
    return {key for row in edges for key in (row.source_id, row.target_id)}


def _keys(name: str, keys: Collection[int]) -> CTE:
    """Some keys under a name, so that a query may be long and still send each key once."""
    return select(RECORD.c.id).where(RECORD.c.id.in_(keys)).cte(name)


def _speaking_of(kinds: Iterable[KindName], actors: Select[Any]) -> CompoundSelect[Any]:
    """The records that refer to one of the actors: an index finds these, and no others draw an edge to it."""
    columns = [found for kind in kinds for found in references_of(KINDS[kind], "actor", "record")]
    return union(*(select(whose).where(column.in_(actors)) for whose, column in columns))
