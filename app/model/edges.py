"""The edges of the graph: which records connect which actors.

Each edge says only what its record says. A kind of record has one or more SELECTs here; equal rows are one edge.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, Table, and_, case, cast, func, literal, or_, select, true

from app.model.actor import ActorRole
from app.model.relationship import relationship_types
from app.model.shape import KindName
from app.model.statement import StatementAbout, StatementStance
from app.model.tables import (
    ACTOR,
    EVENT,
    PARTICIPANT,
    RECORD,
    RELATIONSHIP,
    SANCTION,
    SANCTION_TARGET,
    SPEAKER,
    STATEMENT,
    table_of,
)
from app.model.vocabularies import MUTUAL, Mode, ParticipantRole


def _edge(
    record: Any,
    source: Any,
    target: Any,
    type: Any,
    directed: Any,
    date: Any,
    part: Any = "",
    *,
    modality: Any = None,
    status: Any = None,
) -> Select[Any]:
    """SELECT edges between two different actors.

    `part` is the JSON Pointer of the part of the record that draws the edge, empty for the whole. `date` is the
    pointer of its date. `modality` and `status` are null for a kind that has none.
    """
    return select(
        record.label("record_id"),
        cast(part, String).label("part"),
        source.label("source_id"),
        target.label("target_id"),
        cast(type, String).label("type"),
        directed.label("directed"),
        cast(date, String).label("date"),
        cast(modality, String).label("modality"),
        cast(status, String).label("status"),
    ).where(source != target)


def _relationships() -> Iterator[Select[Any]]:
    """From the subject to the object; undirected where the type is symmetric."""
    tie = RELATIONSHIP.c
    directed = tie.type.in_(relationship_types(symmetric=False))
    yield _edge(tie.id, tie.subject_id, tie.object_id, tie.type, directed, "/period", status=tie.status)


def _events() -> Iterator[Select[Any]]:
    """From each `actor` to each `recipient`, and to the `host` of a visit; between two `actor`s of a mutual event."""
    event, one, other = EVENT.c, PARTICIPANT.alias("one"), PARTICIPANT.alias("other")
    first, second = RECORD.alias("first"), RECORD.alias("second")
    role = other.c.role
    directed = or_(role == ParticipantRole.RECIPIENT, and_(role == ParticipantRole.HOST, event.mode == Mode.VISIT))
    mutual = and_(role == ParticipantRole.ACTOR, event.type.in_(MUTUAL), first.c.slug < second.c.slug)
    is_directed = func.max(case((directed, 1), else_=0)) == 1
    yield (
        _edge(event.id, first.c.id, second.c.id, event.type, is_directed, "/date", modality=event.modality)
        .join(one, one.c.owner_id == event.id)
        .join(other, other.c.owner_id == event.id)
        .join(first, first.c.id == one.c.actor_id)
        .join(second, second.c.id == other.c.actor_id)
        .where(one.c.role == ParticipantRole.ACTOR, or_(directed, mutual))
        .group_by(event.id, event.type, event.modality, first.c.id, second.c.id)
    )


def _statements() -> Iterator[Select[Any]]:
    """From each speaker to each actor that the statement is about or shows a stance toward."""
    for subject, column in (table_of(StatementAbout), "target_id"), (table_of(StatementStance), "toward_id"):
        yield _statement_edges(subject, column)


def _statement_edges(subject: Table, column: str) -> Select[Any]:
    statement, actor = STATEMENT.c, RECORD.alias("actor")
    return (
        _edge(statement.id, SPEAKER.c.actor_id, actor.c.id, statement.type, true(), "/date")
        .join(SPEAKER, SPEAKER.c.owner_id == statement.id)
        .join(subject, subject.c.owner_id == statement.id)
        .join(actor, and_(actor.c.id == subject.c[column], actor.c.kind == KindName.ACTOR))
    )


def _sanctions() -> Iterator[Select[Any]]:
    """From the authority to each target."""
    sanction, target = SANCTION.c, SANCTION_TARGET.c
    yield _edge(
        sanction.id,
        sanction.authority_id,
        target.target_id,
        KindName.SANCTION,
        true(),
        "/adopted",
        status=sanction.status,
    ).join(SANCTION_TARGET, target.owner_id == sanction.id)


def _actors() -> Iterator[Select[Any]]:
    """From a person to the organisation of each role, and from an actor to the one that it is part of."""
    role, actor = table_of(ActorRole).c, ACTOR.c
    part = literal("/roles/") + cast(role.ordinal, String)
    yield _edge(role.owner_id, role.owner_id, role.organisation_id, "role", true(), part + "/period", part)
    yield _edge(actor.id, actor.id, actor.part_of_id, "part_of", true(), None, "/part_of")


EDGES: dict[KindName, tuple[Select[Any], ...]] = {
    KindName.ACTOR: tuple(_actors()),
    KindName.EVENT: tuple(_events()),
    KindName.SANCTION: tuple(_sanctions()),
    KindName.STATEMENT: tuple(_statements()),
    KindName.RELATIONSHIP: tuple(_relationships()),
}
"""SELECTs of the edges of the graph, for the kinds that draw some."""
