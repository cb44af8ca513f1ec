"""The edges that records draw between actors: a SELECT for each part of a kind that joins two of them.

Each gives `record_id`; `part`, the JSON Pointer of the part of the record that draws the edge, empty for the whole;
`source_id` and `target_id`, which always differ; `type`, a term; `directed`; `date`, the pointer of what dates it; and
`modality`, of what can be planned or imagined, else null. What two SELECTs of a kind both give is one edge.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, case, cast, func, literal, select, true

from app.model.relationship import types_of
from app.model.shape import KindName
from app.model.statement import StatementAbout, StatementStance
from app.model.tables import (
    ENFORCEMENT,
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
from app.model.vocabularies import ParticipantRole


def _edges(
    record: Any, source: Any, target: Any, type: Any, directed: Any, date: Any, part: Any = "", modality: Any = None
) -> Select[Any]:
    return select(
        record.label("record_id"),
        cast(part, String).label("part"),
        source.label("source_id"),
        target.label("target_id"),
        cast(type, String).label("type"),
        directed.label("directed"),
        cast(date, String).label("date"),
        cast(modality, String).label("modality"),
    )


def _of_relationships() -> Select[Any]:
    """From the subject to the object; without a direction where the type reads the same both ways."""
    table = RELATIONSHIP.c
    directed = table.type.in_(types_of(symmetric=False))
    query = _edges(table.id, table.subject_id, table.object_id, table.type, directed, "/period")
    return query.where(table.subject_id != table.object_id)


def _of_events() -> Select[Any]:
    """Each two participants, once: from who acts to who bears it where their roles tell, else without a direction."""
    one, other = PARTICIPANT.alias("one"), PARTICIPANT.alias("other")
    first, second = RECORD.alias("first"), RECORD.alias("second")
    forth, back = _acts_on(one, other), _acts_on(other, one)
    return (
        _edges(
            EVENT.c.id,
            case((back > forth, second.c.id), else_=first.c.id),
            case((back > forth, first.c.id), else_=second.c.id),
            EVENT.c.type,
            forth != back,
            "/date",
            modality=EVENT.c.modality,
        )
        .join(one, one.c.owner_id == EVENT.c.id)
        .join(other, other.c.owner_id == EVENT.c.id)
        .join(first, first.c.id == one.c.actor_id)
        .join(second, second.c.id == other.c.actor_id)
        .where(first.c.slug < second.c.slug)
        .group_by(EVENT.c.id, EVENT.c.type, EVENT.c.modality, first.c.id, second.c.id)
    )


def _acts_on(one: Any, other: Any) -> ColumnElement[int]:
    """1 where a participant acts, and the other bears it, in any of the roles that they have; else 0."""
    bears = other.c.role.in_([ParticipantRole.RECIPIENT, ParticipantRole.AFFECTED])
    return func.max(case((and_(one.c.role == ParticipantRole.ACTOR, bears), 1), else_=0))


def _of_statements(spoken_of: Table, column: str) -> Select[Any]:
    """From each speaker to each actor that the rows of a table speak of."""
    actor = RECORD.alias("actor")
    return (
        _edges(STATEMENT.c.id, SPEAKER.c.actor_id, actor.c.id, STATEMENT.c.type, true(), "/date")
        .join(SPEAKER, SPEAKER.c.owner_id == STATEMENT.c.id)
        .join(spoken_of, spoken_of.c.owner_id == STATEMENT.c.id)
        .join(actor, and_(actor.c.id == spoken_of.c[column], actor.c.kind == KindName.ACTOR))
        .where(SPEAKER.c.actor_id != actor.c.id)
    )


def _of_sanctions() -> Select[Any]:
    """From the authority to each target."""
    source, target = SANCTION.c.authority_id, SANCTION_TARGET.c.target_id
    return (
        _edges(SANCTION.c.id, source, target, SANCTION.c.status, true(), "/adopted")
        .join(SANCTION_TARGET, SANCTION_TARGET.c.owner_id == SANCTION.c.id)
        .where(source != target)
    )


def _of_enforcement() -> Select[Any]:
    """From who keeps a sanction, or does not, to each target."""
    kept, source, target = ENFORCEMENT.c, ENFORCEMENT.c.actor_id, SANCTION_TARGET.c.target_id
    part = literal("/enforcement/") + cast(kept.ordinal, String)
    return (
        _edges(kept.owner_id, source, target, kept.conduct, true(), part + "/date", part, kept.modality)
        .join(SANCTION_TARGET, SANCTION_TARGET.c.owner_id == kept.owner_id)
        .where(source != target)
    )


EDGES: dict[KindName, tuple[Select[Any], ...]] = {
    KindName.RELATIONSHIP: (_of_relationships(),),
    KindName.EVENT: (_of_events(),),
    KindName.STATEMENT: (
        _of_statements(table_of(StatementAbout), "target_id"),
        _of_statements(table_of(StatementStance), "toward_id"),
    ),
    KindName.SANCTION: (_of_sanctions(), _of_enforcement()),
}
"""The edges that records of each kind draw."""
